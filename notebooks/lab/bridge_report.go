package lab

import (
	"context"
	"fmt"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/bridge"
	"circuitbook/sparsenn/stat"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/charts"
)

// A BridgeReport is a bridge as measured on validation text.
type BridgeReport struct {
	*bridge.Report
	Name    string // among others, such as "no_encode"; "" alone
	Windows int
	Seconds float64 // to make the bridge
	Note    viz.Note
}

// windows is how many windows of text a bridge is measured on.
func (p *Pair) windows() int {
	if p.spec.Sparse.Scale == "tiny" {
		return 16
	}
	return 128
}

// Measure runs both models, and every hybrid that changes from one to the other once, on 128
// windows of validation text, 16 at the scale "tiny".
func (p *Pair) Measure() BridgeReport {
	b := cell.NewBar("measuring the bridge", 1000)
	o := bridge.MeasureOptions{Windows: p.windows(), Progress: b.Options().Progress}
	r := cell.Interruptible(func(ctx context.Context) (*bridge.Report, error) { return p.Bridge().Measure(ctx, o) })
	cell.Check(b.Done(true))
	return BridgeReport{Report: r, Windows: o.Windows, Seconds: p.Bridge().Seconds, Note: p.note("The path through both models", fmt.Sprintf("On %d windows, %d tokens of validation text.", o.Windows, r.Tokens))}
}

// over is the worst hybrid, and how far it is above the worse model.
func (r BridgeReport) over() (name string, over stat.Estimate) {
	name, e, err := r.WorstHybrid()
	cell.Check(err)
	return name, e
}

// Bundle draws the path through both models, and tabulates how far hybrids are above the
// worse one.
func (r BridgeReport) Bundle() (viz.Bundle, error) {
	loss := func(l bridge.Loss) charts.BridgeLoss {
		return charts.BridgeLoss{CE: l.CE.Mean, KL: l.KL.Mean, CELo: l.CE.Lo, CEHi: l.CE.Hi, KLLo: l.KL.Lo, KLHi: l.KL.Hi}
	}
	interval := fmt.Sprintf("95 %% over %d windows", r.Windows)
	limit := r.Worse().CE.Mean + bridge.Slack
	name, _ := r.over()
	p := charts.BridgePath{Note: r.Note, Dense: loss(r.Dense), Sparse: loss(r.Sparse), Limit: limit, Interval: interval}
	p.Caption += fmt.Sprintf(" The worst hybrid is %s: %.3f, where the limit is %.3f. Mean KL of the hybrids %.3f, of the sparse model %.3f.", name, r.Worst(), limit, r.MeanKL(), r.Sparse.KL.Mean)
	t := viz.Table{Note: viz.Note{Title: "How far hybrids are above the worse model", Caption: fmt.Sprintf("Nats per token, on the same windows; the aim is %.2f. Intervals: %s.", bridge.Slack, interval)},
		Columns: []viz.Column{{Name: "boundary"}, {Name: "dense → sparse", Format: "%.3f", Bar: true}, {Name: "interval"}, {Name: "sparse → dense", Format: "%.3f", Bar: true}, {Name: "interval "}}}
	for _, b := range r.Boundaries {
		p.Boundaries = append(p.Boundaries, charts.BridgeBoundary{Site: string(b.Site), Encode: b.Encode, Decode: b.Decode, DenseToSparse: loss(b.DenseToSparse), SparseToDense: loss(b.SparseToDense)})
		row := []any{string(b.Site)}
		for _, l := range []bridge.Loss{b.DenseToSparse, b.SparseToDense} {
			e, err := l.Over(r.Worse())
			if err != nil {
				return viz.Bundle{}, err
			}
			row = append(row, e.Mean, fmt.Sprintf("%.3f to %.3f", e.Lo, e.Hi))
		}
		t.Rows = append(t.Rows, row)
	}
	return cell.Page{p, t}.Bundle()
}

// Claims are, at every boundary, encode_nmse, decode_nmse, and cross-entropy and KL of both
// hybrids (d2s is dense to sparse); dense_ce, sparse_ce, sparse_kl; the worst hybrid with
// worst_ce and worst_over, the limit; and means over boundaries. Losses in nats per token.
func (r BridgeReport) Claims() []book.Stated {
	name, over := r.over()
	limit, m := r.Worse().CE.Mean+bridge.Slack, r.Means()
	var list []book.Stated
	for i, b := range r.Boundaries {
		at := func(name string) string { return fmt.Sprintf("%s_%d", name, i) }
		list = append(list, book.Stated{Name: at("encode_nmse"), Value: b.Encode}, book.Stated{Name: at("decode_nmse"), Value: b.Decode},
			cell.ClaimOf(at("d2s_ce"), b.DenseToSparse.CE), cell.ClaimOf(at("s2d_ce"), b.SparseToDense.CE),
			cell.ClaimOf(at("d2s_kl"), b.DenseToSparse.KL), cell.ClaimOf(at("s2d_kl"), b.SparseToDense.KL))
	}
	return append(list, cell.ClaimOf("dense_ce", r.Dense.CE), cell.ClaimOf("sparse_ce", r.Sparse.CE), cell.ClaimOf("sparse_kl", r.Sparse.KL),
		book.Stated{Name: "worst_hybrid", Value: name}, book.Stated{Name: "worst_ce", Value: r.Worst()}, cell.ClaimOf("worst_over", over),
		book.Stated{Name: "limit_ce", Value: limit}, book.Stated{Name: "within_limit", Value: r.Worst() <= limit},
		book.Stated{Name: "mean_kl", Value: r.MeanKL()}, book.Stated{Name: "mean_kl_within", Value: r.MeanKL() <= r.Sparse.KL.Mean},
		book.Stated{Name: "mean_encode_nmse", Value: m.Encode}, book.Stated{Name: "mean_decode_nmse", Value: m.Decode},
		book.Stated{Name: "mean_d2s_kl", Value: m.ToSparse}, book.Stated{Name: "mean_s2d_kl", Value: m.ToDense})
}

// summary is the report in short: what bridges are compared by.
func (r BridgeReport) summary() []book.Stated {
	name, over := r.over()
	m := r.Means()
	return []book.Stated{{Name: "encode_nmse", Value: m.Encode}, {Name: "decode_nmse", Value: m.Decode}, {Name: "worst_ce", Value: r.Worst()}, cell.ClaimOf("worst_over", over), {Name: "worst_hybrid", Value: name},
		{Name: "mean_kl", Value: r.MeanKL()}, {Name: "d2s_kl", Value: m.ToSparse}, {Name: "s2d_kl", Value: m.ToDense}, {Name: "within_limit", Value: over.Mean <= bridge.Slack},
		{Name: "mean_kl_within", Value: r.MeanKL() <= r.Sparse.KL.Mean}, {Name: "seconds", Value: cell.Whole(r.Seconds)}}
}

// SparseCE and SparseKL are the sparse model's cross-entropy and its divergence from the
// dense one, in nats per token.
func (r BridgeReport) SparseCE() stat.Estimate { return r.Sparse.CE }

// SparseKL: see SparseCE.
func (r BridgeReport) SparseKL() stat.Estimate { return r.Sparse.KL }
