package circuit

import (
	"fmt"
	"slices"
)

// Diff says what two circuits, a and b, have in common: of two tasks in one model,
// or of two prunings. Between models from different training seeds an index means
// nothing, so that an overlap of nodes is chance there; compare Sites instead, how
// many nodes each keeps where.
type Diff struct {
	OnlyA []Kept     `json:"only_a"` // nodes, sorted, as are the rest
	OnlyB []Kept     `json:"only_b"`
	Both  []KeptPair `json:"both"`

	EdgesOnlyA []Edge     `json:"edges_only_a"`
	EdgesOnlyB []Edge     `json:"edges_only_b"`
	EdgesBoth  []EdgePair `json:"edges_both"`

	// NodeJaccard and EdgeJaccard are the share of what both have in what either
	// has; 1 if neither has any.
	NodeJaccard float64 `json:"node_jaccard"`
	EdgeJaccard float64 `json:"edge_jaccard"`

	// Sites holds every site where either has a node.
	Sites []SitePair `json:"sites"`
}

// KeptPair is a node of both circuits, with its numbers in each.
type KeptPair struct {
	Node
	A Kept `json:"a"`
	B Kept `json:"b"`
}

// EdgePair is an edge of both circuits, with its weight and effect in each.
type EdgePair struct {
	From Node `json:"from"`
	To   Node `json:"to"`
	A    Edge `json:"a"`
	B    Edge `json:"b"`
}

// SitePair counts the nodes of a site: a's, b's, and those that are the same.
type SitePair struct {
	Site string `json:"site"`
	A    int    `json:"a"`
	B    int    `json:"b"`
	Both int    `json:"both"`
}

// Compare finds what two circuits share. Circuits of models with different shapes
// are an error that names the size that differs, as is one that [Circuit.Check]
// refuses.
func Compare(a, b *Circuit) (*Diff, error) {
	for i, c := range []*Circuit{a, b} {
		if err := c.Check(); err != nil {
			return nil, fmt.Errorf("compare: circuit %c: %w", 'a'+i, err)
		}
	}
	if err := sameShape(a.Model, b.Model); err != nil {
		return nil, fmt.Errorf("compare: %w", err)
	}
	var d Diff
	merge(a.Nodes, b.Nodes, func(x, y Kept) int { return x.Compare(y.Node) },
		func(x Kept) { d.OnlyA = append(d.OnlyA, x) },
		func(y Kept) { d.OnlyB = append(d.OnlyB, y) },
		func(x, y Kept) { d.Both = append(d.Both, KeptPair{x.Node, x, y}) })
	merge(a.Edges, b.Edges, Edge.compare,
		func(x Edge) { d.EdgesOnlyA = append(d.EdgesOnlyA, x) },
		func(y Edge) { d.EdgesOnlyB = append(d.EdgesOnlyB, y) },
		func(x, y Edge) { d.EdgesBoth = append(d.EdgesBoth, EdgePair{x.From, x.To, x, y}) })
	d.NodeJaccard = jaccard(len(d.Both), len(d.OnlyA)+len(d.OnlyB))
	d.EdgeJaccard = jaccard(len(d.EdgesBoth), len(d.EdgesOnlyA)+len(d.EdgesOnlyB))
	d.Sites = sitePairs(a, b, d.Both)
	return &d, nil
}

// sameShape says in which size two models differ.
func sameShape(a, b Shape) error {
	for _, f := range []struct {
		name string
		a, b any
	}{
		{"layers", a.Layers, b.Layers}, {"d_model", a.DModel, b.DModel}, {"heads", a.Heads, b.Heads},
		{"d_head", a.DHead, b.DHead}, {"d_mlp", a.DMLP, b.DMLP}, {"d_pos", a.DPos, b.DPos},
		{"vocab", a.Vocab, b.Vocab}, {"sink", a.Sink, b.Sink},
	} {
		if f.a != f.b {
			return fmt.Errorf("the models differ: %s is %v in a and %v in b; a node of one is no node of the other", f.name, f.a, f.b)
		}
	}
	return nil
}

// merge walks two sorted lists side by side.
func merge[T any](a, b []T, compare func(x, y T) int, onlyA, onlyB func(T), both func(x, y T)) {
	for len(a) > 0 || len(b) > 0 {
		var order int
		switch {
		case len(b) == 0:
			order = -1
		case len(a) == 0:
			order = 1
		default:
			order = compare(a[0], b[0])
		}
		switch {
		case order < 0:
			onlyA(a[0])
			a = a[1:]
		case order > 0:
			onlyB(b[0])
			b = b[1:]
		default:
			both(a[0], b[0])
			a, b = a[1:], b[1:]
		}
	}
}

func jaccard(both, only int) float64 {
	if both+only == 0 {
		return 1
	}
	return float64(both) / float64(both+only)
}

func sitePairs(a, b *Circuit, both []KeptPair) []SitePair {
	at := map[string]*SitePair{}
	pair := func(site string) *SitePair {
		if at[site] == nil {
			at[site] = &SitePair{Site: site}
		}
		return at[site]
	}
	for _, s := range a.PerSite() {
		pair(s.Site).A = s.Nodes
	}
	for _, s := range b.PerSite() {
		pair(s.Site).B = s.Nodes
	}
	for _, p := range both {
		pair(p.Site).Both++
	}
	var pairs []SitePair
	for _, p := range at {
		pairs = append(pairs, *p)
	}
	slices.SortFunc(pairs, func(x, y SitePair) int { return CompareSites(x.Site, y.Site) })
	return pairs
}

// Overlap is how much circuits of one model share: the mean over pairs of them of the
// nodes that are in both by those that are in either. It takes at least two
// circuits that are not both empty.
func Overlap(circuits ...[]string) (float64, error) {
	if len(circuits) < 2 {
		return 0, fmt.Errorf("overlap of %d circuit; it takes two", len(circuits))
	}
	sum, n := 0.0, 0
	for i, a := range circuits {
		in := map[string]bool{}
		for _, node := range a {
			in[node] = true
		}
		for _, b := range circuits[:i] {
			both := 0
			for _, node := range b {
				if in[node] {
					both++
				}
			}
			if either := len(a) + len(b) - both; either > 0 {
				sum += float64(both) / float64(either)
				n++
			}
		}
	}
	if n == 0 {
		return 0, fmt.Errorf("overlap of circuits without nodes")
	}
	return sum / float64(n), nil
}
