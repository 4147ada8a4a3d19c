package model_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"circuitbook/sparsenn/backend"
	. "circuitbook/sparsenn/model"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// reference is what testdata/reference.py wrote: an independent NumPy
// implementation in float64, gradients by central differences.
type reference struct {
	Config  Config               `json:"config"`
	Tokens  [][]int32            `json:"tokens"`
	Targets [][]int32            `json:"targets"`
	Loss    float64              `json:"loss"`
	Params  map[string][]float32 `json:"params"`
	Grads   map[string][]float64 `json:"grads"`
	Sites   map[Site][]float64   `json:"sites"`
}

func loadReference(t testing.TB) (reference, *Model) {
	t.Helper()
	data, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	m, err := FromValues(r.Config, r.Params)
	if err != nil {
		t.Fatal(err)
	}
	return r, m
}

// TestPaperForwardPass compares every site of the forward pass with the
// reference, every option of the architecture switched on (Gao et al., §1).
func TestPaperForwardPass(t *testing.T) {
	r, m := loadReference(t)
	var sites []Site
	for _, s := range r.Config.Sites() {
		if _, ok := r.Sites[s]; ok {
			sites = append(sites, s)
		}
	}
	if len(sites) < 20 {
		t.Fatalf("the reference has %d known sites", len(sites))
	}
	rec, err := m.Record(r.Tokens, sites)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range rec.Activations {
		want := r.Sites[a.Site]
		if len(want) != len(a.Data) {
			t.Errorf("%s: %d values, want %d", a.Site, len(a.Data), len(want))
			continue
		}
		worst := 0.0
		for i, x := range a.Data {
			worst = max(worst, math.Abs(float64(x)-want[i]))
		}
		if !(worst < 1e-4) {
			t.Errorf("%s: off by %.2g", a.Site, worst)
		}
	}
}

// TestPaperGradients compares the gradient of the loss with respect to every
// parameter with the reference.
func TestPaperGradients(t *testing.T) {
	r, m := loadReference(t)
	b, err := backend.Open()
	if err != nil {
		t.Fatal(err)
	}
	params := r.Config.Params()
	exec, err := graph.NewExec(b, func(in []*graph.Node) []*graph.Node {
		vars := Vars{}
		for i, p := range params {
			vars[p.Name] = in[i]
		}
		n := len(params)
		loss := CrossEntropy(Forward(r.Config, vars, in[n], nil), in[n+1])
		return append([]*graph.Node{loss}, graph.Gradient(loss, in[:n]...)...)
	})
	if err != nil {
		t.Fatal(err)
	}
	var args []any
	for _, p := range params {
		v, err := m.Values(p.Name)
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, tensors.FromFlatDataAndDimensions(v, p.Shape...))
	}
	out, err := exec.Call(append(args, r.Tokens, r.Targets)...)
	if err != nil {
		t.Fatal(err)
	}
	if loss := tensors.ToScalar[float32](out[0]); math.Abs(float64(loss)-r.Loss) > 1e-5 {
		t.Errorf("loss %v, want %v", loss, r.Loss)
	}
	for i, p := range params {
		var norm, diff float64
		for j, x := range tensors.MustCopyFlatData[float32](out[1+i]) {
			d := float64(x) - r.Grads[p.Name][j]
			diff, norm = diff+d*d, norm+r.Grads[p.Name][j]*r.Grads[p.Name][j]
		}
		if !(math.Sqrt(diff) <= 1e-3*math.Sqrt(norm)+1e-7) {
			t.Errorf("gradient of %s: relative error %.2g", p.Name, math.Sqrt(diff/norm))
		}
		if norm == 0 && p.Kind != Position {
			t.Errorf("gradient of %s is zero: the reference tests nothing there", p.Name)
		}
	}
}
