package experiment

import (
	"slices"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/stat"
)

// Summary is how large the circuits of several runs are.
type Summary struct {
	N, Reached int // findings, and how many of them met the target
	// Best is the index of the smallest circuit, by nodes and then by edges, of
	// those that met the target; -1 if none did.
	Best int
	// MedianNodes and MedianEdges are over all findings, a circuit that missed
	// the target counting as the whole model, which is what it holds.
	MedianNodes, MedianEdges float64
}

// Summarise compares sizes. No findings give the zero sizes and Best of -1.
func Summarise(list []*Finding) Summary {
	s := Summary{N: len(list), Best: -1}
	var nodes, edges []int
	for i, f := range list {
		nodes, edges = append(nodes, f.Nodes()), append(edges, f.Edges())
		if !f.Reached() {
			continue
		}
		s.Reached++
		if s.Best < 0 || nodes[i] < nodes[s.Best] || nodes[i] == nodes[s.Best] && edges[i] < edges[s.Best] {
			s.Best = i
		}
	}
	s.MedianNodes, s.MedianEdges = stat.Median(nodes), stat.Median(edges)
	return s
}

// SiteCount is how many nodes each of several circuits keeps at a site.
type SiteCount struct {
	Site   string
	Counts []int // in the order of the findings
}

// PerSite counts nodes by site, over every site where one of the circuits has
// any, in the order of the forward pass. Between seeds this is all there is to
// compare: an index means nothing there.
func PerSite(list []*Finding) []SiteCount {
	var out []SiteCount
	at := map[string]int{}
	for i, f := range list {
		for _, s := range f.Circuit().PerSite() {
			j, ok := at[s.Site]
			if !ok {
				j = len(out)
				at[s.Site] = j
				out = append(out, SiteCount{Site: s.Site, Counts: make([]int, len(list))})
			}
			out[j].Counts[i] = s.Nodes
		}
	}
	slices.SortFunc(out, func(a, b SiteCount) int {
		return circuit.Node{Site: a.Site}.Compare(circuit.Node{Site: b.Site})
	})
	return out
}
