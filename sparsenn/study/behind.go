package study

import (
	"fmt"
	"slices"

	"circuitbook/sparsenn/circuit"
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
func Behind(c *circuit.Circuit, head circuit.Head) []Group {
	k, v := OfHead(c, head, circuit.Key), OfHead(c, head, circuit.Value)
	kr, vr := sourcesOf(c, k), sourcesOf(c, v)
	kn, vn := only(Feeds(c, k...), "", circuit.PostAct), only(Feeds(c, v...), "", circuit.PostAct)
	return []Group{
		{"channels that only the keys read", "key_channels", less(kr, vr)},
		{"channels that only the values read", "value_channels", less(vr, kr)},
		{"channels that both read", "both_channels", common(kr, vr)},
		{"neurons that feed only the keys", "key_neurons", less(kn, vn)},
		{"neurons that feed only the values", "value_neurons", less(vn, kn)},
		{"neurons that feed both", "both_neurons", common(kn, vn)},
		{"the circuit's other neurons", "other_neurons", less(OfKinds(c, len(c.Nodes), circuit.PostAct), slices.Concat(kn, vn))},
	}
}

// Counters are the nodes that attention writes before a head looks and that its keys read,
// and those through which they read them. In a model without positions a head that looks at
// all tokens alike writes something that grows with them, by which keys can tell late from
// early.
func Counters(c *circuit.Circuit, head circuit.Head) (writes, reads []circuit.Node) {
	for _, k := range OfHead(c, head, circuit.Key) {
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
func Roles(c *circuit.Circuit, head circuit.Head) []Group {
	k, v := OfHead(c, head, circuit.Key), OfHead(c, head, circuit.Value)
	in := func(of []circuit.Node) []circuit.Node {
		out := sourcesOf(c, of)
		slices.SortFunc(out, circuit.Node.Compare)
		return out
	}
	_, counts := Counters(c, head)
	keyReads, valueReads := less(in(k), counts), in(v)
	toKeys, toValues := Feeds(c, keyReads...), Feeds(c, valueReads...)
	direct := slices.DeleteFunc(slices.Clone(valueReads), func(n circuit.Node) bool { return len(Feeds(c, n)) > 0 })
	kn, vn := only(toKeys, circuit.MLP, circuit.PostAct), only(toValues, circuit.MLP, circuit.PostAct)
	return []Group{
		{"what only the neurons behind the keys read", "key_mlp_in", less(in(kn), in(vn))},
		{"what both kinds of neurons read", "both_mlp_in", common(in(kn), in(vn))},
		{"what only the neurons behind the values read", "value_mlp_in", less(in(vn), in(kn))},
		{"neurons behind the keys only", "key_neurons", less(kn, vn)},
		{"neurons behind the values only", "value_neurons", less(vn, kn)},
		{"what they write for the keys", "key_written", only(toKeys, circuit.MLP, circuit.ResidDelta)},
		{"what they write for the values", "value_written", only(toValues, circuit.MLP, circuit.ResidDelta)},
		{"what the keys read of it", "key_reads", less(keyReads, valueReads)},
		{"what the values read of it", "value_reads", less(less(valueReads, direct), keyReads)},
		{"what the values read of the embedding alone", "value_embedding", less(direct, keyReads)},
		{"the keys", "keys", k},
		{"the values", "values", v},
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
