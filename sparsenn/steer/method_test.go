package steer

import (
	"math"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

// TestDirectionsAreScaledForTheNorm: between a model and itself the bridge is the
// identity, so that a unit of a read node is a unit of itself (§6.3, step 2), whatever
// the norms' gains.
func TestDirectionsAreScaledForTheNorm(t *testing.T) {
	s := itself(t)
	for _, site := range []model.Site{"0.attn.act_in", "0.mlp.act_in"} {
		for _, i := range []int{0, 13, 31} {
			m, err := s.Channels(node(site, i))
			if err != nil {
				t.Fatal(err)
			}
			for j, x := range m.Directions[0] {
				want := 0.0
				if i == j {
					want = 1
				}
				if math.Abs(float64(x)-want) > 0.02 {
					t.Errorf("%s[%d]: %v at channel %d", site, i, x, j)
				}
			}
		}
	}
}

// TestDirectionsByHand: the decoder's row, the ratio of the residual streams' sizes,
// the dense gain over the sparse one.
func TestDirectionsByHand(t *testing.T) {
	s := two(t)
	gain := slices.Repeat([]float32{1}, 32)
	gain[5] = 4
	m, err := s.Bridge.Sparse.Model.With("transformer.h.0.ln_2.weight", gain)
	if err != nil {
		t.Fatal(err)
	}
	s.Bridge.Sparse.Model = m
	s.ratio[1] = 3
	row, err := s.Bridge.Decoder(1, 5)
	if err != nil {
		t.Fatal(err)
	}
	for j, x := range channels(t, s, 5).Directions[0] {
		if want := 0.75 * row[j]; math.Abs(float64(x-want)) > 1e-6 {
			t.Fatalf("channel %d: %v, want %v", j, x, want)
		}
	}
	gain[5] = 0
	if s.Bridge.Sparse.Model, err = m.With("transformer.h.0.ln_2.weight", gain); err != nil {
		t.Fatal(err)
	}
	if norm(channels(t, s, 5).Directions[0]) != 0 {
		t.Error("a channel that is never read has a direction")
	}
}

// TestRatio: of the mean RMS of both residual streams on training text.
func TestRatio(t *testing.T) {
	s := itself(t)
	for i, r := range s.ratio {
		if math.Abs(r-1) > 1e-9 {
			t.Errorf("boundary %d of a model and itself: %v", i, r)
		}
	}
	other := two(t)
	for i, r := range other.ratio {
		if !(r > 0) || math.IsInf(r, 0) || math.Abs(r-1) < 1e-6 {
			t.Errorf("boundary %d of two models: %v", i, r)
		}
	}
}

func TestRMS(t *testing.T) {
	if got := rms([]float32{3, 4, 0, 0}); got != 2.5 {
		t.Errorf("rms %v", got)
	}
	if got := norm([]float32{3, 4, 0, 0}); got != 5 {
		t.Errorf("norm %v", got)
	}
}

// TestRandomHasTheNorm: of every direction, and differs between seeds.
func TestRandomHasTheNorm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &Method{Site: read, Nodes: []circuit.Node{node(read, 1), node(read, 2)}}
		for range 2 {
			m.Directions = append(m.Directions, rapid.SliceOfN(rapid.Float32Range(-5, 5), 8, 8).Draw(t, "direction"))
		}
		seed := rapid.Uint64().Draw(t, "seed")
		r, again, other := Random(m, seed), Random(m, seed), Random(m, seed+1)
		for i, d := range m.Directions {
			if math.Abs(norm(r.Directions[i])-norm(d)) > 1e-5*(1+norm(d)) {
				t.Fatalf("norm %v, want %v", norm(r.Directions[i]), norm(d))
			}
			if !slices.Equal(r.Directions[i], again.Directions[i]) {
				t.Fatal("one seed, two draws")
			}
			if norm(d) > 0 && slices.Equal(r.Directions[i], other.Directions[i]) {
				t.Fatal("two seeds, one draw")
			}
		}
		if !slices.Equal(r.Nodes, m.Nodes) || r.Site != m.Site {
			t.Fatal("other coefficients")
		}
	})
}

// TestRandomChannels: rows of channels that the method does not use, of its norms.
func TestRandomChannels(t *testing.T) {
	s := two(t)
	m := channels(t, s, 3, 4)
	for seed := range uint64(5) {
		r, err := s.RandomChannels(m, seed)
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range r.Directions {
			if math.Abs(norm(d)-norm(m.Directions[i])) > 1e-4*norm(d) {
				t.Errorf("norm %v, want %v", norm(d), norm(m.Directions[i]))
			}
			parallel := 0
			for c := range 32 {
				row := channels(t, s, c).Directions[0]
				dot := 0.0
				for j := range row {
					dot += float64(row[j]) * float64(d[j])
				}
				if math.Abs(dot) > 0.9999*norm(row)*norm(d) {
					parallel++
					if c == 3 || c == 4 {
						t.Errorf("seed %d takes channel %d, which the method uses", seed, c)
					}
				}
			}
			if parallel != 1 {
				t.Errorf("direction %d is the row of %d channels", i, parallel)
			}
		}
	}
	whole, err := s.Whole(read)
	if err != nil {
		t.Fatal(err)
	}
	if len(whole.Nodes) != 32 {
		t.Errorf("the whole site has %d channels", len(whole.Nodes))
	}
	for _, bad := range []*Method{whole, {Name: "x", Site: read}, {Name: "x", Site: "final_resid", Nodes: m.Nodes}} {
		if _, err := s.RandomChannels(bad, 0); err == nil {
			t.Errorf("%q has random channels", bad.Name)
		}
	}
}

func TestChannelErrors(t *testing.T) {
	s := two(t)
	for want, nodes := range map[string][]circuit.Node{
		"no node":    nil,
		"read site":  {node("0.mlp.post_act", 1)},
		"final":      {node("final_resid", 1)},
		"layers":     {node("7.attn.act_in", 1)},
		"two sites":  {node(read, 1), node("0.attn.act_in", 1)},
		"twice":      {node(read, 1), node(read, 1)},
		"no channel": {node(read, 32)},
		"are 32":     {node(read, -1)},
	} {
		_, err := s.Channels(nodes...)
		if err == nil {
			t.Errorf("%s: no error", want)
		} else if want != "final" && want != "layers" && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
