package steer

import (
	"context"
	"errors"
	"math"
	"testing"
)

// TestTextByHand: the mean of what is added to prompts where they differ is added to
// every token.
func TestTextByHand(t *testing.T) {
	s := two(t)
	list := prompts(t, 6)
	m := channels(t, s, 1, 4)
	mean, err := s.mean(m, list)
	if err != nil {
		t.Fatal(err)
	}
	sum, n := make([]float64, 2), 0.0
	for _, p := range list {
		c, err := s.coefficients(m, []Prompt{p})
		if err != nil {
			t.Fatal(err)
		}
		for tok := range p.Tokens {
			before := tok < p.from()
			if before && (c[0][2*tok] != 0 || c[0][2*tok+1] != 0) {
				t.Fatalf("a coefficient before the sides differ: %v", c[0][2*tok:2*tok+2])
			}
			if p.differs(tok, p.from()) {
				sum[0], sum[1], n = sum[0]+float64(c[0][2*tok]), sum[1]+float64(c[0][2*tok+1]), n+1
			}
		}
	}
	for i := range mean {
		if math.Abs(float64(mean[i])-sum[i]/n) > 1e-5 {
			t.Errorf("mean %v, want %v", mean[i], sum[i]/n)
		}
	}
	zero, err := s.Text(context.Background(), m, list, 0, 5)
	if err != nil {
		t.Fatal(err)
	}
	if zero.KL.Mean != 0 || zero.KL.N != 5 || zero.Changed.Mean != 0 {
		t.Errorf("at strength 0: %+v", zero)
	}
	last := 0.0
	for _, strength := range []float64{0.5, 1, 4} {
		c, err := s.Text(context.Background(), m, list, strength, 5)
		if err != nil {
			t.Fatal(err)
		}
		if c.KL.Mean <= last || c.Strength != strength {
			t.Errorf("at strength %v: %+v after %v", strength, c, last)
		}
		last = c.KL.Mean
	}
}

func TestTextErrors(t *testing.T) {
	s := two(t)
	m, list := channels(t, s, 1), prompts(t, 2)
	for name, f := range map[string]func() error{
		"no method":  func() error { _, err := s.Text(context.Background(), nil, list, 1, 4); return err },
		"no prompts": func() error { _, err := s.Text(context.Background(), m, nil, 1, 4); return err },
		"NaN":        func() error { _, err := s.Text(context.Background(), m, list, math.NaN(), 4); return err },
		"no text":    func() error { _, err := s.Text(context.Background(), m, list, 1, 0); return err },
	} {
		if f() == nil {
			t.Errorf("%s: no error", name)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Text(ctx, m, list, 1, 4); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
