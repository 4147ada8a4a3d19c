package study

import (
	"fmt"
	"slices"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/patch"
)

func siteOf(layer int, block, kind string) string { return fmt.Sprintf("%d.%s.%s", layer, block, kind) }

// sourcesOf lists where the edges into some nodes come from, in the order in which they are met.
func sourcesOf(c *circuit.Circuit, of []circuit.Node) (out []circuit.Node) {
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
func less(list, not []circuit.Node) []circuit.Node {
	return slices.DeleteFunc(slices.Clone(list), func(n circuit.Node) bool { return slices.Contains(not, n) })
}

func common(a, b []circuit.Node) []circuit.Node {
	return slices.DeleteFunc(slices.Clone(a), func(n circuit.Node) bool { return !slices.Contains(b, n) })
}

func only(list []circuit.Node, block, kind string) []circuit.Node {
	return slices.DeleteFunc(slices.Clone(list), func(n circuit.Node) bool { return block != "" && n.Block() != block || n.Kind() != kind })
}

// Behind parts what is behind the keys and behind the values of a head of a circuit: the
// channels that they read, and the neurons further back, each by whether it serves keys
// alone, values alone or both; and the circuit's other neurons. All seven groups are there,
// some may be empty.
func Behind(c *circuit.Circuit, head circuit.Head) []circuit.Group {
	k, v := patch.OfHead(c, head, circuit.Key), patch.OfHead(c, head, circuit.Value)
	kr, vr := sourcesOf(c, k), sourcesOf(c, v)
	kn, vn := only(c.Upstream(k...), "", circuit.PostAct), only(c.Upstream(v...), "", circuit.PostAct)
	return []circuit.Group{
		{Name: "channels that only the keys read", Claim: "key_channels", Nodes: less(kr, vr)},
		{Name: "channels that only the values read", Claim: "value_channels", Nodes: less(vr, kr)},
		{Name: "channels that both read", Claim: "both_channels", Nodes: common(kr, vr)},
		{Name: "neurons that feed only the keys", Claim: "key_neurons", Nodes: less(kn, vn)},
		{Name: "neurons that feed only the values", Claim: "value_neurons", Nodes: less(vn, kn)},
		{Name: "neurons that feed both", Claim: "both_neurons", Nodes: common(kn, vn)},
		{Name: "the circuit's other neurons", Claim: "other_neurons", Nodes: less(patch.OfKinds(c, len(c.Nodes), circuit.PostAct), slices.Concat(kn, vn))},
	}
}

// Counters are the nodes that attention writes before a head looks and that its keys read,
// and those through which they read them. In a model without positions a head that looks at
// all tokens alike writes something that grows with them, by which keys can tell late from
// early.
func Counters(c *circuit.Circuit, head circuit.Head) (writes, reads []circuit.Node) {
	for _, k := range patch.OfHead(c, head, circuit.Key) {
		for _, e := range c.In(k) {
			if slices.Contains(reads, e.From) {
				continue
			}
			for _, l := range c.Lanes() {
				for _, w := range l.Writers {
					if w.Block() == circuit.Attn && slices.Contains(l.After(w), e.From) {
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
func Roles(c *circuit.Circuit, head circuit.Head) []circuit.Group {
	k, v := patch.OfHead(c, head, circuit.Key), patch.OfHead(c, head, circuit.Value)
	in := func(of []circuit.Node) []circuit.Node {
		out := sourcesOf(c, of)
		slices.SortFunc(out, circuit.Node.Compare)
		return out
	}
	_, counts := Counters(c, head)
	keyReads, valueReads := less(in(k), counts), in(v)
	toKeys, toValues := c.Upstream(keyReads...), c.Upstream(valueReads...)
	direct := slices.DeleteFunc(slices.Clone(valueReads), func(n circuit.Node) bool { return len(c.Upstream(n)) > 0 })
	kn, vn := only(toKeys, circuit.MLP, circuit.PostAct), only(toValues, circuit.MLP, circuit.PostAct)
	return []circuit.Group{
		{Name: "what only the neurons behind the keys read", Claim: "key_mlp_in", Nodes: less(in(kn), in(vn))},
		{Name: "what both kinds of neurons read", Claim: "both_mlp_in", Nodes: common(in(kn), in(vn))},
		{Name: "what only the neurons behind the values read", Claim: "value_mlp_in", Nodes: less(in(vn), in(kn))},
		{Name: "neurons behind the keys only", Claim: "key_neurons", Nodes: less(kn, vn)},
		{Name: "neurons behind the values only", Claim: "value_neurons", Nodes: less(vn, kn)},
		{Name: "what they write for the keys", Claim: "key_written", Nodes: only(toKeys, circuit.MLP, circuit.ResidDelta)},
		{Name: "what they write for the values", Claim: "value_written", Nodes: only(toValues, circuit.MLP, circuit.ResidDelta)},
		{Name: "what the keys read of it", Claim: "key_reads", Nodes: less(keyReads, valueReads)},
		{Name: "what the values read of it", Claim: "value_reads", Nodes: less(less(valueReads, direct), keyReads)},
		{Name: "what the values read of the embedding alone", Claim: "value_embedding", Nodes: less(direct, keyReads)},
		{Name: "the keys", Claim: "keys", Nodes: k},
		{Name: "the values", Claim: "values", Nodes: v},
	}
}

// EmbeddingReads lists the channels of the embedding, as nodes of the site embed, that a
// circuit reads before anything of it has written to them: at most n.
func EmbeddingReads(c *circuit.Circuit, n int) (out []circuit.Node) {
	for _, l := range c.Lanes() {
		for _, r := range l.Readers {
			written := slices.ContainsFunc(l.Writers, func(w circuit.Node) bool { return slices.Contains(l.After(w), r) })
			if x := (circuit.Node{Site: "embed", Index: l.Channel}); !written && !slices.Contains(out, x) && len(out) < n {
				out = append(out, x)
			}
		}
	}
	return out
}
