package circuits

import (
	"cmp"
	"math"
	"slices"

	"circuitbook/sparsenn/circuit"
)

// A rows is where everything stands from top to bottom, in rows: lanes on whole ones, the nodes
// inside of blocks halfway between, so that no lane runs through them.
type rows struct {
	lane   []float64 // by lane
	node   []float64 // by node
	height int       // number of rows from the first lane to the last
	mean   []float64 // by node: that of its neighbours
}

// arrange orders lanes and the nodes inside of blocks so that few edges cross and most are short.
// Barycentre sweeps move lanes and nodes towards their neighbours in turn, and the best order seen
// is then improved by moving single lanes. Everything is decided by numbers and, where they are
// equal, by index: the same circuit is always drawn alike.
func (w *wiring) arrange() *rows {
	r := w.settle()
	best, lanes := w.cost(r), slices.Clone(w.lanes)
	for range 24 {
		w.sortLanes(r)
		r = w.settle()
		if c := w.cost(r); c < best-1e-9 {
			best, lanes = c, slices.Clone(w.lanes)
		}
	}
	w.lanes = lanes
	best = w.cost(w.settle())
	reach := 1
	if len(w.lanes) <= 24 {
		reach = len(w.lanes)
	}
	for improved, round := true, 0; improved && round < 6; round++ {
		improved = false
		for i := range w.lanes {
			for j := max(0, i-reach); j <= min(len(w.lanes)-1, i+reach); j++ {
				if i == j {
					continue
				}
				before := slices.Clone(w.lanes)
				l := w.lanes[i]
				w.lanes = slices.Insert(slices.Delete(w.lanes, i, i+1), j, l)
				if c := w.cost(w.settle()); c < best-1e-9 {
					best, improved = c, true
				} else {
					w.lanes = before
				}
			}
		}
	}
	return w.settle()
}

// settle places the lanes in their order and then the nodes of every block.
func (w *wiring) settle() *rows {
	r := &rows{lane: make([]float64, len(w.lanes)), node: make([]float64, len(w.nodes)), mean: make([]float64, len(w.nodes))}
	r.height = max(1, len(w.lanes))
	for i := range w.blocks {
		r.height = max(r.height, w.blocks[i].need()-1)
	}
	for i := range w.lanes {
		if n := len(w.lanes); n > 1 {
			r.lane[i] = math.Round(float64(i*(r.height-1)) / float64(n-1))
		} else {
			r.lane[i] = float64((r.height - 1) / 2)
		}
		for _, s := range w.lanes[i].stops {
			r.node[s] = r.lane[i]
		}
	}
	count := make([]float64, len(w.nodes))
	for _, l := range w.links {
		for _, e := range [2][2]int{{l.from, l.to}, {l.to, l.from}} {
			if k := w.kinds[e[1]]; k == circuit.ActIn || k == circuit.ResidDelta {
				r.mean[e[0]] += r.node[e[1]]
				count[e[0]]++
			}
		}
	}
	for i := range r.mean {
		if count[i] > 0 {
			r.mean[i] /= count[i]
		} else {
			r.mean[i] = float64(r.height-1) / 2
		}
	}
	for i := range w.blocks {
		w.blocks[i].settle(w, r)
	}
	return r
}

// need is the number of rows that the nodes inside a block take, with one above each head for its
// name.
func (b *block) need() int { return len(b.mid) + len(b.heads) }

// settle orders the nodes inside a block by their neighbours and gives each its row.
func (b *block) settle(w *wiring, r *rows) {
	order := func(nodes []int) {
		slices.SortFunc(nodes, func(i, j int) int { return cmp.Or(cmp.Compare(r.mean[i], r.mean[j]), cmp.Compare(i, j)) })
	}
	order(b.in)
	order(b.out)
	if len(b.heads) == 0 {
		order(b.mid)
	}
	for i := range b.heads {
		h := &b.heads[i]
		order(h.q)
		order(h.k)
		order(h.v)
	}
	slices.SortFunc(b.heads, func(g, h head) int {
		return cmp.Or(cmp.Compare(r.center(g.all()), r.center(h.all())), cmp.Compare(g.number, h.number))
	})
	b.regroup()
	gap := make([]int, len(b.mid))
	want := make([]float64, len(b.mid))
	for i := range gap {
		gap[i], want[i] = 1, r.mean[b.mid[i]]
	}
	at := 0
	for i := range b.heads {
		gap[at] = 2
		at += len(b.heads[i].all())
	}
	for i, s := range slots(want, gap, r.height+1) {
		r.node[b.mid[i]] = float64(s) - 0.5
	}
}

