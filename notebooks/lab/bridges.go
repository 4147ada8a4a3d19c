package lab

import (
	"errors"
	"fmt"
	"slices"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/bridge"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/charts"
)

// BridgeReports are several bridges, measured on the same text.
type BridgeReports struct {
	Title string
	List  []BridgeReport
}

// Named is the report under a name, for a comparison.
func (r BridgeReport) Named(name string) BridgeReport {
	r.Name = name
	return r
}

// CompareBridges compares reports on the same text.
func CompareBridges(title string, list ...BridgeReport) BridgeReports {
	if len(list) == 0 {
		cell.End(errors.New("CompareBridges takes at least one report"))
	}
	return BridgeReports{title, list}
}

// First are the first n of the reports.
func (r BridgeReports) First(n int) BridgeReports {
	return BridgeReports{r.Title, r.List[:min(n, len(r.List))]}
}

// Bundle compares the bridges in a picture and a table.
func (r BridgeReports) Bundle() (viz.Bundle, error) {
	if len(r.List) == 0 {
		return viz.Bundle{}, viz.ErrNoData
	}
	first := r.List[0]
	figure := charts.Estimates{Note: viz.Note{Title: r.Title + ": KL of hybrids", Caption: "Large dots: means over boundaries; small dots: single boundaries.", Provenance: first.Note.Provenance},
		X: charts.Axis{Label: "KL(dense ‖ hybrid), nats per token", Include: []float64{0}}, Refs: []charts.Ref{{Name: "the sparse model itself", Y: first.Sparse.KL.Mean}}}
	t := viz.Table{Note: viz.Note{Title: r.Title, Caption: fmt.Sprintf("NMSE and KL are means over boundaries. Intervals: 95 %% over %d windows.", first.Windows)},
		Columns: []viz.Column{{Name: "bridge"}, {Name: "sparse CE", Format: "%.3f"}, {Name: "encoder NMSE", Format: "%.3f"}, {Name: "decoder NMSE", Format: "%.3f"}, {Name: "worst hybrid CE", Format: "%.3f"}, {Name: "above the worse model", Format: "%.3f", Bar: true}, {Name: "interval"},
			{Name: "mean KL", Format: "%.3f", Bar: true}, {Name: "KL of the sparse model", Format: "%.3f"}, {Name: "worst hybrid"}}}
	var groups [2][]charts.Estimate
	for _, x := range r.List {
		m := x.Means()
		name, over := x.over()
		t.Rows = append(t.Rows, []any{x.Name, x.Sparse.CE.Mean, m.Encode, m.Decode, x.Worst(), over.Mean, fmt.Sprintf("%.3f to %.3f", over.Lo, over.Hi), x.MeanKL(), x.Sparse.KL.Mean, name})
		s, d := charts.Estimate{Name: x.Name, Group: "dense → sparse", Value: m.ToSparse}, charts.Estimate{Name: x.Name, Group: "sparse → dense", Value: m.ToDense}
		for _, b := range x.Boundaries {
			s.Runs, d.Runs = append(s.Runs, b.DenseToSparse.KL.Mean), append(d.Runs, b.SparseToDense.KL.Mean)
		}
		groups[0], groups[1] = append(groups[0], s), append(groups[1], d)
	}
	figure.Rows = append(groups[0], groups[1]...)
	return cell.Page{figure, t}.Bundle()
}

// Claims are, of every bridge, NAME_encode_nmse, decode_nmse, worst_ce, worst_over,
// worst_hybrid, mean_kl, d2s_kl, s2d_kl, within_limit, mean_kl_within and seconds.
func (r BridgeReports) Claims() (list []book.Stated) {
	for _, x := range r.List {
		for _, c := range x.summary() {
			if x.Name != "" {
				c.Name = x.Name + "_" + c.Name
			}
			list = append(list, c)
		}
	}
	return list
}

// Spread are numbers over bridges, such as those of several seeds.
type Spread struct{ BridgeReports }

// Spread has the claims be those of the bridges together.
func (r BridgeReports) Spread() Spread { return Spread{r} }

// Claims are within_limit and mean_kl_within, counts of bridges, and median, min, max and
// runs of encode_nmse, decode_nmse, worst_ce, worst_over, mean_kl and sparse_kl.
func (s Spread) Claims() []book.Stated {
	within, near := 0, 0
	names := []string{"encode_nmse", "decode_nmse", "worst_ce", "worst_over", "mean_kl", "sparse_kl"}
	numbers := make([][]float64, len(names))
	for _, x := range s.List {
		m := x.Means()
		_, over := x.over()
		for i, v := range []float64{m.Encode, m.Decode, x.Worst(), over.Mean, x.MeanKL(), x.Sparse.KL.Mean} {
			numbers[i] = append(numbers[i], v)
		}
		if over.Mean <= bridge.Slack {
			within++
		}
		if x.MeanKL() <= x.Sparse.KL.Mean {
			near++
		}
	}
	list := []book.Stated{{Name: "within_limit", Value: within}, {Name: "mean_kl_within", Value: near}}
	for i, name := range names {
		v := slices.Sorted(slices.Values(numbers[i]))
		list = append(list, book.Stated{Name: name + "_median", Value: (v[(len(v)-1)/2] + v[len(v)/2]) / 2}, book.Stated{Name: name + "_min", Value: v[0]},
			book.Stated{Name: name + "_max", Value: v[len(v)-1]}, book.Stated{Name: name + "_runs", Value: len(v)})
	}
	return list
}

