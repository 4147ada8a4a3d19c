package ablate

import (
	"circuitbook/sparsenn/model"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Options are the variants of ablation.
type Options struct {
	// Zero holds what is left out at zero rather than at its mean.
	Zero bool `json:"zero,omitempty"`
	// FreezeNorms takes the mean squares of all norms from the pass in which
	// nothing is left out, as some replications do.
	FreezeNorms bool `json:"freeze_norms,omitempty"`
	// Final makes the channels of final_resid nodes too.
	Final bool `json:"final,omitempty"`
}

// gated builds the gated pass over a batch and returns the margin of every side
// (see [Margins]), [2·pairs]. z and means, [nodes], are in the order of the
// space: every node becomes z·x + (1−z)·mean, which for z of 1 is x to the bit.
// batch holds the inputs that [Batch.Args] gives; oneAnswer is the batch's. Like
// all graph-building code it panics on misuse.
func gated(c model.Config, sp Space, o Options, oneAnswer bool, vars model.Vars, z, means *Node, batch []*Node) *Node {
	tokens, fork, ends, targets, others := batch[0], batch[1], batch[2], batch[3], batch[4]
	gate := func(site model.Site, x *Node) *Node {
		for i, s := range sp.Sites {
			if model.Site(s) == site {
				part := func(v *Node) *Node { return ExpandLeftToRank(Slice(v, AxisRange(sp.Start[i], sp.Start[i+1])), 3) }
				g := part(z)
				return Add(Mul(g, x), Mul(OneMinus(g), part(means)))
			}
		}
		return x
	}
	p := &model.Pass{Config: c, Vars: vars, Hook: gate, Fork: fork}
	if o.FreezeNorms {
		frozen := map[string][]*Node{}
		plain := &model.Pass{Config: c, Vars: vars, Fork: fork, Norm: func(gain string, ms *Node) *Node {
			frozen[gain] = append(frozen[gain], StopGradient(ms))
			return ms
		}}
		plain.Last(tokens, ends)
		p.Norm = func(gain string, _ *Node) *Node {
			ms := frozen[gain][0]
			frozen[gain] = frozen[gain][1:]
			return ms
		}
	}
	logits := p.Last(tokens, ends)
	pairs := targets.Shape().Dimensions[0]
	both := func(ids *Node) *Node { return Reshape(BroadcastToDims(Reshape(ids, pairs, 1), pairs, 2), 2*pairs) }
	logits = Reshape(logits, 2*pairs, c.Vocab)
	target := pick(logits, both(targets))
	var other *Node
	if oneAnswer {
		other = logSumExpWithout(logits, both(targets))
	} else {
		other = pick(logits, both(others))
	}
	difference := Reshape(Sub(target, other), pairs, 2)
	return Reshape(Mul(difference, Const(difference.Graph(), [][]float32{{1, -1}})), 2*pairs)
}

// pick takes one logit of every row: logits [n, vocab], ids [n].
func pick(logits, ids *Node) *Node {
	dims := logits.Shape().Dimensions
	at := Add(MulScalar(Iota(logits.Graph(), ids.Shape(), 0), dims[1]), ids)
	return Gather(Reshape(logits, dims[0]*dims[1]), ExpandAxes(at, -1))
}

// logSumExpWithout is the log-sum-exp of every row but for one logit.
func logSumExpWithout(logits, ids *Node) *Node {
	vocab := Iota(logits.Graph(), shapes.Make(ids.DType(), logits.Shape().Dimensions...), 1)
	isTarget := Equal(vocab, BroadcastToShape(ExpandAxes(ids, -1), vocab.Shape()))
	rest := Where(isTarget, BroadcastToShape(Const(logits.Graph(), float32(-1e30)), logits.Shape()), logits)
	top := StopGradient(ReduceAndKeep(rest, ReduceMax, -1))
	return Add(Reshape(top, ids.Shape().Dimensions...), Log(ReduceSum(Exp(Sub(rest, top)), -1)))
}

// softplusOf is log(1+exp(x)) without overflow.
func softplusOf(x *Node) *Node {
	return Add(Max(x, ZerosLike(x)), Log1P(Exp(Neg(Abs(x)))))
}
