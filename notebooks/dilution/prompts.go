package dilution

import (
	"fmt"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/task"
)

// Options say how many prompts are drawn.
type Options struct {
	N    int    // pairs of every length; default 24
	Seed uint64 // other seeds give other pairs of the same split
	// Context is the longest prompt that the models take, in tokens. Lengths of which
	// a prompt is longer are left out.
	Context int
}

// Prompts are pairs of prompts, length by length.
type Prompts struct {
	Filler  Filler
	Lengths []int            // pieces of the filler, ascending
	List    [][]task.Example // as many at every length
	// Limit is the longest length that was drawn, in pieces. Cut says that longer ones
	// were asked for and do not fit.
	Limit int
	Cut   bool
}

// Lengths lists lengths from lo to hi: by one up to 8, by two up to 24, then by four.
func Lengths(lo, hi int) (out []int) {
	for n := lo; n <= hi; {
		out = append(out, n)
		switch {
		case n < 8:
			n++
		case n < 24:
			n += 2
		default:
			n += 4
		}
	}
	return out
}

// Select draws prompts on which predictions may be fitted, of the select split.
func Select(tok *corpus.Tokenizer, f Filler, lengths []int, o Options) (Prompts, error) {
	return draw(f, lengths, o, func(t task.Task, o task.Options) ([]task.Example, error) { return t.Examples(task.Select, tok, o) })
}

// Report draws prompts on which lengths of failure are measured, of the report split.
func Report(tok *corpus.Tokenizer, f Filler, lengths []int, o Options) (Prompts, error) {
	return draw(f, lengths, o, func(t task.Task, o task.Options) ([]task.Example, error) {
		r, err := t.Report(tok, o)
		return r.ForMeasuring(), err
	})
}

func draw(f Filler, lengths []int, o Options, examples func(task.Task, task.Options) ([]task.Example, error)) (Prompts, error) {
	if f.pair == nil {
		return Prompts{}, fmt.Errorf("dilution: no filler given; Numbers is one")
	}
	if o.N == 0 {
		o.N = 24
	}
	if o.N < 2 || o.Context < 1 {
		return Prompts{}, fmt.Errorf("dilution with %s: %d pairs of at most %d tokens asked for; ask for at least 2 pairs, and give the context of the models", f.Name, o.N, o.Context)
	}
	p := Prompts{Filler: f}
	for _, n := range lengths {
		if n < 1 || n <= p.Limit {
			return Prompts{}, fmt.Errorf("dilution with %s: a length of %d after %d; lengths must rise from 1 on", f.Name, n, p.Limit)
		}
		// Prompts that are too long are drawn all the same, so that no length is made
		// of those that happen to be short.
		list, err := examples(f.Task(n), task.Options{N: o.N, Seed: o.Seed + uint64(n), MaxTokens: anyLength})
		if err != nil {
			return Prompts{}, fmt.Errorf("dilution with %d %s: %w", n, f.Unit, err)
		}
		for _, e := range list {
			p.Cut = p.Cut || len(e.Prompt) > o.Context || len(e.Counter) > o.Context
		}
		if p.Cut {
			break
		}
		p.Lengths, p.List, p.Limit = append(p.Lengths, n), append(p.List, list), n
	}
	if len(p.Lengths) == 0 {
		return p, fmt.Errorf("dilution with %s: no length of %v fits into %d tokens", f.Name, lengths, o.Context)
	}
	return p, nil
}

// anyLength is longer than any prompt.
const anyLength = 1 << 20

// Tokens is the mean length of a length's prompts, in tokens, both sides counted.
func (p Prompts) Tokens(i int) float64 {
	sum := 0
	for _, e := range p.List[i] {
		sum += len(e.Prompt) + len(e.Counter)
	}
	return float64(sum) / float64(2*len(p.List[i]))
}
