package bridge

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/train"
)

// TestBridgeToItself: between a model and itself the regression is the identity, no
// hybrid differs, and nothing diverges.
func TestBridgeToItself(t *testing.T) {
	runsIn(t)
	sparse, _ := two(t)
	c := quick()
	c.Steps, c.RidgeTokens, c.Ridge = 0, 4096, 1e-7
	b := fit(t, sparse, sparse, c)
	r, err := b.Measure(context.Background(), MeasureOptions{Windows: 16})
	if err != nil {
		t.Fatal(err)
	}
	if r.Tokens != 16*16 || len(r.Boundaries) != 3 {
		t.Fatalf("%d tokens, %d boundaries", r.Tokens, len(r.Boundaries))
	}
	if math.Abs(r.Sparse.CE.Mean-r.Dense.CE.Mean) > 1e-5 || r.Sparse.KL.Mean > 1e-5 || r.Dense.KL.Mean != 0 {
		t.Errorf("the model differs from itself: %+v, %+v", r.Sparse, r.Dense)
	}
	for _, x := range r.Boundaries {
		if x.Encode > 1e-3 || x.Decode > 1e-3 {
			t.Errorf("boundary %d: NMSE %v and %v", x.Boundary, x.Encode, x.Decode)
		}
		for _, l := range []Loss{x.DenseToSparse, x.SparseToDense} {
			if l.KL.Mean > 1e-2 || math.Abs(l.CE.Mean-r.Dense.CE.Mean) > 2e-2 {
				t.Errorf("boundary %d: a hybrid has %+v, the model %+v", x.Boundary, l, r.Dense)
			}
		}
	}
}

// TestMeasureByHand: losses and divergences are those of the hybrids' logits on the
// same windows, and NMSE is as defined.
func TestMeasureByHand(t *testing.T) {
	runsIn(t)
	sparse, dense := two(t)
	b := fit(t, sparse, dense, quick())
	const windows, seq, vocab = 8, 16, 512
	calls := 0
	r, err := b.Measure(context.Background(), MeasureOptions{Windows: windows, Progress: func(p artifact.Progress) { calls += int(p.Done * p.Of) }})
	if err != nil {
		t.Fatal(err)
	}
	if calls != windows*windows {
		t.Errorf("progress of %d", calls)
	}
	data, err := corpus.Open(context.Background(), sparse.Config.Corpus, nil)
	if err != nil {
		t.Fatal(err)
	}
	flat := data.Valid.Windows(windows, seq+1)
	var inputs [][]int32
	for i := range windows {
		inputs = append(inputs, flat[i*(seq+1):i*(seq+1)+seq])
	}
	logits := func(r Route) [][]float32 {
		h, err := b.Along(r)
		if err != nil {
			t.Fatal(err)
		}
		x, err := h.Logits(inputs)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	base := logits(Route{Start: Dense})
	check := func(name string, got Loss, route Route) {
		x := logits(route)
		var ce, kl []float64
		for w := range windows {
			c, k := 0.0, 0.0
			for t := range seq {
				p, q := logs(base[w][t*vocab:(t+1)*vocab]), logs(x[w][t*vocab:(t+1)*vocab])
				c -= q[flat[w*(seq+1)+t+1]] / seq
				for i := range p {
					k += math.Exp(p[i]) * (p[i] - q[i]) / seq
				}
			}
			ce, kl = append(ce, c), append(kl, k)
		}
		for _, e := range []struct{ got, want stat.Estimate }{{got.CE, stat.Mean(ce)}, {got.KL, stat.Mean(kl)}} {
			if math.Abs(e.got.Mean-e.want.Mean) > 1e-3*(1+e.want.Mean) || math.Abs(e.got.Lo-e.want.Lo) > 1e-3*(1+e.want.Lo) {
				t.Errorf("%s: %+v, want %+v", name, e.got, e.want)
			}
		}
	}
	check("dense", r.Dense, Route{Start: Dense})
	check("sparse", r.Sparse, Route{Start: Sparse})
	worst, mean := 0.0, 0.0
	for _, x := range r.Boundaries {
		if x.Site != Boundary(sparse.Config.Model, x.Boundary) {
			t.Errorf("boundary %d is at %s", x.Boundary, x.Site)
		}
		check("dense to sparse", x.DenseToSparse, One(Dense, x.Boundary))
		check("sparse to dense", x.SparseToDense, One(Sparse, x.Boundary))
		worst = max(worst, x.DenseToSparse.CE.Mean, x.SparseToDense.CE.Mean)
		mean += (x.DenseToSparse.KL.Mean + x.SparseToDense.KL.Mean) / 6
	}
	if r.Worst() != worst || math.Abs(r.MeanKL()-mean) > 1e-12 {
		t.Errorf("worst %v and mean %v, want %v and %v", r.Worst(), r.MeanKL(), worst, mean)
	}
}

// TestMeasureNMSE: the error is over the variance over all windows, however many a
// program takes at once.
func TestMeasureNMSE(t *testing.T) {
	runsIn(t)
	sparse, dense := two(t)
	b := fit(t, sparse, dense, quick())
	const windows, seq = 3 * measureAtOnce, 16
	r, err := b.Measure(context.Background(), MeasureOptions{Windows: windows})
	if err != nil {
		t.Fatal(err)
	}
	data, err := corpus.Open(context.Background(), sparse.Config.Corpus, nil)
	if err != nil {
		t.Fatal(err)
	}
	var inputs [][]int32
	for w := range slices.Chunk(data.Valid.Windows(windows, seq+1), seq+1) {
		inputs = append(inputs, w[:seq])
	}
	for _, x := range r.Boundaries {
		var at [2][]float32
		for i, m := range []*train.Result{sparse, dense} {
			rec, err := m.Model.Record(inputs, []model.Site{x.Site})
			if err != nil {
				t.Fatal(err)
			}
			at[i] = rec.Activations[0].Data
		}
		value := func(name string) []float32 { return b.values[name] }
		encode := byHand(value(weight(encoder, x.Boundary)), value(bias(encoder, x.Boundary)), at[1], at[0])
		decode := byHand(value(weight(decoder, x.Boundary)), value(bias(decoder, x.Boundary)), at[0], at[1])
		if math.Abs(x.Encode-encode) > 1e-4*encode || math.Abs(x.Decode-decode) > 1e-4*decode {
			t.Errorf("boundary %d: %v and %v, by hand %v and %v", x.Boundary, x.Encode, x.Decode, encode, decode)
		}
	}
}

func logs(x []float32) []float64 {
	top, sum := float64(x[0]), 0.0
	for _, v := range x {
		top = max(top, float64(v))
	}
	for _, v := range x {
		sum += math.Exp(float64(v) - top)
	}
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v) - top - math.Log(sum)
	}
	return out
}

