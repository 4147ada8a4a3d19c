package model

import (
	"fmt"
	"slices"

	"circuitbook/sparsenn/internal/finite"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// Intervention is a change to one site, as data: x ← Scale⊙x + Shift.
//
// Each of Scale and Shift holds one value per channel, [d], or one per token
// and channel, [batch, seq, d] in row-major order; nil means all ones and all
// zeros. Gating by a mask m is (m, (1−m)·mean), ablation (0, mean), patching
// (0, v), steering (nil, strength·Δ).
type Intervention struct {
	Site         Site
	Scale, Shift []float32
}

// Activation is what a site held: Shape is [batch, seq, width], or
// [batch, head, seq, keys] for the attention pattern; Data is row-major.
type Activation struct {
	Site  Site
	Shape []int
	Data  []float32
}

// At returns the vector at one sequence and token, [width]. It is for sites of
// three axes; the attention pattern is read through Shape and Data. Like an index
// of a slice it panics outside of Shape.
func (a Activation) At(batch, token int) []float32 {
	w := a.Shape[2]
	i := (batch*a.Shape[1] + token) * w
	return a.Data[i : i+w]
}

// Recording holds what [Model.Record] was asked for, in that order.
type Recording struct {
	Activations []Activation
}

// Get returns the activation of a site that was recorded.
func (r *Recording) Get(s Site) (Activation, error) {
	for _, a := range r.Activations {
		if a.Site == s {
			return a, nil
		}
	}
	return Activation{}, fmt.Errorf("site %q was not recorded; name it in the call of Record", s)
}

// Record runs tokens, sequences of equal length ≤ Context, and returns the
// activations at the sites as plain slices. Interventions act on the way, at
// most one per site, and what is recorded at their site is their result.
//
// The program is compiled once for the sites and the padded shape; values,
// weights and interventions are its inputs, so that nothing recompiles because
// a number changed. Lengths are padded to a power of two (at least 16).
func (m *Model) Record(tokens [][]int32, sites []Site, changes ...Intervention) (*Recording, error) {
	flat, batch, seq, err := m.checkTokens(tokens)
	if err != nil {
		return nil, err
	}
	if len(sites) == 0 {
		return nil, fmt.Errorf("record: no site was asked for; Config.Sites lists them")
	}
	for _, s := range sites {
		if err := m.Config.has(s); err != nil {
			return nil, fmt.Errorf("record: %w", err)
		}
	}
	padded := m.Config.paddedLength(seq)
	key := recordKey{config: m.Config.key(), batch: batch, seq: padded, sites: fmt.Sprint(sites)}
	args := append(m.Inputs(), tensors.FromFlatDataAndDimensions(padTokens(flat, batch, seq, padded), batch, padded))
	var affine []changeShape
	for _, c := range changes {
		shape, scale, shift, err := m.prepare(c, batch, seq, padded)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(affine, func(a changeShape) bool { return a.site == c.Site }) {
			return nil, fmt.Errorf("record: two interventions at site %q; combine them into one", c.Site)
		}
		affine = append(affine, shape)
		args = append(args, scale, shift)
	}
	key.changes = fmt.Sprint(affine)
	exec, err := program(m.backend, key, func(in []*graph.Node) []*graph.Node {
		return recordGraph(m.Config, in, sites, affine)
	})
	if err != nil {
		return nil, err
	}
	out, err := exec.Call(args...)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	rec := &Recording{}
	for i, t := range out {
		a, err := cut(sites[i], t, seq, m.Config.Sink)
		if err != nil {
			return nil, err
		}
		if i := finite.First(a.Data); i >= 0 {
			return nil, fmt.Errorf("record: site %q is %v at value %d of shape %v; the weights, or an intervention, are too large", a.Site, a.Data[i], i, a.Shape)
		}
		rec.Activations = append(rec.Activations, a)
		_ = t.FinalizeAll()
	}
	return rec, nil
}

// changeShape is the part of an intervention that a program depends on.
type changeShape struct {
	site         Site
	scale, shift bool // one value per token, rather than per channel
}

func (m *Model) prepare(c Intervention, batch, seq, padded int) (s changeShape, scale, shift *tensors.Tensor, err error) {
	w, err := m.Config.Width(c.Site)
	if err != nil {
		return s, nil, nil, fmt.Errorf("intervention: %w", err)
	}
	one := func(name string, v []float32, fill float32) (*tensors.Tensor, bool, error) {
		if finite.First(v) >= 0 {
			return nil, false, fmt.Errorf("intervention at %q: %s has a value that is not finite", c.Site, name)
		}
		switch len(v) {
		case 0:
			return tensors.FromFlatDataAndDimensions(slices.Repeat([]float32{fill}, w), w), false, nil
		case w:
			return tensors.FromFlatDataAndDimensions(v, w), false, nil
		case batch * seq * w:
			p := make([]float32, batch*padded*w)
			for b := range batch {
				copy(p[b*padded*w:], v[b*seq*w:(b+1)*seq*w])
			}
			return tensors.FromFlatDataAndDimensions(p, batch, padded, w), true, nil
		}
		return nil, false, fmt.Errorf("intervention at %q: %s has %d values; give %d, one per channel, or %d, one per token and channel",
			c.Site, name, len(v), w, batch*seq*w)
	}
	s.site = c.Site
	if scale, s.scale, err = one("Scale", c.Scale, 1); err != nil {
		return s, nil, nil, err
	}
	shift, s.shift, err = one("Shift", c.Shift, 0)
	return s, scale, shift, err
}

// recordGraph takes the weights, the tokens, then scale and shift of every change.
func recordGraph(c Config, in []*graph.Node, sites []Site, changes []changeShape) []*graph.Node {
	vars, rest := c.Vars(in)
	tokens, rest := rest[0], rest[1:]
	seen := map[Site]*graph.Node{}
	Forward(c, vars, tokens, func(site Site, x *graph.Node) *graph.Node {
		for i, ch := range changes {
			if ch.site == site {
				scale, shift := rest[2*i], rest[2*i+1]
				x = graph.Add(graph.Mul(x, graph.ExpandLeftToRank(scale, 3)), graph.ExpandLeftToRank(shift, 3))
			}
		}
		seen[site] = x
		return x
	})
	out := make([]*graph.Node, len(sites))
	for i, s := range sites {
		out[i] = seen[s]
	}
	return out
}

// Vars splits a program's inputs into the parameters, by name, and the rest;
// [Model.Inputs] comes first among the inputs.
func (c Config) Vars(in []*graph.Node) (Vars, []*graph.Node) {
	ps := c.Params()
	v := make(Vars, len(ps))
	for i, p := range ps {
		v[p.Name] = in[i]
	}
	return v, in[len(ps):]
}

// cut copies a recorded tensor to the host without the padding.
func cut(site Site, t *tensors.Tensor, seq int, sink bool) (Activation, error) {
	dims := t.Shape().Dimensions
	data, err := tensors.CopyFlatData[float32](t)
	if err != nil {
		return Activation{}, fmt.Errorf("record: site %q: %w", site, err)
	}
	a := Activation{Site: site, Shape: slices.Clone(dims)}
	rows, width, keep := dims[0], dims[len(dims)-1], dims[len(dims)-1]
	a.Shape[len(dims)-2] = seq
	if isPattern(site) {
		rows, keep = dims[0]*dims[1], seq
		if sink {
			keep++
		}
		a.Shape[3] = keep
	}
	per := dims[len(dims)-2]
	if keep == width && seq == per {
		a.Data = data
		return a, nil
	}
	a.Data = make([]float32, 0, rows*seq*keep)
	for r := range rows {
		for s := range seq {
			i := (r*per + s) * width
			a.Data = append(a.Data, data[i:i+keep]...)
		}
	}
	return a, nil
}

func (m *Model) checkTokens(tokens [][]int32) (flat []int32, batch, seq int, err error) {
	if len(tokens) == 0 || len(tokens[0]) == 0 {
		return nil, 0, 0, fmt.Errorf("no tokens to run: give at least one sequence of at least one token")
	}
	batch, seq = len(tokens), len(tokens[0])
	if seq > m.Config.Context {
		return nil, 0, 0, fmt.Errorf("a sequence has %d tokens; the model's context is %d: give no more", seq, m.Config.Context)
	}
	for i, t := range tokens {
		if len(t) != seq {
			return nil, 0, 0, fmt.Errorf("sequence %d has %d tokens, sequence 0 has %d; give sequences of one length", i, len(t), seq)
		}
		for j, id := range t {
			if id < 0 || int(id) >= m.Config.Vocab {
				return nil, 0, 0, fmt.Errorf("sequence %d, token %d: id %d is outside the vocabulary of %d", i, j, id, m.Config.Vocab)
			}
		}
		flat = append(flat, t...)
	}
	return flat, batch, seq, nil
}

// paddedLength is the next power of two, at least 16 and at most Context.
func (c Config) paddedLength(n int) int {
	p := 16
	for p < n {
		p *= 2
	}
	return min(p, max(c.Context, n))
}

func padTokens(flat []int32, batch, seq, padded int) []int32 {
	if seq == padded {
		return flat
	}
	out := make([]int32, batch*padded)
	for b := range batch {
		copy(out[b*padded:], flat[b*seq:(b+1)*seq])
	}
	return out
}
