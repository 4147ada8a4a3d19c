package sizes

import (
	"fmt"

	gonum "gonum.org/v1/gonum/stat"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/viz"
	"circuitbook/viz/charts"
)

// Models trains and prunes, or loads, all models of the grid. It states of each its loss, L0,
// how many tasks reach the target, and the geometric mean sizes of their circuits.
func (f Frontier) Models() (r cell.Result) {
	rows := f.rows()
	t := viz.Table{
		Note:    f.note("All models", "Validation loss in nats per token. Sizes are geometric means over tasks of the smaller circuit of the penalties; a task that does not reach the target counts as the whole model."),
		Columns: []viz.Column{{Name: "width"}, {Name: "parameters"}, {Name: "L0"}, {Name: "validation loss", Format: "%.3f"}, {Name: "tasks reached"}, {Name: "nodes", Format: "%.1f"}, {Name: "edges", Format: "%.1f"}, {Name: "from", Format: "%.1f"}, {Name: "to", Format: "%.1f"}, {Name: "alone", Format: "%.3f"}, {Name: "without", Format: "%.3f"}, {Name: "random alone", Format: "%.3f"}, {Name: "kurtosis", Format: "%.1f"}}}
	r.State("tasks", len(f.tasks()))
	r.State("models", len(f.points()))
	total := 0.0
	var peak int64
	for _, row := range rows {
		total, peak = total+row.Seconds, max(peak, row.Peak)
	}
	for _, m := range f.points() {
		row, s := rows[m.name()], f.sizes(rows, m)
		var alone, without, random []float64
		for _, task := range f.tasks() {
			if c, ok := f.best(rows, m, task); ok {
				alone, without = append(alone, c.Proof.Alone.Mean), append(without, c.Proof.Removed.Mean)
				if mean, ok := c.RandomAlone(); ok {
					random = append(random, mean)
				}
			}
		}
		cells := []any{m.width, row.Parameters, row.L0, row.Valid, s.reached, s.nodes.Mean, s.edges.Mean, s.edges.Lo, s.edges.Hi}
		for _, v := range [][]float64{alone, without, random} {
			if len(v) > 0 {
				cells = append(cells, gonum.Mean(v, nil))
			} else {
				cells = append(cells, nil)
			}
		}
		t.Rows = append(t.Rows, append(cells, row.Model.Kurtosis))
		r.State(m.claim()+"valid", row.Valid)
		r.State(m.claim()+"l0", row.L0)
		r.State(m.claim()+"reached", s.reached)
		r.State(m.claim()+"nodes", s.nodes.Mean)
		r.State(m.claim()+"edges", s.edges)
	}
	r.State("sweep_core_minutes", cell.Whole(total/60))
	r.State("sweep_peak_mib", int(peak>>20))
	r.Show(t)
	return r
}

// Front draws loss against circuit size, along equal widths and along equal L0. It states
// which sparse models are on the front: those to which no other is better in both.
func (f Frontier) Front() (r cell.Result) {
	rows := f.rows()
	widths, l0s := f.grid()
	dot := func(m gridPoint, name string) charts.Dot {
		return charts.Dot{Name: name, X: rows[m.name()].Valid, Y: f.sizes(rows, m).edges.Mean}
	}
	byWidth := charts.Scatter{Note: f.note("Lines of equal width", "Geometric mean of edges over tasks; names say what changes along a line."), Front: true,
		X: charts.Axis{Label: "validation loss, nats per token"}, Y: charts.Axis{Label: "edges of circuits", Log: true}}
	byL0, all := byWidth, byWidth
	byL0.Note = f.note("Lines of equal L0", "The same models; dense ones beside them.")
	for _, w := range widths {
		c := charts.Cloud{Name: fmt.Sprintf("width %d", w), Path: true}
		for _, k := range l0s {
			c.Points = append(c.Points, dot(gridPoint{w, k}, fmt.Sprint(k)))
		}
		byWidth.Groups = append(byWidth.Groups, c)
	}
	for _, k := range append(l0s, 0) {
		c := charts.Cloud{Name: fmt.Sprintf("L0 %d", k), Path: true}
		if k == 0 {
			c.Name, c.Apart = "dense", true
		}
		for _, w := range widths {
			c.Points = append(c.Points, dot(gridPoint{w, k}, fmt.Sprint(w)))
		}
		byL0.Groups = append(byL0.Groups, c)
	}
	for _, m := range f.points() {
		if m.l0 > 0 {
			s := f.sizes(rows, m).edges
			d := dot(m, m.name())
			d.YLo, d.YHi = s.Lo, s.Hi
			all.Groups = append(all.Groups, charts.Cloud{Name: m.name(), Points: []charts.Dot{d}})
		}
	}
	front := map[string]bool{}
	for _, d := range all.FrontDots() {
		front[d.Name] = true
	}
	byWidth.Caption += " On the front:"
	for _, m := range f.points() {
		if front[m.name()] {
			byWidth.Caption += fmt.Sprintf(" (%s)", m.name())
			r.State(m.claim()+"front", true)
		}
	}
	r.State("front", len(front))
	r.Show(byWidth, byL0)
	return r
}

