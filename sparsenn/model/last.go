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
	return p.Last(tokens, last)
}

// Last is [ForwardLast] of a pass.
func (p *Pass) Last(tokens, last *Node) *Node {
	x, l := p.Embed(tokens), p.Config.Layers-1
	for l := range l {
		x = p.MLP(l, p.Attention(l, x))
	}
	x = p.attentionLast(l, x, last)
	one := *p
	one.last = last
	x = one.MLP(l, x)
	batch := tokens.Shape().Dimensions[0]
	current := Reshape(pickLast(ExpandAxes(tokens, -1), last), batch, 1)
	return Reshape(p.Logits(x, current), batch, p.Config.Vocab)
}

// attentionLast is Attention for one query a sequence: [batch, 1, DModel].
func (p *Pass) attentionLast(l int, resid, last *Node) *Node {
	c, a, name := p.Config, p.Config.AttnWidth(), layerName(l)+"attn.c_attn"
	resid, x := p.attentionInput(l, resid)
	q := p.at(At(l, AttnQuery), p.sparse(AttnQ, p.rows(pickLast(x, last), name, 0, a)))
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
	keys := Iota(x.Graph(), shapes.Make(dtypes.Int32, dims[0], 1, 1, dims[1]), -1)
	seen := LessOrEqual(keys, BroadcastToShape(Reshape(last, dims[0], 1, 1, 1), keys.Shape()))
	return p.attentionOutput(l, pickLast(resid, last), p.attend(l, q, k, v, seen))
}

// pickLast takes the vector at position last, int32 [batch], of every sequence
// of x [batch, seq, width]: [batch, 1, width].
func pickLast(x, last *Node) *Node {
	dims := x.Shape().Dimensions
	rows := Reshape(x, dims[0]*dims[1], dims[2])
	at := Add(MulScalar(Iota(x.Graph(), last.Shape(), 0), dims[1]), last)
	return Reshape(Gather(rows, ExpandAxes(at, -1)), dims[0], 1, dims[2])
}
