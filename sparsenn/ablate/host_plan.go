package ablate

import (
	"fmt"
	"math"
	"slices"

	"circuitbook/sparsenn/model"
)

// plan is a mask made ready: per layer what is constant under it.
type plan struct {
	*Host
	layers []layerPlan
	final  sitePlan // empty where final_resid holds no nodes
	// byToken is, of the tokens that occur, what attention of the first layer
	// reads: without positions it depends on nothing else.
	byToken [][]float32
	memory  [2]*scratch
	entry   *entry // where the last layer may begin, or nil
}

// sitePlan is a site under a mask.
type sitePlan struct {
	open []int32   // the channels kept, ascending
	held []float32 // the means of those that are not, 0 elsewhere
	keep int       // how many AbsTopK keeps
	mask Mask
}

// layerPlan is a layer under a mask.
type layerPlan struct {
	*hostLayer
	attnIn, q, k, v, attnOut sitePlan
	mlpIn, neuron, mlpOut    sitePlan

	qkv     []float32 // what c_attn gives for what is held
	none    []float32 // q, k and v with what is held there, 0 for what is kept
	heads   []headPlan
	before  []float32 // what c_fc gives for what is held
	neurons []float32 // the same after the activation function
	still   []int64   // and the order of those that kept inputs do not reach
	moved   []int32   // the neurons that they reach
	write   []float32 // what mlp.c_proj gives for what is held
	// whole says that attention of a later layer looks at all tokens.
	whole bool
}

// headPlan is a head under a mask: the score of held channels, and those that
// vary.
type headPlan struct {
	varies []int32
	score  float32 // scaled
	values []int32 // open channels of v
}

// plan makes a mask ready.
func (q *Host) plan(mask Mask) (*plan, error) {
	if len(mask) != q.Space.Len() {
		return nil, fmt.Errorf("evaluator: a mask of %d nodes for a space of %d", len(mask), q.Space.Len())
	}
	c := q.config
	site := func(name model.Site, loc model.Location) sitePlan {
		s := sitePlan{}
		at := slices.Index(q.Space.Sites, string(name))
		if at < 0 {
			return s
		}
		from, to := q.Space.Start[at], q.Space.Start[at+1]
		s.mask, s.held, s.keep = mask[from:to], slices.Clone(q.means[from:to]), to-from
		if slices.Contains(c.ALocations, loc) {
			s.keep = c.Keep(loc)
		}
		for i, kept := range s.mask {
			if kept {
				s.open, s.held[i] = append(s.open, int32(i)), 0
			}
		}
		return s
	}
	p := &plan{Host: q, layers: make([]layerPlan, c.Layers), final: site(model.FinalResid, "")}
	for l := range p.layers {
		n := func(name string) model.Site { return model.At(l, name) }
		x := &p.layers[l]
		*x = layerPlan{hostLayer: &q.layers[l],
			attnIn: site(n(model.AttnActIn), model.AttnIn), q: site(n(model.AttnQuery), model.AttnQ), k: site(n(model.AttnKey), model.AttnK),
			v: site(n(model.AttnValue), model.AttnV), attnOut: site(n(model.AttnResidDelta), model.AttnOut),
			mlpIn: site(n(model.MLPActIn), model.MLPIn), neuron: site(n(model.MLPPostAct), model.MLPNeuron), mlpOut: site(n(model.MLPResidDelta), model.MLPOut)}
		x.prepare(c)
	}
	for l := len(p.layers) - 2; l >= 0; l-- {
		next := &p.layers[l+1]
		p.layers[l].whole = next.whole || len(next.attnOut.open) > 0 && len(next.k.open)+len(next.v.open) > 0
	}
	if x := q.kept.Load(); x != nil && slices.Equal(x.begin, q.early(mask)) {
		p.entry = x
	}
	p.memory = [2]*scratch{p.scratch(), p.scratch()}
	p.embeddings()
	return p, nil
}

// prepare computes what is constant in a layer.
func (x *layerPlan) prepare(c model.Config) {
	if len(x.attnOut.open) > 0 {
		x.qkv = x.attn.held(x.attnIn.held)
		x.none = slices.Concat(x.q.held, x.k.held, x.v.held)
		scale := float32(1 / math.Sqrt(float64(c.DHead)))
		for h := range c.Heads {
			var head headPlan
			for i := h * c.DHead; i < (h+1)*c.DHead; i++ {
				if x.q.mask[i] || x.k.mask[i] {
					head.varies = append(head.varies, int32(i))
				} else {
					head.score += x.q.held[i] * x.k.held[i] * scale
				}
				if x.v.mask[i] {
					head.values = append(head.values, int32(i))
				}
			}
			x.heads = append(x.heads, head)
		}
	}
	if len(x.mlpOut.open) == 0 {
		return
	}
	x.before = x.fc.held(x.mlpIn.held)
	x.neurons = make([]float32, c.DMLP)
	for i, v := range x.before {
		x.neurons[i] = activate(c, v)
	}
	x.write = x.out.held(x.neuron.held)
	reached := make(Mask, c.DMLP)
	for _, i := range x.mlpIn.open {
		for _, j := range x.fc.row[x.fc.start[i]:x.fc.start[i+1]] {
			reached[j] = true
		}
	}
	for j, r := range reached {
		if r {
			x.moved = append(x.moved, int32(j))
		} else {
			x.still = append(x.still, order(x.neurons[j], int32(j)))
		}
	}
	slices.Sort(x.still)
}

// embeddings does for every token that occurs what the first layer's attention
// reads of it alone.
func (p *plan) embeddings() {
	first := &p.layers[0]
	if len(first.attnOut.open) == 0 || p.entry != nil && len(p.layers) > 1 {
		return
	}
	d := p.config.DModel
	p.byToken = make([][]float32, p.config.Vocab)
	for _, t := range p.tokens {
		p.byToken[t] = make([]float32, 3*p.config.AttnWidth())
		p.project(first, p.wte[int(t)*d:int(t+1)*d], p.byToken[t], p.memory[0])
	}
}

func activate(c model.Config, x float32) float32 {
	if c.Activation == model.ReLU {
		return max(x, 0)
	}
	return x * float32(1+math.Erf(float64(x)*(math.Sqrt2/2))) * 0.5
}

// magnitude is |x| as a whole number that orders like it.
func magnitude(x float32) int32 { return int32(math.Float32bits(x) &^ (1 << 31)) }

// order is a number that orders entry i as AbsTopK does: by magnitude, among
// equals the lowest index as the largest.
func order(x float32, i int32) int64 { return int64(magnitude(x))<<32 | int64(math.MaxInt32-i) }

// among says whether entry i is one of the k largest of magnitudes, ties by
// lowest index.
func among(m []int32, i int32, k int) bool {
	if k >= len(m) {
		return true
	}
	at := m[i]
	var above int32 // minus the number of those before i
	for _, x := range m[:i] {
		above += (at - 1 - x) >> 31
	}
	for _, x := range m[i+1:] {
		above += (at - x) >> 31
	}
	return int(-above) < k
}
