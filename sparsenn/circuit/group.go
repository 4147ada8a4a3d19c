package circuit

import (
	"slices"
)

// Group is the nodes of a circuit that do one kind of thing.
type Group struct {
	Name, Claim string // for a reader, and in claims
	Nodes       []Node
}

// Groups parts the nodes of a circuit by what flows into them and what they flow
// into (see [Circuit.Upstream]), the first that fits counting:
//
//   - constant: what is written to the residual stream though nothing of the circuit
//     flows into it, so that it varies with nothing that the circuit computes, and
//     where a channel is read that nothing else of the circuit has written;
//   - written: what flows into no query, key or value;
//   - query, key, scores: the queries, the keys, and what flows into queries alone,
//     keys alone, or both and no value;
//   - value: the values, and what flows into them alone;
//   - neurons, shared: what flows into values and into queries or keys, the neurons and
//     what they read apart from the channels of the residual stream.
//
// Every node is in one group, in the order of the forward pass; groups without nodes
// are left out.
func (c *Circuit) Groups() []Group {
	all := []Group{
		{Name: "constant channel", Claim: "constant"},
		{Name: "queries and what feeds them alone", Claim: "query"},
		{Name: "keys and what feeds them alone", Claim: "key"},
		{Name: "what feeds queries and keys", Claim: "scores"},
		{Name: "values and what feeds them alone", Claim: "value"},
		{Name: "neurons that feed values and queries or keys", Claim: "neurons"},
		{Name: "channels that feed values and queries or keys", Claim: "shared"},
		{Name: "written for the readout", Claim: "written"},
	}
	constant := c.constants()
	q, k, v := c.into(Query), c.into(Key), c.into(Value)
	for _, n := range c.Nodes {
		claim := ""
		switch toQ, toK, toV := q[n.Node], k[n.Node], v[n.Node]; {
		case constant[n.Node]:
			claim = "constant"
		case toV && (toQ || toK) && n.Block() == MLP && n.Kind() != ResidDelta:
			claim = "neurons"
		case toV && (toQ || toK):
			claim = "shared"
		case toV:
			claim = "value"
		case toQ && toK:
			claim = "scores"
		case toQ:
			claim = "query"
		case toK:
			claim = "key"
		default:
			claim = "written"
		}
		i := slices.IndexFunc(all, func(g Group) bool { return g.Claim == claim })
		all[i].Nodes = append(all[i].Nodes, n.Node)
	}
	return slices.DeleteFunc(all, func(g Group) bool { return len(g.Nodes) == 0 })
}

// into is the set of nodes of a kind and of all that flows into them.
func (c *Circuit) into(kind string) map[Node]bool {
	out := map[Node]bool{}
	var of []Node
	for _, n := range c.Nodes {
		if n.Kind() == kind {
			of = append(of, n.Node)
			out[n.Node] = true
		}
	}
	for _, n := range c.Upstream(of...) {
		out[n] = true
	}
	return out
}

// constants is the set of nodes that write without being fed, and of those that read
// a channel that no other node has written before.
func (c *Circuit) constants() map[Node]bool {
	out := map[Node]bool{}
	for _, n := range c.Nodes {
		if n.Kind() == ResidDelta && len(c.In(n.Node)) == 0 {
			out[n.Node] = true
		}
	}
	fed := map[Node]bool{} // readers of what is not constant
	var readers []Node
	for _, l := range c.Lanes() {
		for _, w := range l.Writers {
			for _, r := range l.After(w) {
				if out[w] {
					readers = append(readers, r)
				} else {
					fed[r] = true
				}
			}
		}
	}
	for _, r := range readers {
		if !fed[r] {
			out[r] = true
		}
	}
	return out
}
