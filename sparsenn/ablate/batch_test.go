package ablate

import (
	"math"
	"strings"
	"testing"

	"circuitbook/sparsenn/model"
	_ "circuitbook/sparsenn/suitetest"
	"circuitbook/sparsenn/task"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestBatchHoldsBothSides: from the packed sequence, the fork and the ends, both
// prompts can be read back.
func TestBatchHoldsBothSides(t *testing.T) {
	c := model.NewConfig(64, 1, 32, 32)
	rapid.Check(t, func(t *rapid.T) {
		token := rapid.Int32Range(0, 63)
		var list []task.Example
		for range rapid.IntRange(1, 4).Draw(t, "pairs") {
			common := rapid.SliceOfN(token, 0, 8).Draw(t, "common")
			side := func(name string) []int32 {
				return append(append([]int32{}, common...), rapid.SliceOfN(token, 1, 8).Draw(t, name)...)
			}
			list = append(list, task.Example{Prompt: side("prompt"), Counter: side("counter"), Target: token.Draw(t, "target"), Alt: token.Draw(t, "alt")})
		}
		length := LengthOf(list)
		if length%8 != 0 {
			t.Fatalf("length %d", length)
		}
		b, err := NewBatch(c, list, length)
		if err != nil {
			t.Fatal(err)
		}
		tokens := matrix(b.Args()[0])
		fork, ends := matrix(b.Args()[1]), matrix(b.Args()[2])
		for i, e := range list {
			n, at := fork[i][0], fork[i][1]
			prompt := tokens[i][:ends[i][0]+1]
			counter := append(append([]int32{}, tokens[i][:n]...), tokens[i][at:ends[i][1]+1]...)
			if !cmp.Equal(prompt, e.Prompt) || !cmp.Equal(counter, e.Counter) {
				t.Fatalf("example %d: %v and %v, want %v and %v", i, prompt, counter, e.Prompt, e.Counter)
			}
			if ends[i][0] == ends[i][1] || int(at) != len(e.Prompt) {
				t.Fatalf("ends %v, fork %v", ends[i], fork[i])
			}
		}
	})
}

func TestBatchErrors(t *testing.T) {
	c := model.NewConfig(64, 1, 32, 8)
	good := task.Example{Prompt: []int32{1, 2}, Counter: []int32{1, 3}, Target: 4, Alt: 5}
	with := func(change func(*task.Example)) []task.Example {
		e := good
		change(&e)
		return []task.Example{good, e}
	}
	for want, list := range map[string][]task.Example{
		"no examples":                  nil,
		"do not mix tasks":             with(func(e *task.Example) { e.Alt = task.Any }),
		"answers 64 and 5":             with(func(e *task.Example) { e.Target = 64 }),
		"answers 4 and -7":             with(func(e *task.Example) { e.Alt = -7 }),
		"a prompt of 0 tokens":         with(func(e *task.Example) { e.Counter = nil }),
		"a prompt of 9 tokens":         with(func(e *task.Example) { e.Prompt = make([]int32, 9) }),
		"token 99 is outside":          with(func(e *task.Example) { e.Prompt = []int32{99} }),
		"needs 8 tokens, of which the": with(func(e *task.Example) { e.Prompt = []int32{1, 2, 3, 4, 5, 6, 7} }),
	} {
		if _, err := NewBatch(c, list, 7); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one with %q", err, want)
		}
	}
}

// TestPaperTaskLoss: the loss of a pair is the mean over its sides, and guessing
// costs log 2 (Gao et al., §3.6).
func TestPaperTaskLoss(t *testing.T) {
	m := Margins{0, 0, 3, -1}
	l := m.Losses()
	if math.Abs(l[0]-math.Ln2) > 1e-12 {
		t.Errorf("guessing costs %v", l[0])
	}
	want := task.Loss(task.Logits{Target: 3}, task.Logits{Target: 1})
	if math.Abs(l[1]-want) > 1e-9 {
		t.Errorf("loss %v, want %v", l[1], want)
	}
	mean, se := m.Mean()
	if math.Abs(mean-(l[0]+l[1])/2) > 1e-12 || math.Abs(se-math.Abs(l[0]-l[1])/2) > 1e-12 {
		t.Errorf("mean %v ± %v of %v", mean, se, l)
	}
	if _, se := m[:2].Mean(); !math.IsInf(se, 1) {
		t.Errorf("one pair has a standard error of %v", se)
	}
	if a := (Margins{1, 1, 1, -1, 2, 3, 0, 1}).Accuracy(); a != 0.5 {
		t.Errorf("accuracy %v, want 0.5", a)
	}
}
