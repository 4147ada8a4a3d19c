package lab

import (
	"context"
	"fmt"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/patch"
	"circuitbook/sparsenn/verify"
)

// kinds lists the nodes of the circuit of some kinds, such as circuit.ResidDelta, at most n
// of each kind, and three where none was found and all nodes of the model stand in its place.
func (c *Circuit) kinds(n int, kinds ...string) []circuit.Node {
	return c.Data().OfKinds(c.Few(n), kinds...)
}

func (c *Circuit) Few(n int) int {
	if !c.Reached() {
		return min(n, 3)
	}
	return n
}

// alone is the circuit with its logits as they come out; where none was found it holds every
// node, which is the model.
func (c *Circuit) alone() experiment.Reader {
	if !c.Reached() && c.spec.Keep == nil {
		return c.model.Run().Model
	}
	return c.Alone()
}

// Views are the circuit alone, its logits read by the scale and shift of its search, and the
// whole model.
func (c *Circuit) Views() []experiment.View {
	t := cell.Must(c.taskOf())
	return cell.Interruptible(func(ctx context.Context) ([]experiment.View, error) {
		return experiment.Views(ctx, c.model.Run(), t, c.Data())
	})
}

// holding is the whole model with nodes held at their means.
func (c *Circuit) holding(nodes ...circuit.Node) *verify.Submodel {
	return cell.Interruptible(func(ctx context.Context) (*verify.Submodel, error) {
		return verify.Without(ctx, c.model.Run(), c.Data().Restrict(nodes...))
	})
}

// Deciding is the node that decides: of those of the circuit that write to the residual
// stream, the one whose exchange between the two sides of pairs turns the answers of prompts
// for selecting most. It is "" where the circuit writes nothing.
func (c *Circuit) Deciding() string {
	nodes := c.kinds(24, circuit.ResidDelta)
	if i := cell.Must(patch.Most(c.model.Run().Model, c.Selected(), patch.FromEnd, patch.Apart(nodes)...)); i >= 0 {
		return nodes[i].String()
	}
	return ""
}

// Effect is what the circuit alone loses without one of its nodes, in nats per example, as
// measured on held-out prompts; 0 where it was not measured.
func (c *Circuit) Effect(node string) float64 {
	k, _ := c.Data().Find(cell.Must(c.have([]string{node}))[0])
	if k.Effect == nil {
		return 0
	}
	return *k.Effect
}

// nameOf names a head.
func nameOf(h circuit.Head) string { return fmt.Sprintf("layer %d, head %d", h.Layer, h.Head) }

// Chosen is the circuit for choosing nodes in it: its effects are of prompts for selecting.
func (c *Circuit) Chosen() *circuit.Circuit {
	return cell.Interruptible(func(ctx context.Context) (*circuit.Circuit, error) {
		return experiment.Selecting(ctx, c.Finding(), c.Config(), artifact.Options{})
	})
}
