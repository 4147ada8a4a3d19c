package ablate

import (
	"math"
	"slices"

	"circuitbook/sparsenn/model"
)

// look computes what attention of a layer reads: q, k and v of every token.
// Those of the first layer are functions of the token.
func (p *plan) look(l int, q *sequence, s *scratch) {
	x, w := &p.layers[l], 3*p.config.AttnWidth()
	if len(x.attnOut.open) == 0 {
		return
	}
	all := x.whole || len(x.k.open)+len(x.v.open) > 0
	for t, id := range q.tokens {
		switch {
		case l == 0:
			s.qkv[t] = p.byToken[id]
		case all || t == q.ends[0] || t == q.ends[1]:
			s.qkv[t] = s.store[t*w : (t+1)*w]
			p.project(x, s.resid[t], s.qkv[t], s)
		default:
			s.qkv[t] = x.none
		}
	}
}

// read finds the kept channels of a norm that AbsTopK lets through.
func (s *scratch) read(resid, gain []float32, site *sitePlan) {
	s.channels, s.values = s.channels[:0], s.values[:0]
	if len(site.open) == 0 {
		return
	}
	root := rootMeanSquare(resid)
	for i, v := range resid {
		s.bits[i] = magnitude(v * gain[i])
	}
	for _, i := range s.passing(site, len(resid)) {
		s.values = append(s.values, resid[i]/root*gain[i])
	}
}

// passing fills s.channels with the kept channels that AbsTopK lets through, given
// the magnitudes of all of a site's width in s.bits.
func (s *scratch) passing(site *sitePlan, width int) []int32 {
	s.channels = s.channels[:0]
	for _, i := range site.open {
		if among(s.bits[:width], i, site.keep) {
			s.channels = append(s.channels, i)
		}
	}
	return s.channels
}

// through is passing for values as they are.
func (s *scratch) through(site *sitePlan, x []float32) []int32 {
	for i, v := range x {
		s.bits[i] = magnitude(v)
	}
	return s.passing(site, len(x))
}

func rootMeanSquare(x []float32) float32 {
	var sum float32
	for _, v := range x {
		sum += v * v
	}
	return float32(math.Sqrt(float64(sum/float32(len(x)) + model.RMSEps)))
}

// project makes q, k and v of a token, out [3·AttnWidth].
func (p *plan) project(x *layerPlan, resid, out []float32, s *scratch) {
	a := p.config.AttnWidth()
	s.read(resid, x.attnGain, &x.attnIn)
	all := s.wide[:3*a]
	copy(all, x.qkv)
	for n, i := range s.channels {
		x.attn.add(all, i, s.values[n])
	}
	copy(out, x.none)
	for n, site := range []*sitePlan{&x.q, &x.k, &x.v} {
		if len(site.open) > 0 {
			from, to := all[n*a:(n+1)*a], out[n*a:(n+1)*a]
			for _, i := range s.through(site, from) {
				to[i] = from[i]
			}
		}
	}
}

// block takes the residual stream at one token through a layer.
func (p *plan) block(l int, q *sequence, s *scratch, t int) {
	x, resid := &p.layers[l], s.resid[t]
	if len(x.attnOut.open) > 0 {
		p.attend(x, q, s, t)
		delta := s.wide[:len(resid)]
		copy(delta, x.proj.bias)
		for i, y := range s.y {
			x.proj.add(delta, int32(i), y)
		}
		s.emit(&x.attnOut, delta, resid)
	}
	addTo(resid, x.attnOut.held)
	if len(x.mlpOut.open) > 0 {
		delta := p.mlp(l, resid, s)
		s.emit(&x.mlpOut, delta, resid)
	}
	addTo(resid, x.mlpOut.held)
}

// emit adds the kept channels of a block's output that AbsTopK lets through.
func (s *scratch) emit(site *sitePlan, delta, resid []float32) {
	for _, i := range s.through(site, delta) {
		resid[i] += delta[i]
	}
}

func addTo(to, from []float32) {
	for i, v := range from {
		to[i] += v
	}
}

// attend fills s.y with what the heads find for the token at t.
func (p *plan) attend(x *layerPlan, q *sequence, s *scratch, t int) {
	c, a := p.config, p.config.AttnWidth()
	scale := float32(1 / math.Sqrt(float64(c.DHead)))
	// A token sees [0, first) and [second, t].
	first, second := t+1, t+1
	if t >= q.second {
		first, second = q.shared, q.second
	}
	spans := [2][2]int{{0, first}, {second, t + 1}}
	query := s.qkv[t][:a]
	for h := range x.heads {
		head := &x.heads[h]
		w := s.weights[:0]
		top := float32(math.Inf(-1))
		if x.sink != nil {
			top = x.sink[h]
		}
		for _, span := range spans {
			for _, kv := range s.qkv[span[0]:span[1]] {
				key, score := kv[a:2*a], head.score
				for _, i := range head.varies {
					score += query[i] * key[i] * scale
				}
				top = max(top, score)
				w = append(w, score)
			}
		}
		var seen, total float32
		for i, score := range w {
			if i > 0 && len(head.varies) == 0 {
				w[i] = w[0]
			} else {
				w[i] = float32(math.Exp(float64(score - top)))
			}
			seen += w[i]
		}
		total = seen
		if x.sink != nil {
			total += float32(math.Exp(float64(x.sink[h] - top)))
		}
		for i := h * c.DHead; i < (h+1)*c.DHead; i++ {
			s.y[i] = x.v.held[i] * seen / total
		}
		for _, i := range head.values {
			var y float32
			n := 0
			for _, span := range spans {
				for _, kv := range s.qkv[span[0]:span[1]] {
					y += w[n] * kv[2*a+int(i)]
					n++
				}
			}
			s.y[i] = y / total
		}
	}
}

// mlp is what the MLP of a layer writes, before AbsTopK.
func (p *plan) mlp(l int, resid []float32, s *scratch) []float32 {
	x := &p.layers[l]
	pre := s.wide[:p.config.DMLP]
	for _, j := range x.moved {
		pre[j] = x.before[j]
	}
	s.read(resid, x.mlpGain, &x.mlpIn)
	for n, i := range s.channels {
		x.fc.add(pre, i, s.values[n])
	}
	acts, orders := s.acts[l], s.orders[:0]
	for _, j := range x.moved {
		acts[j] = activate(p.config, pre[j])
		orders = append(orders, order(acts[j], j))
	}
	s.orders = orders
	delta := s.wide[:len(resid)]
	copy(delta, x.write)
	for _, j := range x.neuron.open {
		if acts[j] != 0 && x.letsThrough(order(acts[j], j), orders) {
			x.out.add(delta, j, acts[j])
		}
	}
	return delta
}

// letsThrough says whether AbsTopK over the neurons keeps the one of an order,
// given the orders of those that move.
func (x *layerPlan) letsThrough(at int64, moved []int64) bool {
	i, found := slices.BinarySearch(x.still, at)
	if found {
		i++
	}
	above := len(x.still) - i
	if above >= x.neuron.keep || above+len(moved) < x.neuron.keep {
		return above < x.neuron.keep
	}
	for _, o := range moved {
		above += int(uint64(at-o) >> 63)
	}
	return above < x.neuron.keep
}
