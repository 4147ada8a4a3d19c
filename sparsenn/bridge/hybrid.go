package bridge

import (
	"fmt"
	"slices"

	"circuitbook/sparsenn/model"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// Hybrid is a route through both models, as one model that predicts; it is a
// task.Predictor. It is safe for concurrent use.
type Hybrid struct {
	Route  Route
	bridge *Bridge
}

// Along returns the hybrid of a route. A switch at a boundary that is not there, or
// out of order, is an error.
func (b *Bridge) Along(r Route) (*Hybrid, error) {
	if err := r.check(b.Boundaries()); err != nil {
		return nil, fmt.Errorf("bridge: %w", err)
	}
	return &Hybrid{Route: r, bridge: b}, nil
}

// Logits returns the logits of every token of sequences of one length,
// [batch][seq·vocab].
func (h *Hybrid) Logits(tokens [][]int32) ([][]float32, error) {
	if len(tokens) == 0 || len(tokens[0]) == 0 {
		return nil, fmt.Errorf("hybrid %q: no tokens; give at least one sequence of at least one token", h.Route)
	}
	b, seq := h.bridge, len(tokens[0])
	s, d := b.Sparse.Config.Model, b.Dense.Config.Model
	if most := min(s.Context, d.Context); seq > most {
		return nil, fmt.Errorf("hybrid %q: %d tokens; the models have a context of %d", h.Route, seq, most)
	}
	var flat []int32
	for i, t := range tokens {
		if len(t) != seq {
			return nil, fmt.Errorf("hybrid %q: sequence %d has %d tokens, the first %d; give sequences of one length", h.Route, i, len(t), seq)
		}
		for j, x := range t {
			if x < 0 || int(x) >= s.Vocab {
				return nil, fmt.Errorf("hybrid %q: sequence %d, token %d is %d; the vocabulary has 0 to %d", h.Route, i, j, x, s.Vocab-1)
			}
		}
		flat = append(flat, t...)
	}
	exec, err := programs.Get(fmt.Sprintf("hybrid %s, %d of %d, %s", h.Route, len(tokens), seq, b.key()), func(in []*graph.Node) []*graph.Node {
		sparse, dense, m, rest := b.unpack(in)
		return []*graph.Node{along(h.Route, s, d, sparse, dense, m, rest[0])}
	})
	if err != nil {
		return nil, err
	}
	out, err := exec.Call(b.args(tensors.FromFlatDataAndDimensions(flat, len(tokens), seq))...)
	if err != nil {
		return nil, fmt.Errorf("hybrid %q: %w", h.Route, err)
	}
	data, err := tensors.CopyFlatData[float32](out[0])
	if err != nil {
		return nil, fmt.Errorf("hybrid %q: %w", h.Route, err)
	}
	_ = out[0].FinalizeAll()
	return slices.Collect(slices.Chunk(data, seq*s.Vocab)), nil
}

// Next returns the logits after each of the sequences, which may differ in length:
// [batch][vocab].
func (h *Hybrid) Next(sequences [][]int32) ([][]float32, error) {
	const atOnce = 32 // so that few programs serve all numbers of sequences
	longest := 0
	for i, s := range sequences {
		if len(s) == 0 {
			return nil, fmt.Errorf("hybrid %q: sequence %d is empty; give at least one token", h.Route, i)
		}
		longest = max(longest, len(s))
	}
	b := h.bridge
	most := min(b.Sparse.Config.Model.Context, b.Dense.Config.Model.Context)
	if longest <= most {
		longest = min(most, (longest+15)/16*16)
	}
	var out [][]float32
	for part := range slices.Chunk(sequences, atOnce) {
		padded := make([][]int32, atOnce)
		for i := range padded {
			padded[i] = make([]int32, longest)
			if i < len(part) {
				copy(padded[i], part[i])
			}
		}
		logits, err := h.Logits(padded)
		if err != nil {
			return nil, err
		}
		vocab := b.Sparse.Config.Model.Vocab
		for i, s := range part {
			out = append(out, logits[i][(len(s)-1)*vocab:len(s)*vocab])
		}
	}
	return out, nil
}

// along builds the pass of a route.
func along(r Route, sparse, dense model.Config, sparseVars, denseVars model.Vars, m crossing, tokens *graph.Node) *graph.Node {
	models := map[Side]*model.Pass{
		Sparse: {Config: sparse, Vars: sparseVars},
		Dense:  {Config: dense, Vars: denseVars},
	}
	side := r.Start
	x := models[side].Embed(tokens)
	for i := range Boundaries(sparse) {
		if r.At(i) != side {
			if side == Dense {
				x = m.encode(i, x)
			} else {
				x = m.decode(i, x)
			}
			side = !side
		}
		if i < Boundaries(sparse)-1 {
			x = sublayer(models[side], i, x)
		}
	}
	return models[side].Logits(x, tokens)
}