func (r *rows) center(nodes []int) float64 {
	sum := 0.0
	for _, n := range nodes {
		sum += r.mean[n]
	}
	return sum / float64(len(nodes))
}

// slots gives each of some ordered things one of n slots, the i-th at least gap[i] after the one
// before (the first at least gap[0]-1 from the top), so that they stand as near as possible to where
// they want, slot s being at s-0.5: least squares, by dynamic programming. There must be room.
func slots(want []float64, gap []int, n int) []int {
	m := len(want)
	if m == 0 {
		return nil
	}
	cost := make([][]float64, m) // cost[i][s]: of the first i+1 things, the last of them in slot s
	from := make([][]int, m)
	for i := range cost {
		cost[i], from[i] = make([]float64, n), make([]int, n)
		best, at := math.Inf(1), -1
		if i == 0 {
			best = 0
		}
		for s := range n {
			if i > 0 && s >= gap[i] && cost[i-1][s-gap[i]] < best {
				best, at = cost[i-1][s-gap[i]], s-gap[i]
			}
			cost[i][s], from[i][s] = math.Inf(1), at
			if d := float64(s) - 0.5 - want[i]; !math.IsInf(best, 1) && (i > 0 || s >= gap[0]-1) {
				cost[i][s] = best + d*d
			}
		}
	}
	out := make([]int, m)
	for s := range n {
		if cost[m-1][s] < cost[m-1][out[m-1]] {
			out[m-1] = s
		}
	}
	for i := m - 1; i > 0; i-- {
		out[i-1] = from[i][out[i]]
	}
	return out
}

// sortLanes moves lanes towards the nodes they are joined to.
func (w *wiring) sortLanes(r *rows) {
	sum, count := make([]float64, len(w.nodes)), make([]float64, len(w.nodes))
	for _, l := range w.links {
		sum[l.from] += r.node[l.to]
		sum[l.to] += r.node[l.from]
		count[l.from]++
		count[l.to]++
	}
	type placed struct {
		lane
		want float64
	}
	all := make([]placed, len(w.lanes))
	for i, l := range w.lanes {
		s, n := 0.0, 0.0
		for _, x := range l.stops {
			s, n = s+sum[x], n+count[x]
		}
		all[i] = placed{l, r.lane[i]}
		if n > 0 {
			all[i].want = s / n
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.want, b.want) })
	for i := range all {
		w.lanes[i] = all[i].lane
	}
}

// cost counts crossings of edges, and adds a little for their length.
func (w *wiring) cost(r *rows) float64 {
	total := 0.0
	part := make([][]link, 2*len(w.blocks))
	of := make([]int, len(w.nodes))
	for i := range w.blocks {
		for _, n := range w.blocks[i].mid {
			of[n] = i
		}
	}
	for _, l := range w.links {
		total += 0.15 * math.Abs(r.node[l.from]-r.node[l.to])
		if k := w.kinds[l.to]; k == circuit.ResidDelta {
			part[2*of[l.from]+1] = append(part[2*of[l.from]+1], l)
		} else {
			part[2*of[l.to]] = append(part[2*of[l.to]], l)
		}
	}
	for _, ls := range part {
		for i := range ls {
			for j := range i {
				a, b := ls[i], ls[j]
				if (r.node[a.from]-r.node[b.from])*(r.node[a.to]-r.node[b.to]) < 0 {
					total++
				}
			}
		}
	}
	return total
}
