package ablate

import (
	"math"

	"circuitbook/sparsenn/task"
)

// scratch is the memory of one pass.
type scratch struct {
	resid, qkv [][]float32 // by token
	store      []float32   // behind qkv
	wide       []float32
	y, weights []float32
	bits       []int32
	acts       [][]float32 // by layer: the neurons, of which only those that move change
	orders     []int64
	channels   []int32 // what the last read found kept
	values     []float32
}

func (p *plan) scratch() *scratch {
	c, longest := p.config, 1
	for _, s := range p.sequences {
		longest = max(longest, len(s.tokens))
	}
	wide := max(c.DMLP, c.DModel, 3*c.AttnWidth())
	s := &scratch{resid: make([][]float32, longest), qkv: make([][]float32, longest), store: make([]float32, longest*3*c.AttnWidth()),
		wide: make([]float32, wide), bits: make([]int32, wide), y: make([]float32, c.AttnWidth()), weights: make([]float32, longest)}
	for i := range longest {
		s.resid[i] = make([]float32, c.DModel)
	}
	for l := range p.layers {
		s.acts = append(s.acts, append([]float32{}, p.layers[l].neurons...))
	}
	return s
}

// pair runs an example and returns the margins of both sides.
func (p *plan) pair(i int, s *scratch) (prompt, counter float32) {
	q, d := &p.sequences[i], p.config.DModel
	if p.entry != nil {
		for t := range q.tokens {
			copy(s.resid[t], p.entry.resid[i][t*d:(t+1)*d])
		}
	} else {
		p.enter(i, s)
	}
	p.layer(len(p.layers)-1, q, s)
	return p.margin(q, 0, s), -p.margin(q, 1, s)
}

// enter takes the residual stream of an example to where the last layer begins.
func (p *plan) enter(i int, s *scratch) {
	q, d := &p.sequences[i], p.config.DModel
	for t, id := range q.tokens {
		copy(s.resid[t], p.wte[int(id)*d:int(id+1)*d])
	}
	for l := range len(p.layers) - 1 {
		p.layer(l, q, s)
	}
}

// layer takes it through a layer, at all tokens or at both ends.
func (p *plan) layer(l int, q *sequence, s *scratch) {
	p.look(l, q, s)
	if p.layers[l].whole {
		for t := range q.tokens {
			p.block(l, q, s, t)
		}
		return
	}
	p.block(l, q, s, q.ends[0])
	p.block(l, q, s, q.ends[1])
}

// margin is by how much the target's logit exceeds the other's at one end.
func (p *plan) margin(q *sequence, side int, s *scratch) float32 {
	d, at := p.config.DModel, q.ends[side]
	x := s.resid[at]
	if p.final.mask != nil {
		for i, kept := range p.final.mask {
			if !kept {
				x[i] = p.final.held[i]
			}
		}
	}
	root := rootMeanSquare(x)
	for i := range x {
		x[i] = x[i] / root * p.gain[i]
	}
	logit := func(id int32) float32 {
		var y float32
		for i, w := range p.head[int(id)*d : int(id+1)*d] {
			y += w * x[i]
		}
		if p.bigram != nil {
			y += p.bigram[int(q.tokens[at])*p.config.Vocab+int(id)]
		}
		return y
	}
	if q.other != task.Any {
		return logit(q.target) - logit(q.other)
	}
	top, rest := math.Inf(-1), 0.0
	logits := make([]float64, p.config.Vocab)
	for id := range logits {
		logits[id] = float64(logit(int32(id)))
		if int32(id) != q.target {
			top = max(top, logits[id])
		}
	}
	for id, y := range logits {
		if int32(id) != q.target {
			rest += math.Exp(y - top)
		}
	}
	return float32(logits[q.target] - top - math.Log(rest))
}
