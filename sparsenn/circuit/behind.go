package circuit

import (
	"math"
	"slices"
)

// sourcesOf lists where the edges into some nodes come from, in the order in which they are met.
func (c *Circuit) sourcesOf(of []Node) (out []Node) {
	for _, n := range of {
		for _, e := range c.In(n) {
			if !slices.Contains(out, e.From) {
				out = append(out, e.From)
			}
		}
	}
	return out
}

// less is list without some nodes, common what two lists share, only those of one block and
// kind: all in the order of the first.
func less(list, not []Node) []Node {
	return slices.DeleteFunc(slices.Clone(list), func(n Node) bool { return slices.Contains(not, n) })
}

func common(a, b []Node) []Node {
	return slices.DeleteFunc(slices.Clone(a), func(n Node) bool { return !slices.Contains(b, n) })
}

func only(list []Node, block, kind string) []Node {
	return slices.DeleteFunc(slices.Clone(list), func(n Node) bool { return block != "" && n.Block() != block || n.Kind() != kind })
}

// Behind parts what is behind the keys and behind the values of a head of a circuit: the
// channels that they read, and the neurons further back, each by whether it serves keys
// alone, values alone or both; and the circuit's other neurons. All seven groups are there,
// some may be empty.
func (c *Circuit) Behind(head Head) []Group {
	k, v := c.OfHead(head, Key), c.OfHead(head, Value)
	kr, vr := c.sourcesOf(k), c.sourcesOf(v)
	kn, vn := only(c.Upstream(k...), "", PostAct), only(c.Upstream(v...), "", PostAct)
	return []Group{
		{Name: "channels that only the keys read", Claim: "key_channels", Nodes: less(kr, vr)},
		{Name: "channels that only the values read", Claim: "value_channels", Nodes: less(vr, kr)},
		{Name: "channels that both read", Claim: "both_channels", Nodes: common(kr, vr)},
		{Name: "neurons that feed only the keys", Claim: "key_neurons", Nodes: less(kn, vn)},
		{Name: "neurons that feed only the values", Claim: "value_neurons", Nodes: less(vn, kn)},
		{Name: "neurons that feed both", Claim: "both_neurons", Nodes: common(kn, vn)},
		{Name: "the circuit's other neurons", Claim: "other_neurons", Nodes: less(c.OfKinds(len(c.Nodes), PostAct), slices.Concat(kn, vn))},
	}
}

// Counters are the nodes that attention writes before a head looks and that its keys read,
// and those through which they read them. In a model without positions a head that looks at
// all tokens alike writes something that grows with them, by which keys can tell late from
// early.
func (c *Circuit) Counters(head Head) (writes, reads []Node) {
	for _, k := range c.OfHead(head, Key) {
		for _, e := range c.In(k) {
			if slices.Contains(reads, e.From) {
				continue
			}
			for _, l := range c.Lanes() {
				for _, w := range l.Writers {
					if w.Block() == Attn && slices.Contains(l.After(w), e.From) {
						if !slices.Contains(reads, e.From) {
							reads = append(reads, e.From)
						}
						if !slices.Contains(writes, w) {
							writes = append(writes, w)
						}
					}
				}
			}
		}
	}
	return writes, reads
}

// Roles puts the nodes behind a head of a circuit, its [Counters] left out, into groups by
// the wires, of each of which one thing can be said: what finds the token that the head looks
// for is behind its keys, what tells which it is behind its values. All groups are there, in
// the order of the forward pass, some may be empty.
func (c *Circuit) Roles(head Head) []Group {
	k, v := c.OfHead(head, Key), c.OfHead(head, Value)
	in := func(of []Node) []Node {
		out := c.sourcesOf(of)
		slices.SortFunc(out, Node.Compare)
		return out
	}
	_, counts := c.Counters(head)
	keyReads, valueReads := less(in(k), counts), in(v)
	toKeys, toValues := c.Upstream(keyReads...), c.Upstream(valueReads...)
	direct := slices.DeleteFunc(slices.Clone(valueReads), func(n Node) bool { return len(c.Upstream(n)) > 0 })
	kn, vn := only(toKeys, MLP, PostAct), only(toValues, MLP, PostAct)
	return []Group{
		{Name: "what only the neurons behind the keys read", Claim: "key_mlp_in", Nodes: less(in(kn), in(vn))},
		{Name: "what both kinds of neurons read", Claim: "both_mlp_in", Nodes: common(in(kn), in(vn))},
		{Name: "what only the neurons behind the values read", Claim: "value_mlp_in", Nodes: less(in(vn), in(kn))},
		{Name: "neurons behind the keys only", Claim: "key_neurons", Nodes: less(kn, vn)},
		{Name: "neurons behind the values only", Claim: "value_neurons", Nodes: less(vn, kn)},
		{Name: "what they write for the keys", Claim: "key_written", Nodes: only(toKeys, MLP, ResidDelta)},
		{Name: "what they write for the values", Claim: "value_written", Nodes: only(toValues, MLP, ResidDelta)},
		{Name: "what the keys read of it", Claim: "key_reads", Nodes: less(keyReads, valueReads)},
		{Name: "what the values read of it", Claim: "value_reads", Nodes: less(less(valueReads, direct), keyReads)},
		{Name: "what the values read of the embedding alone", Claim: "value_embedding", Nodes: less(direct, keyReads)},
		{Name: "the keys", Claim: "keys", Nodes: k},
		{Name: "the values", Claim: "values", Nodes: v},
	}
}

// EmbeddingReads lists the channels of the embedding, as nodes of the site embed, that a
// circuit reads before anything of it has written to them: at most n.
func (c *Circuit) EmbeddingReads(n int) (out []Node) {
	for _, l := range c.Lanes() {
		for _, r := range l.Readers {
			written := slices.ContainsFunc(l.Writers, func(w Node) bool { return slices.Contains(l.After(w), r) })
			if x := (Node{Site: "embed", Index: l.Channel}); !written && !slices.Contains(out, x) && len(out) < n {
				out = append(out, x)
			}
		}
	}
	return out
}

// NeuronOn is the neuron of the largest Worth that reads the channel of the residual stream
// that a node writes, after it; ok is false where no neuron of the circuit does. It is a
// choice, as Way is: give it what Selecting returns.
func (c *Circuit) NeuronOn(written Node) (neuron Node, ok bool) {
	at := math.Inf(-1)
	for _, l := range c.Lanes() {
		if l.Channel != written.Index {
			continue
		}
		for _, a := range l.After(written) {
			for _, e := range c.Out(a) {
				if k, _ := c.Find(e.To); e.To.Kind() == PostAct && k.Importance() > at {
					neuron, at, ok = e.To, k.Importance(), true
				}
			}
		}
	}
	return neuron, ok
}

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
