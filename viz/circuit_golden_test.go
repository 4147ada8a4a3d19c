package viz_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/stat"
	"circuitbook/viz"
	"circuitbook/viz/circuits"
	"circuitbook/viz/internal/circuitsample"

	"github.com/google/go-cmp/cmp"
)

// quoteNames are names for the nodes of the paper's circuit, after its figure 4.
var quoteNames = map[string]string{
	"0.mlp.act_in[205]": "('", "0.mlp.act_in[207]": `("`,
	"0.mlp.post_act[2790]": "single quote", "0.mlp.post_act[863]": "double quote",
	"0.mlp.resid_delta[985]": "quote detector", "0.mlp.resid_delta[460]": "quote type",
	"10.attn.resid_delta[83]": "closing quote",
}

// circuitFigures are pictures of the circuits in testdata, and of one that is made from a seed.
func circuitFigures(t testing.TB) map[string]viz.Figure {
	quotes, brackets := circuitsample.Sample(t, "quotes"), circuitsample.Sample(t, "brackets")
	made := circuitsample.Made(1, circuit.Shape{Layers: 4, DModel: 128, Heads: 8, DHead: 16, DMLP: 512, DPos: 2, Vocab: 512}, 130, 0.35)
	return map[string]viz.Figure{
		"circuit_quotes":   circuits.Circuit{Circuit: quotes, Labels: quoteNames, Note: viz.Note{Title: "The quote circuit", Caption: "One head copies what kind of quote was opened."}},
		"circuit_brackets": circuits.Circuit{Circuit: brackets},
		"circuit_made":     circuits.Circuit{Circuit: made},
		"circuit_blocks":   circuits.CircuitBlocks{Circuit: made, Note: viz.Note{Caption: "From a seed."}},
		"circuit_diff":     circuits.CircuitDiff{A: brackets, B: circuitsample.Changed(brackets, 7), NameA: "seed 0", NameB: "seed 1"},
		"circuit_bars":     circuits.CircuitDiff{A: made, B: circuitsample.Made(2, made.Model, 130, 0.35)},
	}
}

// TestCircuitGolden compares the pictures with testdata, byte by byte, and holds them to the rules.
func TestCircuitGolden(t *testing.T) {
	figs := circuitFigures(t)
	for _, name := range slices.Sorted(maps.Keys(figs)) {
		t.Run(name, func(t *testing.T) {
			b := check(t, name, figs[name])
			golden(t, name+".txt", b.Text)
			golden(t, name+".svg", b.SVG)
			for range 3 {
				again, err := circuitFigures(t)[name].Bundle()
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(b, again); d != "" {
					t.Fatalf("%s differs between runs:\n%s", name, d)
				}
			}
		})
	}
}

// hostileCircuits puts one string wherever a picture of a circuit takes one.
func hostileCircuits(t testing.TB, s string) map[string]viz.Figure {
	c := *circuitsample.Sample(t, "quotes")
	valid := strings.ToValidUTF8(s, "?") // a circuit's own strings are UTF-8
	c.Task, c.Run, c.Provenance = valid, valid, map[string]any{valid: valid}
	labels := map[string]string{s: s}
	for _, n := range c.Nodes {
		labels[n.String()] = s
	}
	n := viz.Note{Title: s, Caption: s, Provenance: s}
	return map[string]viz.Figure{
		"circuit":         circuits.Circuit{Note: n, Circuit: &c, Labels: labels},
		"circuit's own":   circuits.Circuit{Circuit: &c},
		"circuit blocks":  circuits.CircuitBlocks{Note: n, Circuit: &c, Labels: labels},
		"circuit diff":    circuits.CircuitDiff{Note: n, A: &c, B: circuitsample.Changed(&c, 3), NameA: s, NameB: s + "2"},
		"diff's own":      circuits.CircuitDiff{A: &c, B: &c, NameA: s},
		"blocks with top": circuits.CircuitBlocks{Circuit: circuitsample.Sample(t, "brackets"), Labels: map[string]string{"final_resid[3]": s}},
	}
}

// FuzzCircuitStrings draws circuits with an arbitrary string in all places, and parses what comes out
// against the allow-list: nothing breaks out.
func FuzzCircuitStrings(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 10_000 {
			return
		}
		for name, fig := range hostileCircuits(t, s) {
			b := check(t, name, fig)
			for form, out := range map[string]string{"HTML": b.HTML, "SVG": b.SVG, "text": b.Text} {
				if !utf8.ValidString(out) {
					t.Errorf("%s with %q: %s is not UTF-8", name, s, form)
				}
				if strings.ContainsFunc(out, func(r rune) bool { return r < 0x20 && r != '\n' || r == 0x7f || r >= 0x202a && r <= 0x202e }) {
					t.Errorf("%s with %q: control characters in %s", name, s, form)
				}
			}
		}
	})
}

// FuzzCircuitNumbers draws arbitrary weights, biases, effects and losses: an error, or a picture that
// keeps the rules.
func FuzzCircuitNumbers(f *testing.F) {
	f.Add(1.0, -1.0, 0.5, 0.1, 0.2, 0.3)
	f.Add(1e308, -1e308, 1e308, -1e308, 1e5, 1e6)
	f.Add(5e-324, -5e-324, 5e-324, -5e-324, 0.0, 0.0)
	f.Add(1e-9, 1e9, 0.0, 0.0, -1e6, 1e6)
	f.Fuzz(func(t *testing.T, w, bias, effect, target, lo, hi float64) {
		c := *circuitsample.Sample(t, "brackets")
		c.Target = target
		c.Nodes, c.Edges = slices.Clone(c.Nodes), slices.Clone(c.Edges)
		for i := range c.Nodes {
			if c.Nodes[i].Bias != 0 && i%2 == 0 {
				c.Nodes[i].Bias = bias
			}
			if i%3 == 0 {
				c.Nodes[i].Effect = &effect
			}
		}
		c.Edges[0].Weight, c.Edges[1].Effect = w, &effect
		c.Proof = &circuit.Proof{Alone: stat.Estimate{Mean: lo, Lo: lo, Hi: hi, N: 2}, Removed: stat.Estimate{Mean: hi, Lo: lo, Hi: hi, N: 1}}
		for name, fig := range map[string]viz.Figure{"circuit": circuits.Circuit{Circuit: &c}, "blocks": circuits.CircuitBlocks{Circuit: &c},
			"diff": circuits.CircuitDiff{A: &c, B: circuitsample.Sample(t, "brackets")}} {
			if _, err := fig.Bundle(); err != nil {
				continue
			}
			check(t, name, fig)
		}
	})
}
