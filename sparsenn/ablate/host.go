package ablate

import (
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"

	"golang.org/x/sync/errgroup"
)

// Host runs the same examples under masks as the [Evaluator] that it comes
// from, in plain Go and in float32. It is made for masks that keep few nodes:
// what a circuit leaves out is constant, so that only the weights that leave a
// kept node are multiplied by anything, and blocks without a kept output are
// skipped. The cost grows with the nodes kept; up to some tens it is a tenth of
// the compiled program's, or less. Margins agree to rounding, unless two values
// lie so close that AbsTopK takes one here and the other there. It is safe for
// concurrent use.
type Host struct {
	Space Space

	config model.Config
	means  []float32
	layers []hostLayer
	wte    []float32 // [Vocab, DModel]
	gain   []float32 // of the last norm
	head   []float32 // [Vocab, DModel]
	bigram []float32 // [Vocab, Vocab], nil without a table

	sequences []sequence
	tokens    []int32 // all that occur
	kept      *atomic.Pointer[entry]
}

// entry is what the last layer finds where it begins, under the masks that begin
// alike.
type entry struct {
	begin Mask
	resid [][]float32 // by sequence, [tokens, DModel]
}

// quickLayer is the parameters of a layer.
type hostLayer struct {
	attnGain, mlpGain   []float32
	attn, proj, fc, out columns
	sink                []float32 // nil without sinks
}

// sequence is one example: a pair with a fork, as in [Batch].
type sequence struct {
	tokens         []int32
	shared, second int    // where the fork lies
	ends           [2]int // where both sides end
	target, other  int32  // other is task.Any where the answer is one token against all
}

// Host prepares the examples of an evaluator. A model with positions and norms
// that are held are not supported, which is an error.
func (e *Evaluator) Host() (*Host, error) {
	c := e.model.Config
	if c.DPos > 0 || e.Options.FreezeNorms {
		return nil, fmt.Errorf("evaluator: no host pass for models with positions (d_pos_emb %d) or frozen norms (%v)", c.DPos, e.Options.FreezeNorms)
	}
	q := &Host{kept: new(atomic.Pointer[entry]), Space: e.Space, config: c, means: e.flatMeans}
	var err error
	values := func(name string) []float32 {
		var v []float32
		if err == nil {
			v, err = e.model.Values(name)
		}
		return v
	}
	linear := func(name string, out, in int) columns {
		var bias []float32
		if c.Bias {
			bias = values(name + ".bias")
		}
		return columnsOf(values(name+".weight"), bias, out, in)
	}
	q.wte, q.gain, q.head = values("transformer.wte.weight"), values("transformer.ln_f.weight"), values("lm_head.weight")
	if c.Bigram {
		q.bigram = values("bigram_table")
	}
	for l := range c.Layers {
		h := fmt.Sprintf("transformer.h.%d.", l)
		layer := hostLayer{attnGain: values(h + "ln_1.weight"), mlpGain: values(h + "ln_2.weight"),
			attn: linear(h+"attn.c_attn", 3*c.AttnWidth(), c.DModel), proj: linear(h+"attn.c_proj", c.DModel, c.AttnWidth()),
			fc: linear(h+"mlp.c_fc", c.DMLP, c.DModel), out: linear(h+"mlp.c_proj", c.DModel, c.DMLP)}
		if c.Sink {
			layer.sink = values(h + "attn.attn_imp.sink_logit")
		}
		q.layers = append(q.layers, layer)
	}
	if err != nil {
		return nil, err
	}
	return q.of(e.examples), nil
}

// First is the same for the first n examples.
func (q *Host) First(n int) *Host {
	out := *q
	out.sequences, out.kept = q.sequences[:min(n, len(q.sequences))], new(atomic.Pointer[entry])
	out.index()
	return &out
}

func (q *Host) of(examples []task.Example) *Host {
	for _, e := range examples {
		n := shared(e)
		s := sequence{tokens: append(slices.Clone(e.Prompt), e.Counter[n:]...), shared: n, second: len(e.Prompt), target: e.Target, other: e.Alt}
		s.ends = [2]int{len(e.Prompt) - 1, len(s.tokens) - 1}
		q.sequences = append(q.sequences, s)
	}
	q.index()
	return q
}

// index lists the tokens that occur.
func (q *Host) index() {
	seen := map[int32]bool{}
	q.tokens = nil
	for _, s := range q.sequences {
		for _, t := range s.tokens {
			if !seen[t] {
				seen[t] = true
				q.tokens = append(q.tokens, t)
			}
		}
	}
}

// early is the part of a mask that is about the layers before the last.
func (q *Host) early(m Mask) Mask {
	last := string(model.At(q.config.Layers-1, model.AttnActIn))
	return m[:q.Space.Start[slices.Index(q.Space.Sites, last)]]
}

// Hold keeps what the layers before the last make of the examples under a mask,
// for the masks to come that differ from it in the last layer only: they give
// the same margins in less time. The next Hold lets go of it.
func (q *Host) Hold(mask Mask) error {
	p, err := q.plan(mask)
	if err != nil || len(p.layers) == 1 || p.entry != nil {
		return err
	}
	for l := range p.layers[:len(p.layers)-1] {
		p.layers[l].whole = true
	}
	x := &entry{begin: slices.Clone(q.early(mask)), resid: make([][]float32, len(q.sequences))}
	p.each(0, len(q.sequences), func(i int, s *scratch) {
		p.enter(i, s)
		x.resid[i] = slices.Concat(s.resid[:len(q.sequences[i].tokens)]...)
	})
	q.kept.Store(x)
	return nil
}

// Pairs is the number of examples.
func (q *Host) Pairs() int { return len(q.sequences) }

// Margins is what [Evaluator.Margins] returns.
func (q *Host) Margins(mask Mask) (Margins, error) {
	m, _, err := q.Within(mask, math.Inf(1))
	return m, err
}

// Within is Margins with an end: where the first examples alone bring the mean
// loss of all above most, ok is false and there are no margins.
func (q *Host) Within(mask Mask, most float64) (m Margins, ok bool, err error) {
	p, err := q.plan(mask)
	if err != nil {
		return nil, false, err
	}
	m = make(Margins, 2*len(q.sequences))
	spent, allowed := 0.0, most*float64(len(q.sequences))
	for from := 0; from < len(q.sequences); from += hostChunk {
		to := min(from+hostChunk, len(q.sequences))
		p.each(from, to, func(i int, s *scratch) { m[2*i], m[2*i+1] = p.pair(i, s) })
		for _, l := range m[2*from : 2*to].Losses() {
			spent += l
		}
		if spent > allowed {
			return nil, false, nil
		}
	}
	if m, err = checked(m); err != nil {
		return nil, false, err
	}
	return m, true, nil
}

// quickChunk is how many examples are run between two looks at their loss.
const hostChunk = 32

// each calls do for the examples from..to−1, two at a time. No result depends on
// which is ready first.
func (p *plan) each(from, to int, do func(i int, s *scratch)) {
	half := (from + to + 1) / 2
	var group errgroup.Group
	for n, part := range [2][2]int{{from, half}, {half, to}} {
		group.Go(func() error {
			for i := part[0]; i < part[1]; i++ {
				do(i, p.memory[n])
			}
			return nil
		})
	}
	_ = group.Wait()
}
