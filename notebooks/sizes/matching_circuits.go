package sizes

import (
	"fmt"
	"math"
	"slices"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/charts"
)

// edges and nodes are what is averaged; a circuit without an edge counts as one with one,
// since a geometric mean knows no zero.
func edges(c *experiment.CircuitFacts) float64 { return float64(max(1, c.Edges)) }
func nodes(c *experiment.CircuitFacts) float64 { return float64(max(1, c.Nodes)) }

func sizeValues(rows []experiment.Row, of func(*experiment.CircuitFacts) float64) (out []stat.Value) {
	for _, r := range rows {
		out = append(out, stat.Value{Task: r.Circuit.Task, Seed: r.Seed, X: of(r.Circuit)})
	}
	return out
}

// sizePairs are dense by sparse.
func sizePairs(d, s []experiment.Row, of func(*experiment.CircuitFacts) float64) (out []stat.Pair) {
	for i := range d {
		out = append(out, stat.Pair{Task: d[i].Circuit.Task, Seed: d[i].Seed, A: of(d[i].Circuit), B: of(s[i].Circuit)})
	}
	return out
}

// Circuits finds and measures, or loads, the circuits of every task that both models of a pair
// solve, in both. It states the sizes of each, how many missed the target, and the greatest
// loss of a circuit alone.
func (x Matching) Circuits() (r cell.Result) {
	rows := x.circuits()
	t := viz.Table{
		Note: x.note("All circuits", "Losses in nats per example on report prompts: the whole model, the circuit alone, the model without it, random circuits of the same size alone and taken out. Right without it: share of pairs that the model answers right, both sides, with the circuit taken out."),
		Columns: []viz.Column{{Name: "task"}, {Name: "model"}, {Name: "seed"}, {Name: "target met"}, {Name: "nodes"}, {Name: "edges"}, {Name: "whole", Format: "%.3f"}, {Name: "alone", Format: "%.3f"}, {Name: "to", Format: "%.3f"},
			{Name: "without", Format: "%.3f"}, {Name: "random alone", Format: "%.3f"}, {Name: "random out", Format: "%.3f"}, {Name: "right without it", Format: "%.2f"}, {Name: "seconds", Format: "%.0f"}}}
	missed, seconds := map[string]int{}, map[string]float64{}
	most, over := 0.0, 0
	for _, k := range task.All() {
		for s := range x.Seeds {
			for _, kind := range []string{"sparse", "dense"} {
				row, ok := rows[circuitName(kind, k.Name, s)]
				if !ok {
					continue
				}
				c := row.Circuit
				seconds[kind] += c.SearchSeconds
				cells := []any{k.Name, kind, s, c.Reached, c.Nodes, c.Edges}
				if p := c.Proof; p != nil {
					var random any
					if mean, ok := c.RandomAlone(); ok {
						random = mean
					}
					cells = append(cells, p.Full.Mean, p.Alone.Mean, p.Alone.Hi, p.Removed.Mean, random, p.RandomRemoved.Mean, c.RemovedAccuracy)
					most = max(most, p.Alone.Mean)
					if p.Alone.Mean > c.Target {
						over++
					}
				} else {
					cells = append(cells, nil, nil, nil, nil, nil, nil, nil)
					missed[kind]++
				}
				t.Rows = append(t.Rows, append(cells, c.SearchSeconds))
				of := fmt.Sprintf("%s_%s_seed%d", k.Name, kind, s)
				r.State(of+"_nodes", c.Nodes)
				r.State(of+"_edges", c.Edges)
			}
		}
	}
	for _, kind := range []string{"sparse", "dense"} {
		r.State("missed_"+kind, missed[kind])
		r.State("search_seconds_"+kind, cell.Whole(seconds[kind]))
	}
	r.State("alone_loss_largest", most)
	r.State("alone_above_target", over)
	r.Show(t)
	return r
}

