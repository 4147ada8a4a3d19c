package lab

import (
	"circuitbook/notebooks/lab/celltest"
	"math"
	"strings"
	"testing"
)

// TestPair: the committed bridge of seed 1, and steering through it.
func TestPair(t *testing.T) {
	m := Train("laptop", Seed(1))
	p := Bridge(m, m.Twin())
	if later := again(t, p, &Pair{}); later.b != nil || later.Bridge().Name != p.Bridge().Name || later.Sparse().Run().Model.Digest() != m.Run().Model.Digest() {
		t.Error("the pair comes back as another")
	}
	if text := celltest.Shown(t, p); !strings.Contains(text, "28,452") {
		t.Errorf("shows %s", text)
	}
	q := m.Find("single_double_quote")
	const channel = "1.attn.act_in[90]"
	s := p.Steer(q, 2, channel)
	x := s.On("open('data")
	if x.Counter != `open("data` || x.Have != "')" || x.Want != `")` {
		t.Errorf("%q for %q, answers %q and %q", x.Counter, x.Prompt, x.Want, x.Have)
	}
	if a, b := probability(x.Before, x.Want), probability(x.After, x.Want); a > 0.01 || b < 0.1 {
		t.Errorf("the wanted answer has %v, steered %v", a, b)
	}
	if text := celltest.Shown(t, x); !strings.Contains(text, "to its counterpart") {
		t.Errorf("shows %s", text)
	}
	if y := s.On(`open("data`); y.Have != `")` || y.Counter != "open('data" {
		t.Errorf("the other way: %q to %q", y.Have, y.Counter)
	}
	if y := s.On("open('data", `open("data`); math.Abs(probability(y.After, y.Want)-probability(x.After, x.Want)) > 1e-6 {
		t.Error("a counterpart that is given is another than the one found")
	}
	curve := s.Curve(0, 1)
	if c := celltest.Claimed(t, curve); len(c) != 2 || c["at_1"].(float64) <= c["at_0"].(float64) {
		t.Errorf("states %v", c)
	}
	celltest.Shown(t, curve)
	for want, f := range map[string]func(){
		"give the counterpart": func() { s.On("values = [1") },
		"the same":             func() { s.On("open('data", "open('data") },
		"no node":              func() { p.Steer(q, 1, "0.attn.act_in[0]") },
	} {
		if err := celltest.EndOf(f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
