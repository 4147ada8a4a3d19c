package model

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"

	"circuitbook/sparsenn/topk"
)

// Kind says which budget a parameter falls under (Gao et al., §2.3).
type Kind string

const (
	Matrix    Kind = "matrix"    // weights of the blocks: sparse at the matrix density, with a floor per neuron
	Embedding Kind = "embedding" // wte, lm_head: sparse at the embedding density
	Bias      Kind = "bias"      // biases: sparse at the embedding density, or left dense
	Gain      Kind = "gain"      // RMSNorm gains: dense
	sinkLogit Kind = "sink"      // attention sinks: dense
	Position  Kind = "position"  // position vectors and their gains: dense
	Bigram    Kind = "bigram"    // the bigram table: dense, no weight decay
)

// Param describes one parameter tensor. Linear weights are [out, in].
type Param struct {
	Name  string // as in OpenAI's state dict
	Shape []int
	Kind  Kind
	// Neurons says along which axis of a Matrix its neurons lie, for the floor
	// of nonzero weights per neuron (§2.4): output rows for c_attn and c_fc,
	// input columns, the neurons and value channels, for both c_proj. Other
	// kinds have no floor.
	Neurons topk.Axis
	// Decay says whether weight decay acts on it: parameters of at least two
	// dimensions, except for the bigram table.
	Decay bool

	std      float64 // initial standard deviation
	constant float64 // or initial constant
	uniform  float64 // or initial uniform [0, uniform)
}

// Size is the number of entries.
func (p Param) Size() int {
	n := 1
	for _, d := range p.Shape {
		n *= d
	}
	return n
}

// Params lists every parameter in a fixed order, that of the forward pass.
// Names and orientation are those of OpenAI's state dict.
func (c Config) Params() []Param {
	const std = 0.02
	proj := std / math.Sqrt(2*float64(c.Layers))
	d, in, a := c.DModel, c.ReadWidth(), c.AttnWidth()
	var ps []Param
	matrix := func(name string, neurons topk.Axis, std float64, out, in int) {
		ps = append(ps, Param{Name: name + ".weight", Shape: []int{out, in}, Kind: Matrix, Neurons: neurons, Decay: true, std: std})
		if c.Bias {
			ps = append(ps, Param{Name: name + ".bias", Shape: []int{out}, Kind: Bias})
		}
	}
	gain := func(name string, kind Kind, n int) {
		ps = append(ps, Param{Name: name, Shape: []int{n}, Kind: kind, constant: 1})
	}
	ps = append(ps, Param{Name: "transformer.wte.weight", Shape: []int{c.Vocab, d}, Kind: Embedding, Decay: true, std: std})
	if c.DPos > 0 {
		ps = append(ps, Param{Name: "transformer.wpe.weight", Shape: []int{c.Context, c.DPos}, Kind: Position, Decay: true, std: std})
	}
	for l := range c.Layers {
		h := layerName(l)
		gain(h+"ln_1.weight", Gain, d)
		if c.DPos > 0 {
			gain(h+"ln_p1.weight", Position, c.DPos)
		}
		matrix(h+"attn.c_attn", topk.Rows, std, 3*a, in)
		if c.Sink {
			ps = append(ps, Param{Name: h + "attn.attn_imp.sink_logit", Shape: []int{c.Heads}, Kind: sinkLogit})
		}
		matrix(h+"attn.c_proj", topk.Columns, proj, d, a)
		gain(h+"ln_2.weight", Gain, d)
		if c.DPos > 0 {
			gain(h+"ln_p2.weight", Position, c.DPos)
		}
		matrix(h+"mlp.c_fc", topk.Rows, std, c.DMLP, in)
		matrix(h+"mlp.c_proj", topk.Columns, proj, d, c.DMLP)
	}
	gain("transformer.ln_f.weight", Gain, d)
	ps = append(ps, Param{Name: "lm_head.weight", Shape: []int{c.Vocab, d}, Kind: Embedding, Decay: true, std: std})
	if c.Bigram {
		ps = append(ps, Param{Name: "bigram_table", Shape: []int{c.Vocab, c.Vocab}, Kind: Bigram, uniform: std})
	}
	return ps
}

func layerName(l int) string { return fmt.Sprintf("transformer.h.%d.", l) }

// Size counts the parameters; those of the bigram table only if asked for.
func (c Config) Size(bigram bool) int {
	n := 0
	for _, p := range c.Params() {
		if p.Kind != Bigram || bigram {
			n += p.Size()
		}
	}
	return n
}

// Init returns the initial value of a parameter: normal with the paper's
// standard deviations, uniform for the bigram table, constant for the rest
// (Gao et al., §1.6). It is a function of seed and name alone, so that models
// that share a tensor start it alike, and it is computed on the host, so that
// it does not depend on a backend.
func (p Param) Init(seed uint64) []float32 {
	h := fnv.New64a()
	h.Write([]byte(p.Name))
	rng := rand.New(rand.NewPCG(seed, h.Sum64()))
	v := make([]float32, p.Size())
	for i := range v {
		switch {
		case p.std > 0:
			v[i] = float32(p.std * rng.NormFloat64())
		case p.uniform > 0:
			v[i] = float32(p.uniform * rng.Float64())
		default:
			v[i] = float32(p.constant)
		}
	}
	return v
}