// Ratio is how many times larger dense circuits are, in edges and nodes: geometric means over
// tasks, every task counting once, with 95 % bootstrap intervals over tasks and, within tasks,
// seeds; how irregular sizes are over tasks; and the ratio of edges with each task left out in
// turn.
func (x Matching) Ratio() (r cell.Result) {
	rows := x.circuits()
	s, d := x.of(rows, "sparse"), x.of(rows, "dense")
	t := viz.Table{Note: x.note("Dense by sparse", "Geometric means over tasks with 95 % bootstrap intervals over tasks and seeds. Spread: the standard deviation of the logarithm over tasks, as a factor."),
		Columns: []viz.Column{{Name: "of"}, {Name: "sparse", Format: "%.1f"}, {Name: "dense", Format: "%.1f"}, {Name: "dense / sparse", Format: "%.1f"}, {Name: "from", Format: "%.1f"}, {Name: "to", Format: "%.1f"}, {Name: "tasks"},
			{Name: "spread, sparse", Format: "%.2f"}, {Name: "spread, dense", Format: "%.2f"}, {Name: "spread, sparse / dense", Format: "%.2f"}, {Name: "interval"}}}
	for _, of := range []struct {
		name string
		f    func(*experiment.CircuitFacts) float64
	}{{"edges", edges}, {"nodes", nodes}} {
		a, b := cell.Must(stat.GeometricMean(sizeValues(s, of.f))), cell.Must(stat.GeometricMean(sizeValues(d, of.f)))
		ratio := cell.Must(stat.GeometricRatio(sizePairs(d, s, of.f)))
		sa, sb := cell.Must(stat.Spread(sizeValues(s, of.f))), cell.Must(stat.Spread(sizeValues(d, of.f)))
		q := cell.Must(stat.SpreadRatio(sizeValues(s, of.f), sizeValues(d, of.f)))
		t.Rows = append(t.Rows, []any{of.name, a.Mean, b.Mean, ratio.Mean, ratio.Lo, ratio.Hi, ratio.N, sa, sb, q.Mean, fmt.Sprintf("%.2f to %.2f", q.Lo, q.Hi)})
		for _, c := range []struct {
			name string
			v    any
		}{{"_sparse", a}, {"_dense", b}, {"_ratio", ratio}, {"_spread_sparse", sa}, {"_spread_dense", sb}, {"_spread_ratio", q}} {
			r.State(of.name+c.name, c.v)
		}
	}
	if low, high, ok := leftOut(sizePairs(d, s, edges)); ok {
		r.State("edges_ratio_without_one_lowest", low)
		r.State("edges_ratio_without_one_highest", high)
		t.Caption += fmt.Sprintf(" With one task left out at a time, dense / sparse is %.1f to %.1f in edges.", low, high)
	}
	var clouds []charts.Cloud
	for i := range x.Seeds {
		cloud := charts.Cloud{Name: fmt.Sprintf("seed %d", i)}
		var list []stat.Pair
		for k := range s {
			if int(s[k].Seed) == i {
				cloud.Points = append(cloud.Points, charts.Dot{Name: s[k].Circuit.Task, X: edges(s[k].Circuit), Y: edges(d[k].Circuit)})
				list = append(list, stat.Pair{Task: s[k].Circuit.Task, A: edges(d[k].Circuit), B: edges(s[k].Circuit)})
			}
		}
		if len(list) > 0 {
			clouds = append(clouds, cloud)
			r.State(fmt.Sprintf("edges_ratio_seed%d", i), cell.Must(stat.GeometricRatio(list)))
		}
	}
	r.Show(charts.Scatter{Note: x.note("Edges of circuits, dense over sparse", "A point is a task in a pair of models of one loss. A circuit without edges stands at one."),
		X: charts.Axis{Label: "edges in the sparse model", Log: true}, Y: charts.Axis{Label: "edges in the dense model", Log: true},
		Groups: clouds, Same: true, Rays: []charts.Ray{{Name: "equal", Factor: 1}, {Name: "16 times", Factor: 16}}}, t)
	return r
}

