package train

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/model"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// pull is an extension whose parameter is pulled at a fixed vector: the loss is the
// squared distance, its one term twice that.
func pull(frozen *model.Model) Extension {
	return Extension{
		Kind: "pull", Identity: "at 3, −2", Program: "pull", Rate: 1, Frozen: frozen,
		Parents: map[string]string{"from": "nothing"},
		Params:  []model.Param{{Name: "point", Shape: []int{2}, Kind: "point"}},
		Start:   func() ([][]float32, error) { return [][]float32{{1, 1}}, nil },
		Fixed:   []*tensors.Tensor{tensors.FromFlatDataAndDimensions([]float32{3, -2}, 2)},
		Loss: func(vars model.Vars, params, fixed []*Node, inputs, targets *Node) (*Node, []*Node) {
			distance := ReduceAllSum(Square(Sub(params[0], fixed[0])))
			loss := distance
			if frozen == nil {
				loss = Add(loss, model.CrossEntropy(model.Forward(small().Model, vars, inputs, nil), targets))
			}
			return loss, []*Node{MulScalar(distance, 2)}
		},
	}
}

// TestExtensionBesideAModel: the model trains exactly as it does alone, since the
// extension's loss does not touch it, and the extension reaches its point.
func TestExtensionBesideAModel(t *testing.T) {
	t.Setenv(artifact.RootVariable, t.TempDir())
	c := small()
	c.LR = 0.1
	alone, err := Run(context.Background(), c, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	x := pull(nil)
	x.Rate = 3
	both, err := RunWith(context.Background(), c, x, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if both.Name == alone.Name || !strings.HasPrefix(both.Name, "pull-") {
		t.Errorf("the run is called %s, that of the model alone %s", both.Name, alone.Name)
	}
	for _, p := range c.Model.Params() {
		a, _ := alone.Model.Values(p.Name)
		b, _ := both.Model.Values(p.Name)
		for i := range a {
			if d := a[i] - b[i]; d > 1e-4 || d < -1e-4 {
				t.Fatalf("%s[%d] is %v with the extension and %v without", p.Name, i, b[i], a[i])
			}
		}
	}
	first, last := both.Metrics[0], both.Metrics[len(both.Metrics)-1]
	if want := float64(2 * (2*2 + 3*3)); len(first.Terms) != 1 || first.Terms[0] != want {
		t.Errorf("terms %v at the start, want %v", first.Terms, want)
	}
	if last.Terms[0] >= first.Terms[0]/2 {
		t.Errorf("the term went from %v to %v", first.Terms[0], last.Terms[0])
	}
	if first.L0 != alone.Metrics[0].L0 {
		t.Errorf("L0 is %d, and %d without the extension, which is not the model's", first.L0, alone.Metrics[0].L0)
	}
	if both.Provenance.Parents["from"] != "nothing" {
		t.Errorf("parents %v", both.Provenance.Parents)
	}
	again, err := openWith(c, x)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(again.Extra["point"], both.Extra["point"]) || len(both.Extra["point"]) != 2 {
		t.Errorf("opened %v, made %v", again.Extra, both.Extra)
	}
}

// TestExtensionAroundAFrozenModel: the model is handed back as it is and not stored.
func TestExtensionAroundAFrozenModel(t *testing.T) {
	t.Setenv(artifact.RootVariable, t.TempDir())
	c := small()
	c.LR = 0.5
	m, err := model.New(c.Model, 7)
	if err != nil {
		t.Fatal(err)
	}
	r, err := RunWith(context.Background(), c, pull(m), artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Model != m {
		t.Error("the model is another one")
	}
	if *r.Metrics[len(r.Metrics)-1].Valid >= r.Metrics[0].Loss || r.Metrics[0].L0 != 0 {
		t.Errorf("first %+v, last %+v", r.Metrics[0], r.Metrics[len(r.Metrics)-1])
	}
	files, err := filepath.Glob(filepath.Join(r.Dir, "checkpoint-*", "*.safetensors"))
	if err != nil || len(files) != 1 || filepath.Base(files[0]) != "pull.safetensors" {
		t.Errorf("stored %v, %v", files, err)
	}
	if _, err := os.Stat(r.Dir); err != nil {
		t.Error(err)
	}
}

func TestExtensionErrors(t *testing.T) {
	t.Setenv(artifact.RootVariable, t.TempDir())
	c := small()
	other := c.Model
	other.DModel *= 2
	big, err := model.New(other, 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Extension){
		"no kind":      func(x *Extension) { x.Kind = "" },
		"train's kind": func(x *Extension) { x.Kind = "train" },
		"no identity":  func(x *Extension) { x.Identity = nil },
		"no program":   func(x *Extension) { x.Program = "" },
		"no loss":      func(x *Extension) { x.Loss = nil },
		"no start":     func(x *Extension) { x.Start = nil },
		"no parameter": func(x *Extension) { x.Params = nil },
		"no rate":      func(x *Extension) { x.Rate = 0 },
		"other model":  func(x *Extension) { x.Frozen = big },
		"bad start":    func(x *Extension) { x.Start = func() ([][]float32, error) { return [][]float32{{1}}, nil } },
		"short start":  func(x *Extension) { x.Start = func() ([][]float32, error) { return nil, nil } },
	} {
		x := pull(nil)
		change(&x)
		if _, err := RunWith(context.Background(), c, x, artifact.Options{}); err == nil || !strings.HasPrefix(err.Error(), "train:") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
