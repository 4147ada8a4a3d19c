package lab

import (
	"fmt"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/patch"
	"circuitbook/viz"
	"circuitbook/viz/book"
)

// A Swap is what exchanging nodes between the two sides of every pair did.
type Swap struct {
	Nodes       []circuit.Node
	Full, Alone patch.Swap // in the whole model, and in the circuit alone
}

// Swaps are exchanges, each alone.
type Swaps struct {
	List []Swap
	Note viz.Note
}

// Swap exchanges nodes between the two prompts of every pair, one node at a time, at all
// tokens, and counts how many answers turn: in the whole model and in the circuit alone, on
// held-out prompts. Without arguments it takes every node of the circuit that writes to the
// residual stream. A node need not be one of the circuit.
func (c *Circuit) Swap(nodes ...string) Swaps {
	list := cell.Must(parseNodes(nodes))
	if len(nodes) == 0 {
		list = c.kinds(len(c.Data().Nodes), circuit.ResidDelta)
	}
	return c.exchange(patch.FromEnd, patch.Apart(list)...)
}

// SwapTogether is Swap of several nodes at once.
func (c *Circuit) SwapTogether(nodes ...string) Swaps {
	return c.exchange(patch.FromEnd, cell.Must(parseNodes(nodes)))
}

// exchange exchanges groups of nodes, each alone, at the tokens that at pairs.
func (c *Circuit) exchange(at patch.Pairing, groups ...[]circuit.Node) Swaps {
	list := c.reported().ForMeasuring()
	full, alone := cell.Must(patch.Exchange(c.model.Run().Model, list, at, groups...)), cell.Must(patch.Exchange(c.alone(), list, at, groups...))
	s := Swaps{Note: c.Note("Exchanged between the sides of a pair", "Share of answers that turn into the other side's, on held-out prompts. Margin: the right answer's logit less the other's, in the whole model.")}
	for i, g := range groups {
		s.List = append(s.List, Swap{g, full[i], alone[i]})
	}
	return s
}

// names joins nodes for a table.
func names(nodes []circuit.Node) string {
	text := ""
	for i, n := range nodes {
		if i > 0 {
			text += ", "
		}
		text += n.String()
	}
	return text
}

// Bundle is a table of the exchanges.
func (s Swaps) Bundle() (viz.Bundle, error) {
	t := viz.Table{Note: s.Note, Columns: []viz.Column{{Name: "nodes"}, {Name: "whole model, turned", Format: "%.3f", Bar: true, Max: 1}, {Name: "circuit alone, turned", Format: "%.3f", Bar: true, Max: 1}, {Name: "margin before", Format: "%.2f"}, {Name: "margin after", Format: "%.2f"}, {Name: "pairs"}}}
	for _, x := range s.List {
		t.Rows = append(t.Rows, []any{names(x.Nodes), x.Full.After, x.Alone.After, x.Full.MarginBefore, x.Full.MarginAfter, x.Full.N})
	}
	return t.Bundle()
}

// Of is the exchange of one node by itself, by its path.
func (s Swaps) Of(node string) Swaps {
	for _, x := range s.List {
		if names(x.Nodes) == node {
			return Swaps{[]Swap{x}, s.Note}
		}
	}
	cell.End(fmt.Errorf("%s was not exchanged by itself", node))
	return s
}

// Claims are, of one exchange, before_full, after_full and after_circuit; of several none.
func (s Swaps) Claims() []book.Stated {
	if len(s.List) != 1 {
		return nil
	}
	x := s.List[0]
	return []book.Stated{{Name: "before_full", Value: x.Full.Before}, {Name: "after_full", Value: x.Full.After}, {Name: "after_circuit", Value: x.Alone.After}}
}
