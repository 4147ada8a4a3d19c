package steer

import (
	"context"
	"errors"
	"math"
	"testing"

	"circuitbook/sparsenn/model"
)

// TestDifferenceOfMeans: what the dense model holds at the tokens that are meant, by
// hand, in both directions.
func TestDifferenceOfMeans(t *testing.T) {
	s := two(t)
	list := examples(t, 12)
	for _, to := range []Toward{ToAlt, ToTarget} {
		for _, span := range Spans() {
			m, err := s.DifferenceOfMeans(context.Background(), read, list, to, span)
			if err != nil {
				t.Fatal(err)
			}
			sum, n := make([]float64, 48), 0.0
			for _, e := range list {
				first := 0
				for e.Prompt[first] == e.Counter[first] {
					first++
				}
				r, err := s.Bridge.Dense.Model.Record([][]int32{e.Prompt, e.Counter}, []model.Site{read})
				if err != nil {
					t.Fatal(err)
				}
				act := r.Activations[0]
				for tok := range e.Prompt {
					switch {
					case span == Last && tok != len(e.Prompt)-1,
						span == Differing && e.Prompt[tok] == e.Counter[tok],
						span == From && tok < first:
						continue
					}
					n++
					for i := range sum {
						d := float64(act.At(1, tok)[i]) - float64(act.At(0, tok)[i])
						if to == ToTarget {
							d = -d
						}
						sum[i] += d
					}
				}
			}
			for i, x := range m.Directions[0] {
				if math.Abs(float64(x)-sum[i]/n) > 1e-4 {
					t.Fatalf("%s, channel %d: %v, want %v", span, i, x, sum[i]/n)
				}
			}
			if m.Span != span || len(m.Nodes) != 0 || m.Site != read {
				t.Errorf("%+v", m)
			}
		}
	}
}

// TestWhere: a direction without nodes is added at the tokens that are meant.
func TestWhere(t *testing.T) {
	s := two(t)
	p := Prompt{Tokens: []int32{1, 2, 3, 4, 5}, Counter: []int32{1, 9, 3, 8, 5}}
	for span, want := range map[Span][]float32{
		From: {0, 1, 1, 1, 1}, Last: {0, 1, 1, 1, 1}, Differing: {0, 1, 0, 1, 0},
	} {
		got, err := s.coefficients(&Method{Site: read, Span: span, Directions: make([][]float32, 1)}, []Prompt{p})
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if got[0][i] != want[i] {
				t.Errorf("%s: %v, want %v", span, got[0], want)
				break
			}
		}
		for tok := range p.Tokens {
			if taken := span.taken(p, tok, 1); taken != (span == Last && tok == 4 || span != Last && want[tok] == 1) {
				t.Errorf("%s: taken at %d: %v", span, tok, taken)
			}
		}
	}
}

func TestDifferenceErrors(t *testing.T) {
	s := two(t)
	list := examples(t, 4)
	if _, err := s.DifferenceOfMeans(context.Background(), "0.attn.q", list, ToAlt, Last); err == nil {
		t.Error("a site that no norm reads is accepted")
	}
	if _, err := s.DifferenceOfMeans(context.Background(), read, nil, ToAlt, Last); err == nil {
		t.Error("no examples are accepted")
	}
	if _, err := s.DifferenceOfMeans(context.Background(), read, list, ToAlt, "here"); err == nil {
		t.Error("an unknown place is accepted")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.DifferenceOfMeans(ctx, read, list, ToAlt, Last); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
