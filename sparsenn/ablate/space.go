package ablate

import (
	"fmt"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
)

// ShapeOf is what a circuit says of the model that it is part of.
func ShapeOf(c model.Config) circuit.Shape {
	return circuit.Shape{Layers: c.Layers, DModel: c.DModel, Heads: c.Heads, DHead: c.DHead,
		DMLP: c.DMLP, DPos: c.DPos, Vocab: c.Vocab, Sink: c.Sink}
}

// Space is the nodes of a model in one flat order: by site in the order of the
// forward pass, by index within a site (Gao et al., §3.1).
type Space struct {
	Shape circuit.Shape
	Sites []string
	// Start holds where each site begins, and last the number of nodes.
	Start []int
}

// NewSpace returns the space of a model: act_in, q, k, v, post_act and
// resid_delta of every block and, if final is set, final_resid.
func NewSpace(c model.Config, final bool) (Space, error) {
	if err := c.Validate(); err != nil {
		return Space{}, err
	}
	s := Space{Shape: ShapeOf(c), Start: []int{0}}
	for _, site := range s.Shape.Sites() {
		if site == string(model.FinalResid) && !final {
			continue
		}
		w, err := s.Shape.Width(site)
		if err != nil {
			return Space{}, err
		}
		s.Sites = append(s.Sites, site)
		s.Start = append(s.Start, s.Start[len(s.Start)-1]+w)
	}
	return s, nil
}

// Len is the number of nodes.
func (s Space) Len() int { return s.Start[len(s.Start)-1] }

// Node is the i-th node.
func (s Space) Node(i int) circuit.Node {
	at := s.siteOf(i)
	return circuit.Node{Site: s.Sites[at], Index: i - s.Start[at]}
}

// siteOf is the number of the site of the i-th node.
func (s Space) siteOf(i int) int {
	at := 0
	for s.Start[at+1] <= i {
		at++
	}
	return at
}

// Index is the place of a node. A node of a site that the space lacks, or
// beyond its site's width, is an error.
func (s Space) Index(n circuit.Node) (int, error) {
	for i, site := range s.Sites {
		if site == n.Site {
			if n.Index < 0 || n.Index >= s.Start[i+1]-s.Start[i] {
				return 0, fmt.Errorf("node %s: the site has %d nodes", n, s.Start[i+1]-s.Start[i])
			}
			return s.Start[i] + n.Index, nil
		}
	}
	return 0, fmt.Errorf("node %s: its site holds no nodes here; the sites are %v", n, s.Sites)
}

// Mask is a choice of nodes: true is kept.
type Mask []bool

// Count is the number of nodes kept.
func (m Mask) Count() int {
	n := 0
	for _, kept := range m {
		if kept {
			n++
		}
	}
	return n
}

// MaskOf is the mask that keeps the given nodes.
func (s Space) MaskOf(nodes []circuit.Node) (Mask, error) {
	m := make(Mask, s.Len())
	for _, n := range nodes {
		i, err := s.Index(n)
		if err != nil {
			return nil, err
		}
		m[i] = true
	}
	return m, nil
}

// Not is the mask that keeps what m leaves out.
func (m Mask) Not() Mask {
	out := make(Mask, len(m))
	for i, kept := range m {
		out[i] = !kept
	}
	return out
}
