package model

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// ForwardLast builds the pass from tokens, int32 [batch, seq], to the logits
// after the token at position last, int32 [batch]: float32 [batch, Vocab]. It
// is [Forward] without what the last layer would do for other tokens, a good
// part of a small model. hook may be nil; in the last layer it sees attn.q,
// attn.pattern and all that follows with a sequence of one, [batch, 1, width].
func ForwardLast(c Config, vars Vars, tokens, last *Node, hook Hook) *Node {
	p := &Pass{Config: c, Vars: vars, Hook: hook}
	return Reshape(p.Last(tokens, ExpandAxes(last, -1)), tokens.Shape().Dimensions[0], c.Vocab)
}

// Last is [ForwardLast] of a pass for n positions of every sequence, last int32
// [batch, n]: float32 [batch, n, Vocab].
func (p *Pass) Last(tokens, last *Node) *Node {
	x, l := p.Embed(tokens), p.Config.Layers-1
	for l := range l {
		x = p.MLP(l, p.Attention(l, x))
	}
	x = p.attentionLast(l, x, last)
	few := *p
	few.last = last
	x = few.MLP(l, x)
	current := Reshape(pick(ExpandAxes(tokens, -1), last), last.Shape().Dimensions...)
	return p.Logits(x, current)
}

// attentionLast is Attention for n queries a sequence: [batch, n, DModel].
func (p *Pass) attentionLast(l int, resid, last *Node) *Node {
	c, a, name := p.Config, p.Config.AttnWidth(), layerName(l)+"attn.c_attn"
	resid, x := p.attentionInput(l, resid)
	q := p.at(At(l, AttnQuery), p.sparse(AttnQ, p.rows(pick(x, last), name, 0, a)))
	kv := p.rows(x, name, a, 3*a)
	dims := kv.Shape().Dimensions
	together := c.sparseAt(AttnK) && c.sparseAt(AttnV)
	if together {
		kv = p.sparse(AttnK, Reshape(kv, dims[0], dims[1], 2, a))
		kv = Reshape(kv, dims...)
	}
	part := func(i int, loc Location, site string) *Node {
		y := Slice(kv, AxisRange(), AxisRange(), AxisRange(i*a, (i+1)*a))
		if !together {
			y = p.sparse(loc, y)
		}
		return p.at(At(l, site), y)
	}
	k, v := part(0, AttnK, AttnKey), part(1, AttnV, AttnValue)
	return p.attentionOutput(l, pick(resid, last), p.attend(l, q, k, v, p.seenBy(last, dims[1])))
}

// places is where in their sequences the tokens of x [batch, n, width] stand,
// int32 [batch, n].
func (p *Pass) places(x *Node) *Node {
	if p.last != nil {
		return p.last
	}
	return Iota(x.Graph(), shapes.Make(dtypes.Int32, x.Shape().Dimensions[:2]...), 1)
}

// seenBy says which of seq keys the queries at some places, int32 [batch, n],
// see: bool [batch, 1, n, seq].
func (p *Pass) seenBy(places *Node, seq int) *Node {
	batch, n := places.Shape().Dimensions[0], places.Shape().Dimensions[1]
	keys := Iota(places.Graph(), shapes.Make(dtypes.Int32, batch, 1, n, seq), 3)
	wide := func(x *Node, dims ...int) *Node { return BroadcastToShape(Reshape(x, dims...), keys.Shape()) }
	query := wide(places, batch, 1, n, 1)
	seen := LessOrEqual(keys, query)
	if p.Fork == nil {
		return seen
	}
	shared, second := wide(p.fork(0), batch, 1, 1, 1), wide(p.fork(1), batch, 1, 1, 1)
	first := LogicalAnd(GreaterOrEqual(keys, shared), LessThan(keys, second))
	return LogicalAnd(seen, LogicalNot(LogicalAnd(first, GreaterOrEqual(query, second))))
}

// positions is the positions of the tokens at some places, int32 [batch, n].
func (p *Pass) positions(places *Node) *Node {
	if p.Fork == nil {
		return places
	}
	batch := places.Shape().Dimensions[0]
	wide := func(x *Node) *Node { return BroadcastToShape(Reshape(x, batch, 1), places.Shape()) }
	shared, second := wide(p.fork(0)), wide(p.fork(1))
	return Where(GreaterOrEqual(places, second), Sub(places, Sub(second, shared)), places)
}

func (p *Pass) fork(i int) *Node { return Slice(p.Fork, AxisRange(), AxisRange(i, i+1)) }

// pick takes the vectors at places, int32 [batch, n], of every sequence of x
// [batch, seq, width]: [batch, n, width].
func pick(x, places *Node) *Node {
	dims := x.Shape().Dimensions
	rows := Reshape(x, dims[0]*dims[1], dims[2])
	at := Add(MulScalar(Iota(x.Graph(), places.Shape(), 0), dims[1]), places)
	return Gather(rows, ExpandAxes(at, -1))
}