// Seeds measures bridges of other seeds between the same two models, then bridges from the
// sparse models of other seeds to the same dense one; this pair's comes first.
func (p *Pair) Seeds(bridges, models []int) BridgeReports {
	name := func(b, m int) string { return fmt.Sprintf("bridge seed %d, sparse seed %d", b, m) }
	own := int(p.spec.Sparse.Config.Seed)
	list := []BridgeReport{p.Measure().Named(name(int(p.spec.Config.Seed), own))}
	for _, s := range bridges {
		list = append(list, p.With(func(c *bridge.Config) { c.Seed = uint64(s) }).Measure().Named(name(s, own)))
	}
	sparse, dense := &Model{spec: p.spec.Sparse}, &Model{spec: p.spec.Dense}
	for _, s := range models {
		other := bridgeOf(sparse.Seed(s), dense, p.spec.Config, false, nil)
		list = append(list, other.Measure().Named(name(int(p.spec.Config.Seed), s)))
	}
	return CompareBridges("Over seeds", list...)
}

// Terms measures the same fit with one term of the loss left out at a time, and the
// regression that it starts from. At the scale "tiny" only the latter.
func (p *Pair) Terms() BridgeReports {
	list := []BridgeReport{p.Measure().Named("all"), p.With(func(c *bridge.Config) { c.Steps = 0 }).Measure().Named("regression")}
	if p.spec.Sparse.Scale != "tiny" {
		for _, v := range []struct {
			name   string
			change BridgeOption
		}{
			{"no_encode", func(c *bridge.Config) { c.Weights.Encode = 0 }}, {"no_decode", func(c *bridge.Config) { c.Weights.Decode = 0 }},
			{"no_d2s", func(c *bridge.Config) { c.Weights.DenseToSparse = 0 }}, {"no_s2d", func(c *bridge.Config) { c.Weights.SparseToDense = 0 }},
		} {
			list = append(list, p.With(v.change).Measure().Named(v.name))
		}
	}
	return CompareBridges("With a term of the loss left out", list...)
}

// A BridgeChange is what one bridge's hybrids lose less or more than another's, on the same
// windows.
type BridgeChange struct{ From, To BridgeReport }

// Against compares the report with another one.
func (r BridgeReport) Against(from BridgeReport) BridgeChange { return BridgeChange{from, r} }

// Bundle shows the differences, hybrid by hybrid.
func (c BridgeChange) Bundle() (viz.Bundle, error) {
	f := charts.Estimates{Note: viz.Note{Title: "Cross-entropy of hybrids: " + c.To.Name + " minus " + c.From.Name, Caption: "Nats per token, below 0 where the first is better.", Provenance: c.To.Note.Provenance},
		X: charts.Axis{Label: "difference of cross-entropy, nats per token", Include: []float64{0}}, Refs: []charts.Ref{{Name: "no difference", Y: 0}},
		Interval: fmt.Sprintf("95 %% over %d windows, paired", c.To.Windows)}
	a, z := c.From.Hybrids(), c.To.Hybrids()
	for i := range a {
		e, err := z[i].Over(a[i])
		if err != nil {
			return viz.Bundle{}, err
		}
		group := "dense → sparse"
		if i >= len(a)/2 {
			group = "sparse → dense"
		}
		f.Rows = append(f.Rows, charts.Estimate{Name: string(c.From.Boundaries[i%(len(a)/2)].Site), Group: group, Value: e.Mean, Lo: e.Lo, Hi: e.Hi})
	}
	return f.Bundle()
}

// Claims are sparse_ce_change, hybrids_better of hybrids, and mean_kl_change.
func (c BridgeChange) Claims() []book.Stated {
	better := 0
	a, z := c.From.Hybrids(), c.To.Hybrids()
	for i := range a {
		if cell.Must(z[i].Over(a[i])).Hi < 0 {
			better++
		}
	}
	return []book.Stated{cell.ClaimOf("sparse_ce_change", cell.Must(c.To.Sparse.Over(c.From.Sparse))), {Name: "hybrids_better", Value: better}, {Name: "hybrids", Value: len(a)},
		{Name: "mean_kl_change", Value: c.To.MeanKL() - c.From.MeanKL()}}
}
