package ablate

import (
	"errors"
	"fmt"
	"math"

	"circuitbook/sparsenn/backend"
	"circuitbook/sparsenn/internal/finite"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// Batch is a set of examples as a program takes them. The two sides of a pair
// share most of their tokens, and all that a model makes of these, so that a
// pair is one sequence with a fork (see model.Pass): what both share, the rest of
// the prompt, the rest of the counterpart, padding.
type Batch struct {
	Pairs int
	// Length is the padded length of the sequences.
	Length int
	// OneAnswer says that the answer is one token against all others.
	OneAnswer bool

	args []any
}

// Args is the batch as a program takes it: tokens int32 [pairs, Length]; where
// the fork lies and where both sides end, int32 [pairs, 2] each; the target and
// the other answer, int32 [pairs].
func (b *Batch) Args() []any { return b.args }

// shared is how many tokens the sides of an example have in common at their
// beginning, short of the last of either.
func shared(e task.Example) int {
	n := 0
	for n < min(len(e.Prompt), len(e.Counter))-1 && e.Prompt[n] == e.Counter[n] {
		n++
	}
	return n
}

// LengthOf is the padded length that holds every example: a multiple of 8, so
// that few programs serve all tasks.
func LengthOf(examples []task.Example) int {
	longest := 1
	for _, e := range examples {
		longest = max(longest, len(e.Prompt)+len(e.Counter)-shared(e))
	}
	return (longest + 7) / 8 * 8
}

// NewBatch makes a batch of examples of one task, padded to length tokens.
func NewBatch(c model.Config, examples []task.Example, length int) (*Batch, error) {
	if len(examples) == 0 {
		return nil, errors.New("no examples given")
	}
	b := &Batch{Pairs: len(examples), Length: length, OneAnswer: examples[0].Alt == task.Any}
	var tokens, fork, ends, targets, others []int32
	for i, e := range examples {
		if (e.Alt == task.Any) != b.OneAnswer {
			return nil, fmt.Errorf("example %d has another kind of answer than example 0; do not mix tasks in one batch", i)
		}
		if e.Target < 0 || int(e.Target) >= c.Vocab || !b.OneAnswer && (e.Alt < 0 || int(e.Alt) >= c.Vocab) {
			return nil, fmt.Errorf("example %d: answers %d and %d are not both in the vocabulary of %d; take the examples from the model's own tokenizer", i, e.Target, e.Alt, c.Vocab)
		}
		for _, side := range [][]int32{e.Prompt, e.Counter} {
			if len(side) == 0 || len(side) > c.Context {
				return nil, fmt.Errorf("example %d has a prompt of %d tokens; it must have 1 to %d", i, len(side), c.Context)
			}
			for _, id := range side {
				if id < 0 || int(id) >= c.Vocab {
					return nil, fmt.Errorf("example %d: token %d is outside the vocabulary of %d", i, id, c.Vocab)
				}
			}
		}
		n := shared(e)
		size := len(e.Prompt) + len(e.Counter) - n
		if size > length {
			return nil, fmt.Errorf("example %d needs %d tokens, of which the batch has %d; take its length from LengthOf", i, size, length)
		}
		tokens = append(append(tokens, e.Prompt...), e.Counter[n:]...)
		tokens = append(tokens, make([]int32, length-size)...)
		fork = append(fork, int32(n), int32(len(e.Prompt)))
		ends = append(ends, int32(len(e.Prompt)-1), int32(size-1))
		targets = append(targets, e.Target)
		others = append(others, max(0, e.Alt))
	}
	for _, x := range []struct {
		values []int32
		width  int
	}{{tokens, length}, {fork, 2}, {ends, 2}} {
		t, err := backend.Tensor(x.values, b.Pairs, x.width)
		if err != nil {
			return nil, err
		}
		b.args = append(b.args, t)
	}
	b.args = append(b.args, targets, others)
	return b, nil
}

// Margins is, for every sequence of a batch, by how much the logit of the right
// answer exceeds that of the wrong one: prompt and counterpart of each pair.
// Where a task has one answer, the other side is the log-sum-exp of all others.
type Margins []float32

// Losses is the task loss of every pair in nats per example (Gao et al., §3.6
// of the released code, halved): the mean over both sides of log(1+exp(−margin)).
func (m Margins) Losses() []float64 {
	out := make([]float64, len(m)/2)
	for i := range out {
		out[i] = (softplus(-float64(m[2*i])) + softplus(-float64(m[2*i+1]))) / 2
	}
	return out
}

// Mean is the mean loss and its standard error over pairs.
func (m Margins) Mean() (loss, standardError float64) {
	losses := m.Losses()
	n := float64(len(losses))
	for _, l := range losses {
		loss += l / n
	}
	for _, l := range losses {
		standardError += (l - loss) * (l - loss)
	}
	if n < 2 {
		return loss, math.Inf(1)
	}
	return loss, math.Sqrt(standardError / (n - 1) / n)
}

// Accuracy is the share of pairs of which both sides are answered right.
func (m Margins) Accuracy() float64 {
	right := 0
	for i := 0; i+1 < len(m); i += 2 {
		if m[i] > 0 && m[i+1] > 0 {
			right++
		}
	}
	return float64(right) / float64(len(m)/2)
}

// softplus is log(1+exp(x)) without overflow.
func softplus(x float64) float64 {
	if x > 0 {
		return x + math.Log1p(math.Exp(-x))
	}
	return math.Log1p(math.Exp(x))
}

// checked refuses margins that are no numbers: a loss of NaN would be taken for one
// that something can be done about.
func checked(m Margins) (Margins, error) {
	if i := finite.First(m); i >= 0 {
		return nil, fmt.Errorf("evaluator: the margin of example %d is %v; the model's weights, or the means, are too large", i/2, m[i])
	}
	return m, nil
}
