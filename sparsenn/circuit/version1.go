package circuit

import (
	"fmt"
	"math"
)

// file1 is version 1 of the format, which is read and no longer written: lists side
// by side, no biases, gates, effects or proof, and no order.
type file1 struct {
	Format     string         `json:"format"`
	Version    int            `json:"version"`
	Task       string         `json:"task"`
	Run        string         `json:"run"`
	Model      Shape          `json:"model"`
	Ablation   string         `json:"ablation"`
	Target     float64        `json:"target"`
	Provenance map[string]any `json:"provenance,omitempty"`
	Nodes      []string       `json:"nodes"`
	Means      []float64      `json:"means"`
	Edges      [][]float64    `json:"edges"` // [from, to, weight], the ends by their place in nodes
}

// upgraded is the key of Provenance that says that a circuit came from a file of
// an older version, and of which: its biases are not known.
const upgraded = "upgraded_from_version"

func decode1(data []byte) (*Circuit, error) {
	var f file1
	if err := strictly(data, &f); err != nil {
		return nil, err
	}
	if len(f.Means) != len(f.Nodes) {
		return nil, fmt.Errorf("there are %d means for %d nodes", len(f.Means), len(f.Nodes))
	}
	c := &Circuit{Task: f.Task, Run: f.Run, Model: f.Model, Ablation: f.Ablation, Target: f.Target,
		Provenance: map[string]any{upgraded: 1.0}}
	for key, v := range f.Provenance {
		if key == upgraded {
			return nil, fmt.Errorf("provenance has %q, which a file of version 1 cannot", key)
		}
		c.Provenance[key] = v
	}
	for i, path := range f.Nodes {
		node, err := ParseNode(path)
		if err != nil {
			return nil, fmt.Errorf("nodes[%d]: %w", i, err)
		}
		c.Nodes = append(c.Nodes, Kept{Node: node, Mean: f.Means[i]})
	}
	for i, e := range f.Edges {
		if len(e) != 3 || e[0] != math.Trunc(e[0]) || e[1] != math.Trunc(e[1]) {
			return nil, fmt.Errorf("edges[%d] is %v; an edge is [from, to, weight], the first two whole numbers", i, e)
		}
		from, to, err := ends(c.Nodes, int(e[0]), int(e[1]))
		if err != nil {
			return nil, fmt.Errorf("edges[%d]: %w", i, err)
		}
		c.Edges = append(c.Edges, Edge{From: from, To: to, Weight: e[2]})
	}
	c.Sort()
	return c, nil
}
