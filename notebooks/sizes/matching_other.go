package sizes

import (
	"fmt"
	"math"
	"slices"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/train"
	"circuitbook/viz"
)

// Mixing says of every model how much the circuits of two tasks overlap, how many heads and
// channels one touches, what the model still does without it, and the kurtosis of its final
// residual over channels.
func (x Matching) Mixing() (r cell.Result) {
	all := x.models()
	rows := x.circuits()
	t := viz.Table{Note: x.note("Mixing and redundancy", "Means over tasks of a model; overlap is a mean over pairs of tasks, of nodes in both by nodes in either."),
		Columns: []viz.Column{{Name: "model"}, {Name: "seed"}, {Name: "circuits"}, {Name: "overlap", Format: "%.3f"}, {Name: "heads", Format: "%.2f"}, {Name: "of"}, {Name: "residual channels", Format: "%.1f"}, {Name: "of "}, {Name: "right without it", Format: "%.3f"},
			{Name: "loss without it", Format: "%.3f"}, {Name: "kurtosis", Format: "%.1f"}}}
	for _, kind := range []string{"sparse", "dense"} {
		for s := range x.Seeds {
			var kept [][]string
			n, heads, channels, right, loss := 0.0, 0.0, 0.0, 0.0, 0.0
			for _, row := range x.of(rows, kind) {
				if c := row.Circuit; int(row.Seed) == s && c.Proof != nil {
					kept = append(kept, c.Kept)
					n, heads, channels, right, loss = n+1, heads+float64(c.Heads), channels+float64(c.Channels), right+c.RemovedAccuracy, loss+c.Proof.Removed.Mean
				}
			}
			m := all[sparseName(s)]
			if kind == "dense" {
				m = all[matchedName(s)]
			}
			of := fmt.Sprintf("_%s_seed%d", kind, s)
			r.State("kurtosis"+of, m.Model.Kurtosis)
			row := []any{kind, s, int(n), nil, nil, m.Layers * max(1, m.DModel/16), nil, m.DModel, nil, nil, m.Model.Kurtosis}
			if n > 0 {
				row[4], row[6], row[8], row[9] = heads/n, channels/n, right/n, loss/n
				r.State("heads"+of, heads/n)
				r.State("channels"+of, channels/n)
				r.State("right_without"+of, right/n)
				r.State("loss_without"+of, loss/n)
			}
			if o, err := circuit.Overlap(kept...); err == nil {
				row[3] = o
				r.State("overlap"+of, o)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	r.Show(t)
	return r
}

// Others is the same comparison, seed 0, with the dense twin of as many parameters, and with
// the dense model whose number of weights is nearest to the sparse model's nonzero ones. What
// is not there is made only if missing is set, or at the scale "tiny".
func (x Matching) Others(missing bool) (r cell.Result) {
	all := x.models()
	base := all[sparseName(0)]
	others := []struct {
		name, claim string
		train       train.Config
	}{{"the twin, as many parameters", "parameters", x.sparse(0).Dense()}, {"as many nonzero weights", "l0", x.dense(0, x.widthOf(base.L0, base.DModel), x.sparse(0).Steps)}}
	var points []experiment.Point
	for _, o := range others {
		points = append(points, x.model(o.name, o.train))
	}
	make := missing || x.Scale == "tiny"
	t := viz.Table{Note: x.note("Edges under other matches", "Seed 0. Geometric means over the tasks that both models solve."),
		Columns: []viz.Column{{Name: "dense model"}, {Name: "width"}, {Name: "weights"}, {Name: "loss", Format: "%.3f"}, {Name: "tasks"}, {Name: "missed"}, {Name: "sparse", Format: "%.1f"}, {Name: "dense", Format: "%.1f"}, {Name: "dense / sparse", Format: "%.1f"}, {Name: "from", Format: "%.1f"}, {Name: "to", Format: "%.1f"}}}
	r.Show(&t)
	if !make && !areThere(points) {
		t.Caption += " The models are not at hand; with missing = true they are made."
		return r
	}
	rows := Sweep("models", x.Scale, points)
	for _, o := range others {
		m := rows[o.name]
		tasks := x.solved(base, m)
		var list []experiment.Point
		for _, name := range tasks {
			a := x.circuit("sparse", name, 0, x.sparse(0))
			if slices.Contains(x.solved(base, all[matchedName(0)]), name) {
				a.Targets = matchTargets() // the row of the matched comparison
			}
			list = append(list, a, x.circuit("dense", name, 0, o.train))
		}
		of := "match_" + o.claim + "_"
		r.State(of+"valid", m.Valid)
		r.State(of+"weights", m.L0)
		r.State(of+"tasks", len(tasks))
		row := []any{o.name, m.DModel, m.L0, m.Valid, len(tasks), nil, nil, nil, nil, nil, nil}
		if len(tasks) > 0 && (make || areThere(list)) {
			got := Sweep(o.name, x.Scale, list)
			s, d := x.of(got, "sparse"), x.of(got, "dense")
			missed := 0
			for _, c := range d {
				if !c.Circuit.Reached {
					missed++
				}
			}
			a, b, ratio := cell.Must(stat.GeometricMean(sizeValues(s, edges))), cell.Must(stat.GeometricMean(sizeValues(d, edges))), cell.Must(stat.GeometricRatio(sizePairs(d, s, edges)))
			row = append(row[:5], missed, a.Mean, b.Mean, ratio.Mean, ratio.Lo, ratio.Hi)
			r.State(of+"edges_ratio", ratio)
			r.State(of+"missed", missed)
		} else if len(tasks) > 0 {
			t.Caption += " Circuits of " + o.name + " are not at hand; with missing = true they are made."
		}
		t.Rows = append(t.Rows, row)
	}
	return r
}

// widthOf is the width, up to most, of the dense model whose number of weights is nearest.
func (x Matching) widthOf(weights, most int) (width int) {
	off := func(w int) float64 { return math.Abs(float64(x.dense(0, w, 1).Model.Size(false) - weights)) }
	width = 1
	for w := 1; w <= most; w++ {
		if off(w) < off(width) {
			width = w
		}
	}
	return width
}
