package steer

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
)

// Method is what is added to the dense model at a read site, at strength 1: at every
// token the sum over its parts of a coefficient times a direction.
type Method struct {
	Name string
	Site model.Site // of both models
	// Nodes are nodes of the sparse model at Site. Their activation on the
	// counterpart less that on the prompt, at every token, are the coefficients.
	// Where there are none, the one coefficient is 1 at the tokens of Span.
	Nodes []circuit.Node
	Span  Span
	// Directions holds, for every coefficient, what is added to the dense site,
	// [d_dense].
	Directions [][]float32
}

// parts is the number of coefficients.
func (m *Method) parts() int { return max(1, len(m.Nodes)) }

// Channels steers by nodes at one read site, through the rows of the bridge's
// decoder. Nodes of several sites, one that is no read site, none, and one twice are
// errors.
func (s *Steerer) Channels(nodes ...circuit.Node) (*Method, error) {
	if len(nodes) == 0 {
		return nil, fmt.Errorf("steer: no node; give at least one of a read site, such as \"0.attn.act_in[5]\"")
	}
	m := &Method{Site: model.Site(nodes[0].Site), Nodes: slices.Clone(nodes)}
	boundary, err := s.Bridge.ReadSite(m.Site)
	if err != nil {
		return nil, fmt.Errorf("steer: node %s: %w", nodes[0], err)
	}
	sparseGain, denseGain, err := s.gains(boundary)
	if err != nil {
		return nil, err
	}
	for i, n := range nodes {
		if model.Site(n.Site) != m.Site {
			return nil, fmt.Errorf("steer: nodes %s and %s lie at two sites; steer at one", nodes[0], n)
		}
		if slices.Contains(nodes[:i], n) {
			return nil, fmt.Errorf("steer: node %s is given twice", n)
		}
		if n.Index < 0 || n.Index >= len(sparseGain) {
			return nil, fmt.Errorf("steer: node %s is no channel of the residual stream, of which there are %d; positions cannot be steered by", n, len(sparseGain))
		}
		row, err := s.Bridge.Decoder(boundary, n.Index)
		if err != nil {
			return nil, fmt.Errorf("steer: node %s: %w", n, err)
		}
		scale := 0.0 // a channel of gain zero is never read, and never differs
		if g := float64(sparseGain[n.Index]); g != 0 {
			scale = s.ratio[boundary] / g
		}
		for j := range row {
			row[j] *= float32(scale) * denseGain[j]
		}
		m.Directions = append(m.Directions, row)
	}
	m.Name = fmt.Sprintf("%d channels of %s", len(nodes), m.Site)
	if len(nodes) == 1 {
		m.Name = nodes[0].String()
	}
	return m, nil
}

// Whole steers by all channels of a read site: all that the bridge can carry there.
func (s *Steerer) Whole(site model.Site) (*Method, error) {
	var nodes []circuit.Node
	for i := range s.Bridge.Sparse.Config.Model.DModel {
		nodes = append(nodes, circuit.Node{Site: string(site), Index: i})
	}
	m, err := s.Channels(nodes...)
	if err != nil {
		return nil, err
	}
	m.Name = fmt.Sprintf("all of %s", site)
	return m, nil
}

// gains are those of the norms behind a boundary, of the sparse and the dense model.
func (s *Steerer) gains(boundary int) (sparse, dense []float32, err error) {
	name := fmt.Sprintf("transformer.h.%d.ln_%d.weight", boundary/2, 1+boundary%2)
	if sparse, err = s.Bridge.Sparse.Model.Values(name); err != nil {
		return nil, nil, fmt.Errorf("steer: %w", err)
	}
	if dense, err = s.Bridge.Dense.Model.Values(name); err != nil {
		return nil, nil, fmt.Errorf("steer: %w", err)
	}
	return sparse, dense, nil
}

// Random is a control: the coefficients of a method, and for each of its directions
// one drawn at random, of the same norm.
func Random(m *Method, seed uint64) *Method {
	rng := rand.New(rand.NewPCG(seed, 0x7374656572))
	r := &Method{Name: fmt.Sprintf("random direction %d", seed), Site: m.Site, Nodes: m.Nodes, Span: m.Span}
	for _, d := range m.Directions {
		v := make([]float32, len(d))
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		r.Directions = append(r.Directions, resized(v, norm(d)))
	}
	return r
}

// RandomChannels is a control: the coefficients of a method of Channels, and for each
// of its directions the decoder's row of a channel drawn from those that it does not
// use, scaled to the same norm.
func (s *Steerer) RandomChannels(m *Method, seed uint64) (*Method, error) {
	boundary, err := s.Bridge.ReadSite(m.Site)
	if err != nil {
		return nil, fmt.Errorf("steer: %w", err)
	}
	width := s.Bridge.Sparse.Config.Model.DModel
	if len(m.Nodes) == 0 || 2*len(m.Nodes) > width {
		return nil, fmt.Errorf("steer: %q uses %d of %d channels; a random one needs a method of Channels that leaves as many unused", m.Name, len(m.Nodes), width)
	}
	_, gain, err := s.gains(boundary)
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(seed, 0x6368616e6e656c))
	r := &Method{Name: fmt.Sprintf("random channels %d", seed), Site: m.Site, Nodes: m.Nodes, Span: m.Span}
	used := map[int]bool{}
	for _, n := range m.Nodes {
		used[n.Index] = true
	}
	for _, c := range rng.Perm(width) {
		if len(r.Directions) == len(m.Nodes) {
			break
		}
		row, err := s.Bridge.Decoder(boundary, c)
		if err != nil {
			return nil, err
		}
		for j := range row {
			row[j] *= gain[j]
		}
		if used[c] || norm(row) == 0 {
			continue
		}
		r.Directions = append(r.Directions, resized(row, norm(m.Directions[len(r.Directions)])))
	}
	if len(r.Directions) < len(m.Nodes) {
		return nil, fmt.Errorf("steer: the bridge has no %d other channels with a row that is not zero at %s", len(m.Nodes), m.Site)
	}
	return r, nil
}

// resized is v scaled to a norm.
func resized(v []float32, to float64) []float32 {
	out := make([]float32, len(v))
	n := norm(v)
	for i, x := range v {
		if n > 0 {
			out[i] = float32(float64(x) * to / n)
		}
	}
	return out
}

// bothSides records a site on the counterparts and on the prompts, padded at their
// right ends.
func bothSides(m *model.Model, site model.Site, prompts []Prompt) (counter, prompt model.Activation, err error) {
	longest := 0
	for _, p := range prompts {
		longest = max(longest, len(p.Tokens), len(p.Counter))
	}
	var rows [2][][]int32
	for i := range atOnce {
		p := prompts[min(i, len(prompts)-1)] // so that one program serves all numbers of prompts
		for k, t := range [][]int32{p.Counter, p.Tokens} {
			row := make([]int32, longest)
			copy(row, t)
			rows[k] = append(rows[k], row)
		}
	}
	r, err := m.Record(rows[0], []model.Site{site})
	if err != nil {
		return counter, prompt, fmt.Errorf("steer: %w", err)
	}
	q, err := m.Record(rows[1], []model.Site{site})
	if err != nil {
		return counter, prompt, fmt.Errorf("steer: %w", err)
	}
	return r.Activations[0], q.Activations[0], nil
}
