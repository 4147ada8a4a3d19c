package train

import (
	"fmt"
	"slices"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/tensorfile"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// Extension is what [RunWith] trains besides a model, or around a frozen one, in
// the same program: bridges are one. The zero value is none.
type Extension struct {
	// Kind is the kind of the run in the store and names the file of what is
	// trained, KIND.safetensors.
	Kind string
	// Identity is a part of the run's name: all that determines its result beside
	// the Config.
	Identity any
	// Program identifies the loss and the parameters: runs of one config and
	// Program share what is compiled.
	Program string
	Parents map[string]string // of the provenance

	Params []model.Param
	// Start gives the values that Params start at. It is called once, by a run
	// that begins.
	Start func() ([][]float32, error)
	// Rate multiplies the learning rate for Params.
	Rate float64
	// Fixed are inputs of the program that are not trained, in any number.
	Fixed []*tensors.Tensor
	// Frozen, where it is not nil, is the model, which then stays as it is; the
	// run's budgets play no part.
	Frozen *model.Model
	// Each, where it is not nil, is called with the metrics of every step, and may wait.
	// It is no part of what is trained.
	Each func(Metric)
	// Loss builds what is lowered, a scalar, and its terms, scalars, from the
	// model's parameters, Params, Fixed, and inputs and targets int32 [batch, seq].
	Loss func(vars model.Vars, params, fixed []*graph.Node, inputs, targets *graph.Node) (loss *graph.Node, terms []*graph.Node)
}

func (x Extension) kind() string {
	if x.Kind == "" {
		return kind
	}
	return x.Kind
}

func (x Extension) file() string { return x.Kind + ".safetensors" }

// check refuses what would train nothing, or something under another's name.
func (x Extension) check(c Config) error {
	switch {
	case x.Loss == nil && x.Frozen == nil && len(x.Params) == 0:
		return nil
	case x.Kind == "" || x.Kind == kind || x.Identity == nil || x.Program == "":
		return fmt.Errorf("train: an extension needs a Kind other than %q, an Identity and a Program", kind)
	case x.Loss == nil || x.Start == nil || len(x.Params) == 0 || !(x.Rate > 0):
		return fmt.Errorf("train: the extension %q needs a Loss, a Start, Params and a positive Rate", x.Kind)
	case x.Frozen != nil && x.Frozen.Config.Size(true) != c.Model.Size(true):
		return fmt.Errorf("train: the frozen model of the extension %q is not one of the config's; give its own config", x.Kind)
	}
	return nil
}

// begin puts what the extension adds where it starts.
func (t *trainer) begin() error {
	if len(t.extra.Params) == 0 {
		return nil
	}
	values, err := t.extra.Start()
	if err != nil {
		return err
	}
	for i, p := range t.extra.Params {
		if i >= len(values) || len(values[i]) != p.Size() {
			return fmt.Errorf("train: the extension %q starts %s with values that are not of shape %v", t.extra.Kind, p.Name, p.Shape)
		}
		t.weights[t.own+i] = tensors.FromFlatDataAndDimensions(values[i], p.Shape...)
	}
	return nil
}

// extraState is what the extension added, as it is stored.
func (t *trainer) extraState() (tensorfile.State, error) {
	var s tensorfile.State
	for i, p := range t.extra.Params {
		v, err := tensors.CopyFlatData[float32](t.weights[t.own+i])
		if err != nil {
			return s, fmt.Errorf("reading %s from the device: %w", p.Name, err)
		}
		s.Dense = append(s.Dense, tensorfile.Float32s(p.Name, p.Shape, v))
	}
	return s, nil
}

// read returns what the extension added to a run, nil where it adds nothing.
func (x Extension) read(c *artifact.Checkpoint) (map[string][]float32, error) {
	if len(x.Params) == 0 {
		return nil, nil
	}
	s, err := c.ReadState(x.file())
	if err != nil {
		return nil, err
	}
	values := map[string][]float32{}
	for _, p := range x.Params {
		t, ok := s.Find(p.Name)
		if !ok || !slices.Equal(t.Shape, p.Shape) {
			return nil, fmt.Errorf("%s holds no %s of shape %v", x.file(), p.Name, p.Shape)
		}
		if values[p.Name], err = t.Float32s(); err != nil {
			return nil, err
		}
	}
	return values, nil
}
