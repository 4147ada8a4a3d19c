package task

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"

	"circuitbook/sparsenn/corpus"
)

// Any as Example.Alt means any token but the target.
const Any int32 = -1

// Task is a paired next-token task. A user's own is a value like ours.
type Task struct {
	// Name is a snake_case name, such as "bracket_counting".
	Name string
	// Contrast says in a few words what decides the answer.
	Contrast string
	// Draw makes one pair. It takes all randomness from d and nothing else, and
	// must be able to make many more pairs than are asked for. It is nil in a task
	// of [FromPairs] or [Load].
	Draw func(d *Draw) Pair

	list *pairList // all there are, where Draw is nil
}

// Pair is one example as text.
type Pair struct {
	// Context stands before both sides: chunks of whole lines, the oldest first.
	// As many of the last chunks are used as fit.
	Context []string
	// Prompt and Counter end where the answer follows.
	Prompt, Counter string
	// Target answers Prompt and Alt answers Counter; each must be a single token
	// there. Alt may be empty, for [Any].
	Target, Alt string
	// Filling is the free content of the pair, the same on both sides. It decides
	// the split.
	Filling string
}

// Example is one example as tokens.
type Example struct {
	Prompt, Counter []int32 // at least one token each, at most Options.MaxTokens
	Target, Alt     int32   // the answers to Prompt and to Counter; Alt may be Any
	Filling         string
}

// Options say which examples are wanted.
type Options struct {
	N         int    // number of examples, at least 1; for tasks of [FromPairs] the most
	Seed      uint64 // other seeds give other examples of the same split
	MaxTokens int    // bound on the length of a prompt; 0 means 64
}

// DefaultMaxTokens bounds prompts where Options.MaxTokens is 0.
const DefaultMaxTokens = 64

// Split is one of the disjoint parts of a task's pairs. Of four fillings two go to [Fit],
// one to [Select] and one to what is reported, which only [Task.Report] opens.
type Split int

// The splits by which choices are made.
const (
	Fit    Split = iota // gates may be trained on it
	Select              // for bisection, search and calibration
	reporting
)

// splitOf says to which split a filling belongs, whatever the seed.
func splitOf(task, filling string) Split {
	h := fnv.New64a()
	h.Write([]byte(task))
	h.Write([]byte{0})
	h.Write([]byte(filling))
	x := h.Sum64()
	x ^= x >> 32
	x *= 0x9e3779b97f4a7c15
	return [4]Split{Fit, Fit, Select, reporting}[x>>62]
}

// Examples returns pairs of a split.
func (t Task) Examples(split Split, tok *corpus.Tokenizer, o Options) ([]Example, error) {
	if split != Fit && split != Select {
		return nil, fmt.Errorf("task %s: there is no split %d to choose by; there are Fit and Select", t.Name, split)
	}
	return t.examples(tok, o, split)
}

// examples draws pairs until N different ones of the split are found, or takes
// them from the list.
func (t Task) examples(tok *corpus.Tokenizer, o Options, split Split) ([]Example, error) {
	if t.Draw == nil && t.list == nil {
		return nil, fmt.Errorf("task %q: Draw is nil", t.Name)
	}
	if tok == nil {
		return nil, fmt.Errorf("task %s: no tokenizer given", t.Name)
	}
	if o.N < 1 {
		return nil, fmt.Errorf("task %s: %d examples asked for, must be at least 1", t.Name, o.N)
	}
	if o.MaxTokens == 0 {
		o.MaxTokens = DefaultMaxTokens
	}
	if o.MaxTokens < 1 {
		return nil, fmt.Errorf("task %s: MaxTokens is %d, must be at least 1", t.Name, o.MaxTokens)
	}
	h := fnv.New64a()
	h.Write([]byte(t.Name))
	r := rand.New(rand.NewPCG(o.Seed, h.Sum64()+uint64(split)))
	if t.Draw == nil {
		return t.choose(tok, o, split, r)
	}
	seen := map[string]bool{}
	out := make([]Example, 0, o.N)
	tooLong := 0
	for tries := 0; len(out) < o.N; tries++ {
		if tries > 1000+200*o.N {
			return nil, fmt.Errorf("task %s: only %d different examples of %d found in %d draws (%d were longer than %d tokens): "+
				"ask for fewer, or raise MaxTokens", t.Name, len(out), o.N, tries, tooLong, o.MaxTokens)
		}
		p := t.Draw(&Draw{Rand: r, Tokenizer: tok})
		if splitOf(t.Name, p.Filling) != split {
			continue
		}
		e, ok, err := encode(tok, p, o.MaxTokens)
		if err != nil {
			return nil, fmt.Errorf("task %s: %w", t.Name, err)
		}
		if !ok {
			tooLong++
			continue
		}
		if key := fmt.Sprint(e.Prompt); !seen[key] {
			seen[key] = true
			out = append(out, e)
		}
	}
	return out, nil
}

// encode makes tokens of a pair; ok is false where even without context it is
// too long.
func encode(tok *corpus.Tokenizer, p Pair, most int) (e Example, ok bool, err error) {
	e.Filling = p.Filling
	if e.Target, err = tok.Single(p.Target); err != nil {
		return e, false, fmt.Errorf("target %q: %w", p.Target, err)
	}
	e.Alt = Any
	if p.Alt != "" {
		if e.Alt, err = tok.Single(p.Alt); err != nil {
			return e, false, fmt.Errorf("target %q: %w", p.Alt, err)
		}
	}
	if e.Alt == e.Target {
		return e, false, fmt.Errorf("both answers are %q", p.Target)
	}
	if p.Prompt == "" || p.Counter == "" || p.Prompt == p.Counter {
		return e, false, fmt.Errorf("the prompt %q and its counterpart %q must be different and not empty", p.Prompt, p.Counter)
	}
	all := strings.Join(p.Context, "")
	for from := 0; from <= len(p.Context); from++ {
		if from > 0 {
			all = all[len(p.Context[from-1]):]
		}
		// No token is longer than the longest, so that what is encoded is bounded
		// however much context there is.
		if len(all)+max(len(p.Prompt), len(p.Counter)) > most*tok.Longest() {
			continue
		}
		context := all
		e.Prompt, e.Counter = tok.Encode(context+p.Prompt), tok.Encode(context+p.Counter)
		if len(e.Prompt) > most || len(e.Counter) > most {
			continue
		}
		if err := follows(tok, context+p.Prompt, e.Prompt, p.Target, e.Target); err != nil {
			return e, false, err
		}
		if p.Alt != "" {
			err = follows(tok, context+p.Counter, e.Counter, p.Alt, e.Alt)
		}
		return e, err == nil, err
	}
	return e, false, nil
}

// follows checks that the answer is the token that the tokenizer gives right
// after the prompt, so that a model can have learned it there.
func follows(tok *corpus.Tokenizer, text string, prompt []int32, answer string, id int32) error {
	all := tok.Encode(text + answer)
	if len(all) == len(prompt)+1 && all[len(prompt)] == id {
		same := true
		for i := range prompt {
			same = same && prompt[i] == all[i]
		}
		if same {
			return nil
		}
	}
	last := text[strings.LastIndex(text, "\n")+1:]
	return fmt.Errorf("after %q the answer %q is not a token of its own: choose a prompt that ends between tokens", last, answer)
}
