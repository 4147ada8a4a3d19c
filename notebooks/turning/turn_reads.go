package turning

import (
	"fmt"
	"slices"
	"strings"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/patch"
	"circuitbook/sparsenn/steer"
	"circuitbook/viz"
)

// Reads are the nodes that the circuit reads from the residual stream, the handles of the
// case, and what they hold where a prompt and its counterpart first differ and at the end. It
// states read_nodes, nodes and edges.
func (t *Turn) Reads() (r cell.Result) {
	s := &steer.Steerer{Bridge: t.Pair.Bridge()} // as much as reading a circuit needs
	nodes := slices.Concat(t.readNodes(s)...)
	r.State("read_nodes", len(nodes))
	r.State("nodes", t.Circuit.Nodes())
	r.State("edges", t.Circuit.Edges())
	if t.Circuit.Reached() {
		r.Show(t.Circuit)
	}
	prompts, data := t.selected(), t.Circuit.Data()
	table := viz.Table{Note: t.note("What the circuit reads", fmt.Sprintf("Means over %d selecting prompts and their counterparts. Effect: rise of the circuit's loss without the node, nats per example.", len(prompts))),
		Columns: []viz.Column{{Name: "node"}, {Name: "read by"}, {Name: "effect", Format: "%.3f"}, {Name: "where they differ: prompt", Format: "%.2f"}, {Name: "counterpart", Format: "%.2f"}, {Name: "at the end: prompt", Format: "%.2f"}, {Name: "counterpart ", Format: "%.2f"}}}
	for i, v := range t.sides(prompts, nodes) {
		var effect any
		if k, ok := data.Find(nodes[i]); ok && k.Effect != nil {
			effect = *k.Effect
		}
		var by []string
		for _, e := range data.Out(nodes[i]) {
			by = append(by, e.To.String())
		}
		if len(by) > 3 {
			by = append(by[:3], fmt.Sprintf("%d more", len(by)-3))
		}
		table.Rows = append(table.Rows, []any{nodes[i].String(), strings.Join(by, ", "), effect, v[0], v[1], v[2], v[3]})
	}
	r.Show(table)
	return r
}

// sides is what nodes hold, the mean over prompts, on the prompts and on their counterparts,
// where they first differ and at the end: [node][4].
func (t *Turn) sides(prompts []steer.Prompt, nodes []circuit.Node) [][4]float64 {
	out := make([][4]float64, len(nodes))
	var sites []model.Site
	for _, n := range nodes {
		if !slices.Contains(sites, model.Site(n.Site)) {
			sites = append(sites, model.Site(n.Site))
		}
	}
	if len(sites) == 0 {
		return out
	}
	longest := 0
	for _, p := range prompts {
		longest = max(longest, len(p.Tokens), len(p.Counter))
	}
	for side := range 2 {
		var rows [][]int32
		var last []int
		for _, p := range prompts {
			of := p.Tokens
			if side == 1 {
				of = p.Counter
			}
			rows, last = append(rows, append(slices.Clone(of), make([]int32, longest-len(of))...)), append(last, len(of)-1)
		}
		rec := cell.Must(t.Circuit.Model().Run().Model.Record(rows, sites))
		for i, n := range nodes {
			a := cell.Must(rec.Get(model.Site(n.Site)))
			for j, p := range prompts {
				at := patch.Opening(p.Tokens, p.Counter)[0][side]
				out[i][side] += float64(a.At(j, at)[n.Index]) / float64(len(prompts))
				out[i][2+side] += float64(a.At(j, last[j])[n.Index]) / float64(len(prompts))
			}
		}
	}
	return out
}
