package model

import (
	"fmt"
	"math"

	"circuitbook/sparsenn/topk"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Vars holds the parameters of a model inside a graph, by name.
type Vars map[string]*Node

// Hook is called at every site with the activation there and returns what the
// pass goes on with: x itself, or something of the same shape made from it.
// Gates, interventions, recordings and bridges are hooks; the model knows none
// of them.
type Hook func(site Site, x *Node) *Node

// Pass is a forward pass under construction. Its methods build one block each,
// so that a hybrid of two models can switch at any sublayer boundary. Like all
// graph-building code they panic on misuse.
type Pass struct {
	Config Config
	Vars   Vars
	Hook   Hook // may be nil
	// Norm, which may be nil, is called at every RMSNorm with the name of its
	// gain and the mean square of its input, [batch, seq, 1], and returns what
	// the norm uses instead, so that norms can be held at those of another pass.
	Norm func(gain string, meanSquare *Node) *Node

	// Fork, int32 [batch, 2], which may be nil, lets every sequence hold two that
	// begin alike: up to Fork[·,0] what they share, then the rest of the first,
	// and from Fork[·,1] on the rest of the second, which does not see the first's
	// and whose positions go on from what they share.
	Fork *Node

	// last, int32 [batch, n], is where the tokens of every sequence stand that a
	// pass has come down to; nil while it has all.
	last *Node
}

// Forward builds the whole pass from tokens, int32 [batch, seq], to logits,
// float32 [batch, seq, Vocab]. hook may be nil.
func Forward(c Config, vars Vars, tokens *Node, hook Hook) *Node {
	p := &Pass{Config: c, Vars: vars, Hook: hook}
	x := p.Embed(tokens)
	for l := range c.Layers {
		x = p.MLP(l, p.Attention(l, x))
	}
	return p.Logits(x, tokens)
}

func (p *Pass) at(site Site, x *Node) *Node {
	if p.Hook == nil {
		return x
	}
	y := p.Hook(site, x)
	if !y.Shape().Equal(x.Shape()) {
		panic(shapeError(site, x, y))
	}
	return y
}

// Embed looks tokens, int32 [batch, seq], up in wte: [batch, seq, DModel].
func (p *Pass) Embed(tokens *Node) *Node {
	return p.at(Embed, Gather(p.Vars["transformer.wte.weight"], ExpandAxes(tokens, -1)))
}

// Attention takes the residual stream from resid_in of layer l to resid_mid.
func (p *Pass) Attention(l int, resid *Node) *Node {
	c, h := p.Config, layerName(l)
	resid, x := p.attentionInput(l, resid)
	qkv := p.linear(x, h+"attn.c_attn")
	a := c.AttnWidth()
	together := c.sparseAt(AttnQ) && c.sparseAt(AttnK) && c.sparseAt(AttnV)
	if together {
		// One selection of three times the rows compiles and runs faster than three.
		dims := qkv.Shape().Dimensions
		qkv = ReshapeLike(topk.AbsTopK(Reshape(qkv, dims[0], dims[1], 3, a), c.Keep(AttnQ)), qkv)
	}
	part := func(i int, loc Location, name string) *Node {
		y := Slice(qkv, AxisRange(), AxisRange(), AxisRange(i*a, (i+1)*a))
		if !together {
			y = p.sparse(loc, y)
		}
		return p.at(At(l, name), y)
	}
	q, k, v := part(0, AttnQ, AttnQuery), part(1, AttnK, AttnKey), part(2, AttnV, AttnValue)
	seq := x.Shape().Dimensions[1]
	seen := ExpandLeftToRank(LowerTriangular(x.Graph(), seq), 4)
	if p.Fork != nil {
		seen = p.seenBy(p.places(x), seq)
	}
	return p.attentionOutput(l, resid, p.attend(l, q, k, v, seen))
}

// attentionInput returns the residual stream as attention of layer l reads it,
// and what its projection reads.
func (p *Pass) attentionInput(l int, resid *Node) (stream, x *Node) {
	h := layerName(l)
	stream = p.at(At(l, ResidIn), resid)
	x = p.read(stream, h+"ln_1.weight", h+"ln_p1.weight")
	return stream, p.at(At(l, AttnActIn), p.sparse(AttnIn, x))
}

// attentionOutput adds what the heads of layer l found to the residual stream.
func (p *Pass) attentionOutput(l int, resid, y *Node) *Node {
	y = p.at(At(l, AttnY), y)
	delta := p.sparse(AttnOut, p.linear(y, layerName(l)+"attn.c_proj"))
	delta = p.at(At(l, AttnResidDelta), delta)
	return p.at(At(l, ResidMid), Add(resid, delta))
}

// attend is causal softmax attention, scaled by 1/√DHead. The sink takes part
// in the softmax as one more key of logit b_h (not scaled) and zero value.
// causal, which broadcasts to [batch, head, queries, keys], says which keys a
// query sees.
func (p *Pass) attend(l int, q, k, v, causal *Node) *Node {
	c, g := p.Config, q.Graph()
	batch, queries := q.Shape().Dimensions[0], q.Shape().Dimensions[1]
	split := func(x *Node) *Node { return Reshape(x, batch, x.Shape().Dimensions[1], c.Heads, c.DHead) }
	q = MulScalar(split(q), 1/math.Sqrt(float64(c.DHead)))
	scores := Einsum("bthd,bshd->bhts", q, split(k))
	causal = BroadcastToShape(causal, shapes.Make(dtypes.Bool, scores.Shape().Dimensions...))
	// Finite, so that no gradient meets inf − inf.
	scores = Where(causal, scores, BroadcastToShape(Scalar(g, dtypes.Float32, -1e30), scores.Shape()))
	top := ReduceAndKeep(scores, ReduceMax, -1)
	var sink *Node
	if c.Sink {
		sink = Reshape(p.Vars[layerName(l)+"attn.attn_imp.sink_logit"], 1, c.Heads, 1, 1)
		sink = BroadcastToShape(sink, top.Shape())
		top = Max(top, sink)
	}
	top = StopGradient(top)
	weights := Exp(Sub(scores, top))
	total := ReduceAndKeep(weights, ReduceSum, -1)
	if c.Sink {
		sink = Exp(Sub(sink, top))
		total = Add(total, sink)
	}
	pattern := Div(weights, total)
	if p.Hook != nil {
		seen := pattern
		if c.Sink {
			seen = Concatenate([]*Node{Div(sink, total), pattern}, -1)
		}
		if changed := p.at(At(l, AttnPattern), seen); changed != seen {
			pattern = changed
			if c.Sink {
				pattern = Slice(changed, AxisRange(), AxisRange(), AxisRange(), AxisRangeToEnd(1))
			}
		}
	}
	y := Einsum("bhts,bshd->bthd", pattern, split(v))
	return Reshape(y, batch, queries, c.AttnWidth())
}

// MLP takes the residual stream from resid_mid of layer l to the next boundary.
func (p *Pass) MLP(l int, resid *Node) *Node {
	h := layerName(l)
	x := p.read(resid, h+"ln_2.weight", h+"ln_p2.weight")
	x = p.at(At(l, MLPActIn), p.sparse(MLPIn, x))
	x = p.linear(x, h+"mlp.c_fc")
	if p.Config.Activation == ReLU {
		x = Max(x, ZerosLike(x))
	} else {
		x = MulScalar(Mul(x, OnePlus(Erf(MulScalar(x, math.Sqrt2/2)))), 0.5)
	}
	x = p.at(At(l, MLPPostAct), p.sparse(MLPNeuron, x))
	delta := p.sparse(MLPOut, p.linear(x, h+"mlp.c_proj"))
	return Add(resid, p.at(At(l, MLPResidDelta), delta))
}

// Logits ends the pass: final norm, unembedding, and the bigram table's row of
// the current token; [batch, seq, Vocab].
func (p *Pass) Logits(resid, tokens *Node) *Node {
	x := p.norm(p.at(FinalResid, resid), "transformer.ln_f.weight")
	logits := Einsum("btd,vd->btv", x, p.Vars["lm_head.weight"])
	if p.Config.Bigram {
		logits = Add(logits, Gather(p.Vars["bigram_table"], ExpandAxes(tokens, -1)))
	}
	return p.at(Logits, logits)
}

// read normalises what a block reads and appends the normalised positions.
func (p *Pass) read(resid *Node, gain, posGain string) *Node {
	x := p.norm(resid, gain)
	if p.Config.DPos == 0 {
		return x
	}
	batch, seq := x.Shape().Dimensions[0], x.Shape().Dimensions[1]
	if p.last != nil || p.Fork != nil {
		pos := Gather(p.Vars["transformer.wpe.weight"], ExpandAxes(p.positions(p.places(x)), -1))
		return Concatenate([]*Node{x, p.norm(pos, posGain)}, -1)
	}
	pos := Slice(p.Vars["transformer.wpe.weight"], AxisRange(0, seq))
	pos = p.norm(pos, posGain)
	return Concatenate([]*Node{x, BroadcastPrefix(pos, batch)}, -1)
}

// linear is x·Wᵀ + b with W [out, in].
func (p *Pass) linear(x *Node, name string) *Node {
	return p.rows(x, name, 0, p.Vars[name+".weight"].Shape().Dimensions[0])
}

// rows is the outputs from..to−1 of linear.
func (p *Pass) rows(x *Node, name string, from, to int) *Node {
	cut := func(w *Node) *Node {
		if from == 0 && to == w.Shape().Dimensions[0] {
			return w
		}
		return Slice(w, AxisRange(from, to))
	}
	y := Einsum("bti,oi->bto", x, cut(p.Vars[name+".weight"]))
	if p.Config.Bias {
		y = Add(y, ExpandLeftToRank(cut(p.Vars[name+".bias"]), 3))
	}
	return y
}

// sparse applies AbsTopK where the config asks for it.
func (p *Pass) sparse(l Location, x *Node) *Node {
	if !p.Config.sparseAt(l) {
		return x
	}
	return topk.AbsTopK(x, p.Config.Keep(l))
}

// norm is x/√(mean x² + ε) times a gain, over the last axis. It divides by
// Sqrt because Rsqrt has no gradient in GoMLX.
func (p *Pass) norm(x *Node, gain string) *Node {
	ms := ReduceAndKeep(Square(x), ReduceMean, -1)
	if p.Norm != nil {
		ms = p.Norm(gain, ms)
	}
	return Mul(Div(x, Sqrt(AddScalar(ms, RMSEps))), ExpandLeftToRank(p.Vars[gain], x.Rank()))
}

// CrossEntropy is the mean over all positions of −log p(target), in nats per
// token. logits [batch, seq, Vocab], targets int32 [batch, seq].
func CrossEntropy(logits, targets *Node) *Node {
	return ReduceAllMean(TokenLosses(logits, targets))
}

// TokenLosses is −log p(target) of every position: [batch, seq], nats.
func TokenLosses(logits, targets *Node) *Node {
	top := StopGradient(ReduceAndKeep(logits, ReduceMax, -1))
	shifted := Sub(logits, top)
	norm := Log(ReduceSum(Exp(shifted), -1))
	vocab, n := logits.Shape().Dimensions[2], targets.Shape().Size()
	row := MulScalar(Iota(logits.Graph(), shapes.Make(dtypes.Int32, n), 0), vocab)
	picked := Gather(Reshape(shifted, n*vocab), ExpandAxes(Add(row, Reshape(targets, n)), -1))
	return Sub(norm, Reshape(picked, targets.Shape().Dimensions...))
}

// TokenKL is KL(softmax p ‖ softmax q) of every position of logits [batch, seq, Vocab]:
// [batch, seq], nats.
func TokenKL(p, q *Node) *Node {
	lp := LogSoftmax(p)
	return ReduceSum(Mul(Exp(lp), Sub(lp, LogSoftmax(q))), -1)
}

func shapeError(site Site, x, y *Node) error {
	return fmt.Errorf("the hook at site %q returned shape %s for an activation of shape %s; a hook keeps the shape", site, y.Shape(), x.Shape())
}