// Wider compares, at every L0, each model with the next wider one, and the narrowest with the
// widest: by how much the loss changes and how many times the edges become. It states how
// often either falls, and the ratios of the ends.
func (f Frontier) Wider() (r cell.Result) {
	rows := f.rows()
	widths, l0s := f.grid()
	t := viz.Table{Note: f.note("Wider at fixed L0", "Ratios of edges are of geometric means over the same tasks, with a bootstrap interval over these; one that includes 1 does not tell which is larger. Losses are of one seed."),
		Columns: []viz.Column{{Name: "L0"}, {Name: "from width"}, {Name: "to width"}, {Name: "change of loss", Format: "%+.3f"}, {Name: "edges, times", Format: "%.2f"}, {Name: "from", Format: "%.2f"}, {Name: "to", Format: "%.2f"},
			{Name: "nodes, times", Format: "%.2f"}, {Name: "both fall"}, {Name: "reached"}}}
	picture := charts.Estimates{Note: f.note("Edges of the widest by those of the narrowest", ""), X: charts.Axis{Label: "times the edges", Log: true}, Refs: []charts.Ref{{Name: "equal", Y: 1}}, Interval: "95 % over tasks"}
	count := map[string]int{}
	add := func(label string, a, b gridPoint, single bool) bool {
		x, y := f.sizes(rows, a), f.sizes(rows, b)
		change, ratio := rows[b.name()].Valid-rows[a.name()].Valid, f.ratio(rows, a, b)
		down, smaller := change < 0, ratio.Mean < 1
		t.Rows = append(t.Rows, []any{label, a.width, b.width, change, ratio.Mean, ratio.Lo, ratio.Hi, y.nodes.Mean / x.nodes.Mean, down && smaller, fmt.Sprintf("%d and %d", x.reached, y.reached)})
		if !single {
			picture.Rows = append(picture.Rows, charts.Estimate{Name: label, Value: ratio.Mean, Lo: ratio.Lo, Hi: ratio.Hi})
		}
		if a.l0 > 0 && single {
			for name, is := range map[string]bool{"": true, "_loss_falls": down, "_edges_fall": smaller, "_both_fall": down && smaller, "_edges_apart": ratio.Lo > 1 || ratio.Hi < 1} {
				if is {
					count[name]++
				}
			}
		}
		return down && smaller
	}
	for _, k := range append(l0s, 0) {
		label := fmt.Sprint(k)
		if k == 0 {
			label = "dense"
		}
		for i := range widths[1:] {
			add(label, gridPoint{widths[i], k}, gridPoint{widths[i+1], k}, true)
		}
	}
	for _, name := range []string{"", "_loss_falls", "_edges_fall", "_both_fall", "_edges_apart"} {
		r.State("width_steps"+name, count[name])
	}
	first, last, ends := widths[0], widths[len(widths)-1], 0
	for _, k := range l0s {
		if add(fmt.Sprintf("%d, ends", k), gridPoint{first, k}, gridPoint{last, k}, false) {
			ends++
		}
		r.State(fmt.Sprintf("ends_l0_%d_edges_times", k), f.ratio(rows, gridPoint{first, k}, gridPoint{last, k}))
	}
	add("dense, ends", gridPoint{first, 0}, gridPoint{last, 0}, false)
	r.State("dense_ends_edges_times", f.ratio(rows, gridPoint{first, 0}, gridPoint{last, 0}))
	r.State("ends_both_fall", ends)
	r.State("ends", len(l0s))
	r.Show(picture, t)
	return r
}
