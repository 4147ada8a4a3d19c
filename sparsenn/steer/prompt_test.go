package steer

import (
	"slices"
	"testing"

	"circuitbook/sparsenn/task"

	"pgregory.net/rapid"
)

func TestPrompts(t *testing.T) {
	e := []task.Example{{Prompt: []int32{1, 2}, Counter: []int32{1, 3}, Target: 7, Alt: 8}}
	alt, err := Prompts(e, ToAlt)
	if err != nil || alt[0].Want != 8 || alt[0].Have != 7 || !slices.Equal(alt[0].Tokens, e[0].Prompt) || !slices.Equal(alt[0].Counter, e[0].Counter) {
		t.Errorf("to the other answer: %+v, %v", alt, err)
	}
	target, err := Prompts(e, ToTarget)
	if err != nil || target[0].Want != 7 || target[0].Have != 8 || !slices.Equal(target[0].Tokens, e[0].Counter) || !slices.Equal(target[0].Counter, e[0].Prompt) {
		t.Errorf("to the target: %+v, %v", target, err)
	}
	e[0].Alt = task.Any
	if _, err := Prompts(e, ToAlt); err == nil {
		t.Error("a task with one answer is accepted")
	}
}

// TestFrom: what stands before it is equal, aligned at the ends, and it is not.
func TestFrom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tokens := rapid.SliceOfN(rapid.Int32Range(0, 2), 1, 6)
		p := Prompt{Tokens: tokens.Draw(t, "prompt"), Counter: tokens.Draw(t, "counter")}
		from, shift := p.from(), len(p.Counter)-len(p.Tokens)
		same := func(i int) bool { return i+shift >= 0 && p.Counter[i+shift] == p.Tokens[i] }
		for i := range from {
			if !same(i) {
				t.Fatalf("token %d differs before %d", i, from)
			}
		}
		if from < len(p.Tokens) && same(from) {
			t.Fatalf("token %d is the same", from)
		}
	})
}
