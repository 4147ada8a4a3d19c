package steer

import (
	"fmt"

	"circuitbook/sparsenn/task"
)

// Toward says which of a pair's answers is wanted.
type Toward bool

// The two directions in which the pairs of a task can be steered.
const (
	ToAlt    Toward = false // the prompt is to be answered as its counterpart is
	ToTarget Toward = true  // the counterpart is to be answered as the prompt is
)

// Prompt is a prompt to be steered.
type Prompt struct {
	Tokens, Counter []int32 // it, and the one whose answer is wanted
	Want, Have      int32   // the counterpart's answer, and its own
}

// Prompts makes prompts of examples. A task with one answer, which names no other
// that could be wanted, is an error.
func Prompts(examples []task.Example, to Toward) ([]Prompt, error) {
	var out []Prompt
	for _, e := range examples {
		if e.Alt == task.Any {
			return nil, fmt.Errorf("steer: the task has one answer against all others; give a task with two")
		}
		p := Prompt{Tokens: e.Prompt, Counter: e.Counter, Want: e.Alt, Have: e.Target}
		if to == ToTarget {
			p = Prompt{Tokens: e.Counter, Counter: e.Prompt, Want: e.Target, Have: e.Alt}
		}
		out = append(out, p)
	}
	return out, nil
}

// from is the first token of the prompt that differs from the counterpart's at the
// same place: what both begin with stands before it, where a causal model does not
// differ either. It is the prompt's length if none differs.
func (p Prompt) from() int {
	for t, x := range p.Tokens {
		if t >= len(p.Counter) || p.Counter[t] != x {
			return t
		}
	}
	return len(p.Tokens)
}

// other is the token of the counterpart that token t of the prompt stands for: the same
// one in what both begin with, and behind it the one as far from the end. The sides may
// differ in length, so that a token behind it may have none.
func (p Prompt) other(t, from int) (at int, ok bool) {
	if t < from {
		return t, true
	}
	at = t + len(p.Counter) - len(p.Tokens)
	return at, at >= from
}

// differs says whether token t of the prompt is another than the one of the counterpart
// that it stands for, or stands for none.
func (p Prompt) differs(t, from int) bool {
	at, ok := p.other(t, from)
	return !ok || p.Counter[at] != p.Tokens[t]
}

// check refuses what cannot be run through models of a vocabulary and a context.
func check(prompts []Prompt, vocab, context int) error {
	if len(prompts) == 0 {
		return fmt.Errorf("steer: no prompts; give at least one")
	}
	for i, p := range prompts {
		for _, t := range [][]int32{p.Tokens, p.Counter} {
			if len(t) == 0 || len(t) > context {
				return fmt.Errorf("steer: prompt %d or its counterpart has %d tokens; the models take 1 to %d", i, len(t), context)
			}
			for _, x := range t {
				if x < 0 || int(x) >= vocab {
					return fmt.Errorf("steer: prompt %d holds the token %d; the vocabulary has 0 to %d", i, x, vocab-1)
				}
			}
		}
		for _, x := range []int32{p.Want, p.Have} {
			if x < 0 || int(x) >= vocab {
				return fmt.Errorf("steer: prompt %d has the answer %d; the vocabulary has 0 to %d", i, x, vocab-1)
			}
		}
	}
	return nil
}
