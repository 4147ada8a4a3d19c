package model_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/backend"
	. "circuitbook/sparsenn/model"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

func logitsOf(t *testing.T, m *Model, tokens [][]int32, changes ...Intervention) []float32 {
	t.Helper()
	rec, err := m.Record(tokens, []Site{Logits}, changes...)
	if err != nil {
		t.Fatal(err)
	}
	return rec.Activations[0].Data
}

func apart(a, b []float32) float64 {
	worst := 0.0
	for i := range a {
		worst = max(worst, math.Abs(float64(a[i]-b[i])))
	}
	return worst
}

// TestInterventionsAreAffine: identity changes nothing, ablation sets the mean,
// patching the recorded values of a site reproduces its run.
func TestInterventionsAreAffine(t *testing.T) {
	r, m := loadReference(t)
	plain := logitsOf(t, m, r.Tokens)
	site := At(0, MLPPostAct)
	w, _ := r.Config.Width(site)
	if got := logitsOf(t, m, r.Tokens, Intervention{Site: site}); !slices.Equal(got, plain) {
		t.Error("an empty intervention changes the logits")
	}
	zero := make([]float32, w)
	if apart(logitsOf(t, m, r.Tokens, Intervention{Site: site, Scale: zero}), plain) == 0 {
		t.Error("removing every neuron changes nothing")
	}
	rec, err := m.Record(r.Tokens, []Site{At(0, MLPPostAct), "0.resid_mid"}, Intervention{Site: site, Scale: zero, Shift: slices.Repeat([]float32{2}, w)})
	if err != nil {
		t.Fatal(err)
	}
	if a, err := rec.Get(site); err != nil || slices.Min(a.Data) != 2 || slices.Max(a.Data) != 2 {
		t.Errorf("what is recorded at the site of an ablation is not its result, or %v", err)
	}
	if _, err := rec.Get(Logits); err == nil || !strings.Contains(err.Error(), "was not recorded") {
		t.Errorf("a site that was not recorded: %v", err)
	}
	swapped := [][]int32{r.Tokens[1], r.Tokens[0]}
	there, err := m.Record(swapped, []Site{FinalResid})
	if err != nil {
		t.Fatal(err)
	}
	// Without the bigram table the logits are a function of the last residual.
	table, _ := m.Values("bigram_table")
	bare, err := m.With("bigram_table", make([]float32, len(table)))
	if err != nil {
		t.Fatal(err)
	}
	patch := Intervention{Site: FinalResid, Scale: make([]float32, r.Config.DModel), Shift: there.Activations[0].Data}
	if d := apart(logitsOf(t, bare, r.Tokens, patch), logitsOf(t, bare, swapped)); d > 1e-6 {
		t.Errorf("patching the whole last residual stream misses the other run by %g", d)
	}
}

func TestRecordRefusesNonsense(t *testing.T) {
	r, m := loadReference(t)
	nan := float32(math.NaN())
	for _, tc := range []struct {
		want    string
		tokens  [][]int32
		sites   []Site
		changes []Intervention
	}{
		{"no tokens", nil, []Site{Logits}, nil},
		{"no site", r.Tokens, nil, nil},
		{"context is 8", [][]int32{make([]int32, 9)}, []Site{Logits}, nil},
		{"one length", [][]int32{{1, 2}, {1}}, []Site{Logits}, nil},
		{"vocabulary of 13", [][]int32{{13}}, []Site{Logits}, nil},
		{"not known", r.Tokens, []Site{"nosuch"}, nil},
		{"layers 0 to 1", r.Tokens, []Site{"7.attn.pattern"}, nil},
		{"recorded, not changed", r.Tokens, []Site{Logits}, []Intervention{{Site: "0.attn.pattern"}}},
		{"16 values", r.Tokens, []Site{Logits}, []Intervention{{Site: Embed, Scale: make([]float32, 16)}}},
		{"not finite", r.Tokens, []Site{Logits}, []Intervention{{Site: Embed, Shift: slices.Repeat([]float32{nan}, 8)}}},
		{"two interventions", r.Tokens, []Site{Logits}, []Intervention{{Site: Embed}, {Site: Embed}}},
	} {
		if _, err := m.Record(tc.tokens, tc.sites, tc.changes...); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("error %v, want one with %q", err, tc.want)
		}
	}
}

