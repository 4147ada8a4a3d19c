package bridge

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"circuitbook/sparsenn/corpus"

	"pgregory.net/rapid"
)

// TestMoments: a regression finds the affine map that made its data, in both
// directions where the map can be turned round.
func TestMoments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.IntRange(1, 5).Draw(t, "width")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		a, b := make([]float64, d*d), make([]float64, d)
		for i := range d {
			for j := range d {
				a[i*d+j] = 0.2 * rng.NormFloat64()
			}
			a[i*d+i] += 2 // far from singular
			b[i] = 3 * rng.NormFloat64()
		}
		m := newMoments(d, d)
		const n = 200
		for range 3 { // in parts
			x, y := make([]float32, n*d), make([]float32, n*d)
			for r := range n {
				for i := range d {
					x[r*d+i] = float32(rng.NormFloat64() + float64(i))
				}
				for i := range d {
					s := b[i]
					for j := range d {
						s += a[i*d+j] * float64(x[r*d+j])
					}
					y[r*d+i] = float32(s)
				}
			}
			m.add(x, y)
		}
		w, bias, err := m.solve(1e-9, false)
		if err != nil {
			t.Fatal(err)
		}
		for i := range d {
			if math.Abs(float64(bias[i])-b[i]) > 1e-2 {
				t.Fatalf("bias %d is %v, want %v", i, bias[i], b[i])
			}
			for j := range d {
				if math.Abs(float64(w[i*d+j])-a[i*d+j]) > 1e-3 {
					t.Fatalf("weight %d,%d is %v, want %v", i, j, w[i*d+j], a[i*d+j])
				}
			}
		}
		back, _, err := m.solve(1e-9, true)
		if err != nil {
			t.Fatal(err)
		}
		for i := range d {
			for j := range d {
				s := 0.0
				for k := range d {
					s += float64(back[i*d+k]) * a[k*d+j]
				}
				want := 0.0
				if i == j {
					want = 1
				}
				if math.Abs(s-want) > 1e-2 {
					t.Fatalf("back after there is %v at %d,%d", s, i, j)
				}
			}
		}
	})
}

// TestRidgeShrinks: a larger ridge gives smaller weights, and an infinite one the
// mean.
func TestRidgeShrinks(t *testing.T) {
	m := newMoments(1, 1)
	m.add([]float32{0, 1, 2, 3}, []float32{5, 7, 9, 11})
	last := 3.0
	for _, ridge := range []float64{1e-9, 0.1, 1, 1e9} {
		w, b, err := m.solve(ridge, false)
		if err != nil {
			t.Fatal(err)
		}
		if float64(w[0]) >= last {
			t.Errorf("ridge %v: weight %v, not below %v", ridge, w[0], last)
		}
		if at := float64(b[0] + 1.5*w[0]); math.Abs(at-8) > 1e-5 {
			t.Errorf("ridge %v: %v at the mean, want 8", ridge, at)
		}
		// One channel of variance 1.25: w = 2/(1+ridge).
		if want := 2 / (1 + ridge); math.Abs(float64(w[0])-want) > 1e-5 {
			t.Errorf("ridge %v: weight %v, want %v", ridge, w[0], want)
		}
		last = float64(w[0])
	}
}

func TestRidgeStops(t *testing.T) {
	sparse, dense := two(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	stream := make(corpus.Tokens, 1000)
	if _, err := ridge(ctx, sparse.Model, dense.Model, stream, quick()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := ridge(context.Background(), sparse.Model, dense.Model, nil, quick()); err == nil {
		t.Error("no text and no error")
	}
}
