// Package circuitsample has circuits for the tests of pictures.
package circuitsample

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"circuitbook/sparsenn/circuit"
)

// Sample reads a circuit of viz/testdata: "quotes" is the one of the paper's figure 4, 12 nodes
// without measured effects; "brackets" is made up, with attention, MLP, positions and a proof.
func Sample(t testing.TB, name string) *circuit.Circuit {
	t.Helper()
	c, err := circuit.Load(filepath.Join(folder(), name+".circuit.json"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Made makes a circuit of about so many nodes from a seed, with edges between random pairs.
func Made(seed uint64, shape circuit.Shape, nodes int, density float64) *circuit.Circuit {
	r := rand.New(rand.NewPCG(seed, 1))
	c := &circuit.Circuit{Task: fmt.Sprintf("made %d", seed), Run: "none", Model: shape, Ablation: circuit.MeanAblation, Target: 0.15}
	sites := shape.Sites()
	seen := map[circuit.Node]bool{}
	few := max(2, min(shape.DModel, nodes/8)) // channels in use
	for range nodes {
		n := circuit.Node{Site: sites[r.IntN(len(sites))]}
		width, _ := shape.Width(n.Site)
		n.Index = r.IntN(width)
		switch n.Kind() {
		case circuit.ActIn, circuit.ResidDelta, circuit.FinalResid:
			n.Index = r.IntN(few) * (shape.DModel / few)
		}
		if seen[n] {
			continue
		}
		seen[n] = true
		k := circuit.Kept{Node: n, Mean: r.NormFloat64()}
		if _, _, ok := shape.BiasPlace(n); ok && r.IntN(2) == 0 {
			k.Bias = r.NormFloat64()
		}
		if r.IntN(8) > 0 {
			e := 0.2 * r.NormFloat64() * r.NormFloat64()
			k.Effect = &e
		}
		c.Nodes = append(c.Nodes, k)
	}
	where := make([]string, len(c.Nodes))
	for i, n := range c.Nodes {
		where[i] = n.Node.BlockPath()
	}
	for i, a := range c.Nodes {
		for j, b := range c.Nodes {
			if where[i] != where[j] {
				continue
			}
			if _, _, _, err := shape.Place(a.Node, b.Node); err != nil || r.Float64() > density {
				continue
			}
			e := circuit.Edge{From: a.Node, To: b.Node, Weight: r.NormFloat64()}
			if r.IntN(8) > 0 {
				x := 0.1 * r.Float64()
				e.Effect = &x
			}
			c.Edges = append(c.Edges, e)
		}
	}
	c.Sort()
	return c
}

// Changed returns a copy of a circuit without every n-th node and its edges, with the sign of the
// first weight turned, and with nodes at the next free index of the sites of those dropped.
func Changed(c *circuit.Circuit, n int) *circuit.Circuit {
	o := *c
	o.Nodes, o.Edges = nil, nil
	kept := map[circuit.Node]bool{}
	for i, k := range c.Nodes {
		if i%n != n-1 {
			o.Nodes = append(o.Nodes, k)
		} else if moved := k; k.Index > 0 {
			if moved.Index--; !slices.ContainsFunc(c.Nodes, func(x circuit.Kept) bool { return x.Node == moved.Node }) {
				o.Nodes = append(o.Nodes, moved)
			}
		}
	}
	for _, k := range o.Nodes {
		kept[k.Node] = true
	}
	for _, e := range c.Edges {
		if kept[e.From] && kept[e.To] {
			o.Edges = append(o.Edges, e)
		}
	}
	if len(o.Edges) > 0 {
		o.Edges[0].Weight *= -1
	}
	o.Sort()
	return &o
}

// folder is viz/testdata, wherever a test runs.
func folder() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "testdata")
}