// TestPatternRows: attention is causal and every row sums to 1 with its sink.
func TestPatternRows(t *testing.T) {
	r, m := loadReference(t)
	rec, err := m.Record(r.Tokens, []Site{At(1, AttnPattern)})
	if err != nil {
		t.Fatal(err)
	}
	a := rec.Activations[0]
	if want := []int{2, 2, 6, 7}; !slices.Equal(a.Shape, want) {
		t.Fatalf("shape %v, want %v", a.Shape, want)
	}
	for i := 0; i < len(a.Data); i += 7 {
		row, query := a.Data[i:i+7], i/7%6
		sum := 0.0
		for k, x := range row {
			sum += float64(x)
			if k > query+1 && x != 0 {
				t.Errorf("query %d looks ahead at %d", query, k-1)
			}
		}
		if math.Abs(sum-1) > 1e-6 {
			t.Errorf("a row sums to %v", sum)
		}
	}
}

// TestPaddingChangesNothing: the same tokens in a longer program give the same
// values, since attention is causal.
func TestPaddingChangesNothing(t *testing.T) {
	c := NewConfig(32, 2, 32, 64)
	m, err := New(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	long := make([]int32, 40)
	for i := range long {
		long[i] = int32(i*7) % 32
	}
	all := logitsOf(t, m, [][]int32{long})
	short := logitsOf(t, m, [][]int32{long[:11]})
	if d := apart(short, all[:len(short)]); d > 1e-6 {
		t.Errorf("off by %g", d)
	}
	next, err := m.Next([][]int32{long[:11], long})
	if err != nil {
		t.Fatal(err)
	}
	if d := apart(next[0], short[10*32:]); d > 1e-6 {
		t.Errorf("Next is off by %g", d)
	}
	if d := apart(next[1], all[39*32:]); d > 1e-6 {
		t.Errorf("Next of the longer sequence is off by %g", d)
	}
}

// TestPaperScaleShapes builds the graph of the largest published model, loss
// and gradients included, and checks its shapes; nothing is compiled or run.
func TestPaperScaleShapes(t *testing.T) {
	c := NewConfig(2048, 8, 2048, 256)
	c.DPos = 32
	b, err := backend.Open()
	if err != nil {
		t.Fatal(err)
	}
	g := graph.NewGraph(b, "paper")
	defer g.Finalize()
	vars, weights := Vars{}, []*graph.Node{}
	for _, p := range c.Params() {
		vars[p.Name] = graph.Parameter(g, p.Name, shapes.Make(dtypes.Float32, p.Shape...))
		weights = append(weights, vars[p.Name])
	}
	tokens := graph.Parameter(g, "tokens", shapes.Make(dtypes.Int32, 8, 256))
	sites := 0
	logits := Forward(c, vars, tokens, func(s Site, x *graph.Node) *graph.Node {
		sites++
		if w, err := c.Width(s); err == nil && x.Shape().Dimensions[2] != w {
			t.Errorf("%s: shape %s, want width %d", s, x.Shape(), w)
		}
		return x
	})
	if sites != len(c.Sites()) {
		t.Errorf("the pass met %d sites, Sites lists %d", sites, len(c.Sites()))
	}
	if want := shapes.Make(logits.DType(), 8, 256, 2048); !logits.Shape().Equal(want) {
		t.Errorf("logits %s, want %s", logits.Shape(), want)
	}
	for i, grad := range graph.Gradient(CrossEntropy(logits, tokens), weights...) {
		if !slices.Equal(grad.Shape().Dimensions, c.Params()[i].Shape) {
			t.Errorf("gradient of %s: %s, want %v", c.Params()[i].Name, grad.Shape(), c.Params()[i].Shape)
		}
	}
}