// TestTrainingHelps: gradient steps lower the loss that the regression starts from, and
// the terms of every step are what it sums.
func TestTrainingHelps(t *testing.T) {
	runsIn(t)
	sparse, dense := two(t)
	c := quick()
	c.Steps = 0
	start := fit(t, sparse, dense, c)
	c.Steps, c.LR = 40, 1e-3
	b := fit(t, sparse, dense, c)
	first, last := b.Metrics[0], b.Metrics[len(b.Metrics)-1]
	if len(b.Metrics) != 40 || len(first.Terms) != len(Terms()) || first.Terms[0] != 0 {
		t.Fatalf("%d metrics, terms %v", len(b.Metrics), first.Terms)
	}
	if before := *start.Metrics[0].Valid; *last.Valid >= before {
		t.Errorf("loss %v after %v at the start", *last.Valid, before)
	}
	// The terms are means over boundaries of what the loss sums.
	sum := 0.0
	w := c.Weights
	for i, weight := range []float64{w.Encode, w.Decode, w.DenseToSparse, w.SparseToDense} {
		sum += weight * float64(b.Boundaries()) * first.Terms[i+1]
	}
	if math.Abs(sum-first.Loss) > 1e-4*first.Loss {
		t.Errorf("terms %v sum to %v, the loss is %v", first.Terms, sum, first.Loss)
	}
}

func TestMeasureErrors(t *testing.T) {
	runsIn(t)
	sparse, dense := two(t)
	b := fit(t, sparse, dense, quick())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := b.Measure(ctx, MeasureOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for _, o := range []MeasureOptions{{Windows: 1}, {Windows: -3}, {SeqLen: 65}, {SeqLen: -1}} {
		if _, err := b.Measure(context.Background(), o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

// TestOver: differences are taken window by window, so that what windows share is no
// part of their error.
func TestOver(t *testing.T) {
	loss := func(x ...float64) Loss { return lossOf(x, x) }
	easy := loss(1, 2, 3, 10)
	hard := loss(1.1, 2.3, 3.1, 10.3)
	e, err := hard.Over(easy)
	if err != nil || math.Abs(e.Mean-0.2) > 1e-12 || e.Lo < 0.1-1e-12 || e.Hi > 0.3+1e-12 || e.N != 4 {
		t.Errorf("%+v, %v", e, err)
	}
	if w, one := e.Hi-e.Lo, easy.CE.Hi-easy.CE.Lo; w > one/10 {
		t.Errorf("paired, the interval is %v wide; of one model %v", w, one)
	}
	for _, other := range []Loss{loss(1, 2), {}} {
		if _, err := hard.Over(other); err == nil {
			t.Errorf("%+v is paired with four windows", other)
		}
	}
	if _, err := (Loss{}).Over(Loss{}); err == nil {
		t.Error("losses that nobody measured are compared")
	}
}
