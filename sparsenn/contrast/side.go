package contrast

import (
	"strings"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/patch"
	"circuitbook/sparsenn/task"
)

// A Side is the prompts of one side of pairs, and where in each the token is that opens what
// the answer closes.
type Side struct {
	Prompts [][]int32
	Open    []int
}

// An Opening finds that token in either side of a pair.
type Opening func(e task.Example) (prompt, counter int)

// LastWith takes the last token with a mark in it, such as "["; the first token of a prompt
// without any. With no mark it is the first token in which the two sides differ.
func LastWith(tok *corpus.Tokenizer, mark string) Opening {
	if mark == "" {
		return func(e task.Example) (int, int) {
			for _, p := range patch.Opening(e.Prompt, e.Counter) {
				return p[0], p[1]
			}
			return 0, 0
		}
	}
	last := func(tokens []int32) int {
		for i := len(tokens) - 1; i >= 0; i-- {
			if t, err := tok.Token(tokens[i]); err == nil && strings.Contains(t, mark) {
				return i
			}
		}
		return 0
	}
	return func(e task.Example) (int, int) { return last(e.Prompt), last(e.Counter) }
}

// Sides are the two sides of pairs.
func Sides(list []task.Example, open Opening) (prompt, counter Side) {
	for _, e := range list {
		a, b := open(e)
		prompt.Prompts, prompt.Open = append(prompt.Prompts, e.Prompt), append(prompt.Open, a)
		counter.Prompts, counter.Open = append(counter.Prompts, e.Counter), append(counter.Open, b)
	}
	return prompt, counter
}

// Pairing pairs the opening tokens of the two sides, as prove exchanges nodes at them.
func (o Opening) Pairing() patch.Pairing {
	return func(a, b []int32) [][2]int {
		x, y := o(task.Example{Prompt: a, Counter: b})
		return [][2]int{{x, y}}
	}
}

// Behind pairs the tokens behind the opening ones, counted from the end.
func (o Opening) Behind() patch.Pairing {
	return func(a, b []int32) (out [][2]int) {
		x, y := o(task.Example{Prompt: a, Counter: b})
		for _, p := range patch.FromEnd(a, b) {
			if p[0] > x && p[1] > y {
				out = append(out, p)
			}
		}
		return out
	}
}

// Above puts a line above the last one of every prompt, with its indentation; an empty line
// leaves them as they are.
func Above(tok *corpus.Tokenizer, prompts [][]int32, line string) (out [][]int32) {
	for _, p := range prompts {
		if line == "" {
			out = append(out, p)
			continue
		}
		text := tok.Decode(p)
		at := strings.LastIndex(text, "\n") + 1
		indent := text[at : len(text)-len(strings.TrimLeft(text[at:], " "))]
		out = append(out, tok.Encode(text[:at]+indent+line+"\n"+text[at:]))
	}
	return out
}
