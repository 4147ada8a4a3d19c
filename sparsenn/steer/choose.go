package steer

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
)

// ReadNodes returns the nodes of a circuit that can be steered by, grouped by their
// site in the order of the forward pass: those at read sites that are channels of the
// residual stream.
func (s *Steerer) ReadNodes(c *circuit.Circuit) [][]circuit.Node {
	var out [][]circuit.Node
	for l := range s.Bridge.Sparse.Config.Model.Layers {
		for _, name := range []string{model.AttnActIn, model.MLPActIn} {
			var nodes []circuit.Node
			for _, n := range c.Nodes {
				if n.Site == string(model.At(l, name)) && n.Index < s.Bridge.Sparse.Config.Model.DModel {
					nodes = append(nodes, n.Node)
				}
			}
			if len(nodes) > 0 {
				out = append(out, nodes)
			}
		}
	}
	return out
}

// Choice is a method with what it did on the prompts that it was chosen on.
type Choice struct {
	Method *Method
	Point  Point
}

// Choose ranks methods by the mean probability of the wanted answer at a strength, the
// best first, equal ones in the order given. p says which probability. The prompts must not be those that the
// chosen method is then measured on.
func (s *Steerer) Choose(ctx context.Context, methods []*Method, prompts []Prompt, strength float64, p Probability) ([]Choice, error) {
	if len(methods) == 0 {
		return nil, fmt.Errorf("steer: no methods to choose from")
	}
	var out []Choice
	for _, m := range methods {
		points, err := s.points(ctx, m, prompts, []float64{strength})
		if err != nil {
			return nil, err
		}
		out = append(out, Choice{m, points[0]})
	}
	slices.SortStableFunc(out, func(a, b Choice) int { return cmp.Compare(p.of(b.Point), p.of(a.Point)) })
	return out, nil
}
