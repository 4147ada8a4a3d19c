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

// TestAlignment: what both begin with stands for itself, what follows for what is as
// far from the end; no token of the counterpart is stood for twice.
func TestAlignment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tokens := rapid.SliceOfN(rapid.Int32Range(0, 2), 1, 6)
		p := Prompt{Tokens: tokens.Draw(t, "prompt"), Counter: tokens.Draw(t, "counter")}
		from := p.from()
		for i := range from {
			if p.Tokens[i] != p.Counter[i] {
				t.Fatalf("token %d differs before %d", i, from)
			}
		}
		if from < min(len(p.Tokens), len(p.Counter)) && p.Tokens[from] == p.Counter[from] {
			t.Fatalf("token %d is the same", from)
		}
		seen := map[int]bool{}
		for i := range p.Tokens {
			at, ok := p.other(i, from)
			if !ok {
				if i < from || !p.differs(i, from) {
					t.Fatalf("token %d stands for none", i)
				}
				continue
			}
			if at >= len(p.Counter) || seen[at] || i >= from && len(p.Counter)-at != len(p.Tokens)-i {
				t.Fatalf("token %d stands for %d", i, at)
			}
			seen[at] = true
			if p.differs(i, from) != (p.Tokens[i] != p.Counter[at]) {
				t.Fatalf("token %d: differs %v", i, p.differs(i, from))
			}
		}
	})
	// A longer counterpart: the context before it is not moved.
	p := Prompt{Tokens: []int32{7, 8, 1, 5}, Counter: []int32{7, 8, 2, 3, 5}}
	for i, want := range []int{0, 1, 3, 4} {
		if at, ok := p.other(i, p.from()); !ok || at != want {
			t.Errorf("token %d stands for %d, want %d", i, at, want)
		}
	}
}
