package circuits

import (
	"slices"
	"strconv"

	"circuitbook/sparsenn/circuit"
)

// A wiring is the graph of a circuit as the drawings see it: lanes, one for each channel of the
// residual stream that is read or written, and blocks that read from lanes and write to them. Nodes
// and links are known by their index.
type wiring struct {
	shape  circuit.Shape
	nodes  []circuit.Node // sorted
	kinds  []string       // by node: the last part of its site
	links  []link
	lanes  []lane  // top to bottom
	blocks []block // in the order of the forward pass, only those with nodes
}

// A link is an edge between the nodes with these indices.
type link struct{ from, to int }

// A lane is a channel of the residual stream, or of the positions.
type lane struct {
	channel  int // as act_in counts; from DModel on, positions
	position bool
	stops    []int // nodes on it, in the order of the forward pass
}

// A block is the attention or the MLP of a layer, or what stands before the unembedding.
type block struct {
	name         string // "0.attn"; final_resid for the last one
	in, mid, out []int  // nodes by column, each top to bottom
	heads        []head // attention only: mid in groups
}

// A head is a group of an attention block's q, k and v nodes, q first.
type head struct {
	number  int
	q, k, v []int
}

// wire sorts nodes into lanes and blocks. Nodes must be sorted and belong to the shape, and edges
// join them.
func wire(shape circuit.Shape, nodes []circuit.Node, edges []circuit.Edge) *wiring {
	w := &wiring{shape: shape, nodes: nodes, kinds: make([]string, len(nodes))}
	index := make(map[circuit.Node]int, len(nodes))
	lanes := map[int]int{}
	for i, n := range nodes {
		index[n] = i
		layer, part, kind, _ := circuit.ParseSite(n.Site)
		w.kinds[i] = kind
		name := circuit.FinalResid
		if kind != circuit.FinalResid {
			name = strconv.Itoa(layer) + "." + part
		}
		if k := len(w.blocks); k == 0 || w.blocks[k-1].name != name {
			w.blocks = append(w.blocks, block{name: name})
		}
		b := &w.blocks[len(w.blocks)-1]
		switch kind {
		case circuit.ActIn, circuit.FinalResid:
			b.in = append(b.in, i)
		case circuit.ResidDelta:
			b.out = append(b.out, i)
		case circuit.PostAct:
			b.mid = append(b.mid, i)
			continue
		default:
			b.addToHead(shape, n, kind, i)
			continue
		}
		l, ok := lanes[n.Index]
		if !ok {
			l = len(w.lanes)
			lanes[n.Index] = l
			w.lanes = append(w.lanes, lane{channel: n.Index, position: n.Index >= shape.DModel})
		}
		w.lanes[l].stops = append(w.lanes[l].stops, i)
	}
	for i := range w.blocks {
		w.blocks[i].regroup()
	}
	for _, e := range edges {
		w.links = append(w.links, link{index[e.From], index[e.To]})
	}
	return w
}

func (b *block) addToHead(shape circuit.Shape, n circuit.Node, kind string, i int) {
	number, _, _ := shape.Head(n)
	k := slices.IndexFunc(b.heads, func(h head) bool { return h.number == number })
	if k < 0 {
		k = len(b.heads)
		b.heads = append(b.heads, head{number: number})
	}
	h := &b.heads[k]
	switch kind {
	case circuit.Query:
		h.q = append(h.q, i)
	case circuit.Key:
		h.k = append(h.k, i)
	case circuit.Value:
		h.v = append(h.v, i)
	}
}

// all lists the nodes of a head, top to bottom.
func (h *head) all() []int { return slices.Concat(h.q, h.k, h.v) }

// regroup makes mid what the heads say.
func (b *block) regroup() {
	if len(b.heads) == 0 {
		return
	}
	b.mid = b.mid[:0]
	for i := range b.heads {
		b.mid = append(b.mid, b.heads[i].all()...)
	}
}

// final says whether the circuit names the channels that the unembedding reads.
func (w *wiring) final() bool {
	k := len(w.blocks)
	return k > 0 && w.blocks[k-1].name == circuit.FinalResid
}

// A stretch is a part of a lane between two stops; -1 is where the lane begins, len(stops) its end.
type stretch struct {
	from, to int
	busy     bool
}

// stretches cuts a lane at its stops. A stretch is busy if something before it writes that something
// after it reads. The embedding writes where nothing else does before the first read; the
// unembedding reads what nothing else does after the last write, unless the circuit has final_resid
// nodes, which name what it reads. Lanes of positions end at the last read.
func (w *wiring) stretches(l *lane) []stretch {
	n := len(l.stops)
	reads := func(i int) bool { return w.kinds[l.stops[i]] != circuit.ResidDelta }
	first, last := -1, -1 // the first writer and the last reader; n is the unembedding
	if !reads(0) {
		first = 0
	}
	for i := range n {
		if reads(i) {
			last = i
		}
	}
	if !w.final() && !reads(n-1) {
		last = n
	}
	if w.kinds[l.stops[n-1]] == circuit.FinalResid {
		last = n
	}
	var out []stretch
	for i := -1; i < n; i++ {
		if l.position && i == n-1 {
			break
		}
		out = append(out, stretch{i, i + 1, i >= first && i < last})
	}
	return out
}
