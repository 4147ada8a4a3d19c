package bridge

import (
	"slices"
	"testing"

	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/topk"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/train/traintest"
)

// TestRoutesWithoutSwitch: they are the two models.
func TestRoutesWithoutSwitch(t *testing.T) {
	runsIn(t)
	sparse, dense := two(t)
	b := fit(t, sparse, dense, quick())
	sequences := [][]int32{{5, 6, 7}, {9}, slices.Repeat([]int32{3, 4}, 20)}
	for side, m := range map[Side]*model.Model{Sparse: sparse.Model, Dense: dense.Model} {
		h, err := b.Along(Route{Start: side})
		if err != nil {
			t.Fatal(err)
		}
		got, err := h.Next(sequences)
		if err != nil {
			t.Fatal(err)
		}
		want, err := m.Next(sequences)
		if err != nil {
			t.Fatal(err)
		}
		for i := range sequences {
			near(t, side.String(), got[i], want[i], 1e-4)
		}
	}
}

// TestHybridByHand: a hybrid of one switch is the second model with its residual
// stream at the boundary replaced by what the bridge makes of the first one's, which
// interventions do as well; with AbsTopK in the encoder too.
func TestHybridByHand(t *testing.T) {
	runsIn(t)
	_, dense := two(t)
	sparse := traintest.Amplified(t, tiny(t, func(c *train.Config) { c.Model.AFrac, c.Model.ALocations = 0.5, model.AllLocations() }))
	tokens := someTokens(3, 16, 512)
	for _, keep := range []float64{0, 0.25} {
		c := quick()
		c.Keep, c.Steps = keep, 0
		c.Weights.DenseToSparse, c.Weights.SparseToDense = 0, 0 // faster to compile
		b := fit(t, sparse, dense, c)
		for i := range b.Boundaries() {
			site := Boundary(sparse.Config.Model, i)
			for _, start := range []Side{Dense, Sparse} {
				from, to, part, toWidth := dense.Model, sparse.Model, encoder, sparse.Config.Model.DModel
				if start == Sparse {
					from, to, part, toWidth = sparse.Model, dense.Model, decoder, dense.Config.Model.DModel
				}
				rec, err := from.Record(tokens, []model.Site{site})
				if err != nil {
					t.Fatal(err)
				}
				h := rec.Activations[0]
				w, bias := b.values[weight(part, i)], b.values[bias(part, i)]
				var patch []float32
				for x := range slices.Chunk(h.Data, h.Shape[2]) {
					y := slices.Clone(bias)
					for o := range toWidth {
						for k, v := range x {
							y[o] += w[o*len(x)+k] * v
						}
					}
					if start == Dense && keep > 0 {
						for j, kept := range topk.SelectVector(y, int(keep*float64(toWidth))) {
							if !kept {
								y[j] = 0
							}
						}
					}
					patch = append(patch, y...)
				}
				rec, err = to.Record(tokens, []model.Site{model.Logits}, model.Intervention{Site: site, Scale: make([]float32, toWidth), Shift: patch})
				if err != nil {
					t.Fatal(err)
				}
				hybrid, err := b.Along(One(start, i))
				if err != nil {
					t.Fatal(err)
				}
				got, err := hybrid.Logits(tokens)
				if err != nil {
					t.Fatal(err)
				}
				near(t, hybrid.Route.String(), slices.Concat(got...), rec.Activations[0].Data, 2e-3)
			}
		}
	}
}

func TestHybridErrors(t *testing.T) {
	runsIn(t)
	sparse, dense := two(t)
	b := fit(t, sparse, dense, quick())
	if _, err := b.Along(One(Dense, 9)); err == nil {
		t.Error("a boundary that is not there is accepted")
	}
	h, err := b.Along(One(Dense, 1))
	if err != nil {
		t.Fatal(err)
	}
	for name, tokens := range map[string][][]int32{
		"none": nil, "empty": {{}}, "ragged": {{1, 2}, {1}}, "unknown": {{512}}, "negative": {{-1}}, "long": {make([]int32, 65)},
	} {
		if _, err := h.Logits(tokens); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := h.Next([][]int32{{1}, {}}); err == nil {
		t.Error("an empty sequence is accepted")
	}
	if _, err := h.Next([][]int32{make([]int32, 65)}); err == nil {
		t.Error("a sequence beyond the context is accepted")
	}
}