// leftOut is the least and the greatest ratio with a task left out.
func leftOut(all []stat.Pair) (low, high float64, ok bool) {
	low = math.Inf(1)
	for _, k := range task.All() {
		left := slices.DeleteFunc(slices.Clone(all), func(p stat.Pair) bool { return p.Task == k.Name })
		if len(left) == len(all) || len(left) == 0 {
			continue
		}
		ratio := cell.Must(stat.GeometricRatio(left)).Mean
		low, high, ok = min(low, ratio), max(high, ratio), true
	}
	return low, high, ok
}

// Targets are the sizes at other target losses, seed 0: the same orders of nodes, cut
// elsewhere. A mean at a target is over the tasks that reach it in both models.
func (x Matching) Targets() (r cell.Result) {
	rows := x.circuits()
	first := func(kind string) []experiment.Row {
		return slices.DeleteFunc(x.of(rows, kind), func(r experiment.Row) bool { return r.Seed != 0 })
	}
	s, d := first("sparse"), first("dense")
	t := viz.Table{Note: x.note("Sizes at target losses", "Geometric means over the tasks that reach the target in both models, seed 0."),
		Columns: []viz.Column{{Name: "target", Format: "%.3f"}, {Name: "tasks"}, {Name: "edges, sparse", Format: "%.1f"}, {Name: "dense", Format: "%.1f"}, {Name: "dense / sparse", Format: "%.1f"}, {Name: "from", Format: "%.1f"}, {Name: "to", Format: "%.1f"},
			{Name: "nodes, sparse", Format: "%.1f"}, {Name: "dense ", Format: "%.1f"}, {Name: "dense / sparse ", Format: "%.2f"}, {Name: "from ", Format: "%.2f"}, {Name: "to ", Format: "%.2f"}}}
	lines := []charts.Series{{Name: "sparse"}, {Name: "dense"}}
	list := matchTargets()
	slices.Sort(list)
	for _, target := range list {
		i := slices.Index(matchTargets(), target)
		at := map[string]*sized{"edges": {}, "nodes": {}}
		for k := range s {
			a, b := s[k].Circuit.Sizes[i], d[k].Circuit.Sizes[i]
			if a.Reached && b.Reached {
				at["edges"].add(s[k].Circuit.Task, a.Edges, b.Edges)
				at["nodes"].add(s[k].Circuit.Task, a.Nodes, b.Nodes)
			}
		}
		of := fmt.Sprintf("target%03d_", int(math.Round(1000*target)))
		r.State(of+"tasks", len(at["edges"].pairs))
		row := []any{target, len(at["edges"].pairs)}
		for _, name := range []string{"edges", "nodes"} {
			v := at[name]
			if len(v.pairs) == 0 {
				row = append(row, nil, nil, nil, nil, nil)
				continue
			}
			a, b, ratio := cell.Must(stat.GeometricMean(v.sparse)), cell.Must(stat.GeometricMean(v.dense)), cell.Must(stat.GeometricRatio(v.pairs))
			row = append(row, a.Mean, b.Mean, ratio.Mean, ratio.Lo, ratio.Hi)
			r.State(of+name+"_ratio", ratio)
			if name == "edges" {
				for k, e := range []stat.Estimate{a, b} {
					l := &lines[k]
					l.X, l.Y, l.Lo, l.Hi = append(l.X, target), append(l.Y, e.Mean), append(l.Lo, e.Lo), append(l.Hi, e.Hi)
				}
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if len(lines[0].X) > 0 {
		r.Show(charts.Plot{Note: x.note("Edges over the target loss", "Geometric means over tasks, seed 0."), X: charts.Axis{Label: "target, nats per example", Log: true}, Band: "95 %, over tasks",
			Panels: []charts.Panel{{Y: charts.Axis{Label: "edges", Log: true}, Series: lines}}})
	}
	r.Show(t)
	return r
}

// sized are sizes by task; none is less than one.
type sized struct {
	pairs         []stat.Pair
	sparse, dense []stat.Value
}

func (v *sized) add(task string, sparse, dense int) {
	a, b := float64(max(1, sparse)), float64(max(1, dense))
	v.pairs = append(v.pairs, stat.Pair{Task: task, A: b, B: a})
	v.sparse, v.dense = append(v.sparse, stat.Value{Task: task, X: a}), append(v.dense, stat.Value{Task: task, X: b})
}
