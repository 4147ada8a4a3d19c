package ablate

import (
	"fmt"
	"strings"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/train"
)

// Parent says whether a circuit is of a run, and of these weights of it, and names
// what is not: the run, the model's shape, its digest, an edge, a bias. One name
// may stand for other weights, as where a run was made anew on another processor. A
// circuit without a digest is judged by its edges and biases.
//
// It returns the circuit as the model has it; see [circuit.Circuit.Match].
func Parent(run *train.Result, c *circuit.Circuit) (*circuit.Circuit, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if c.Run != run.Name {
		return nil, fmt.Errorf("the circuit is of %s, not of %s; open that run", c.Run, run.Name)
	}
	if shape := ShapeOf(run.Config.Model); c.Model != shape {
		return nil, fmt.Errorf("the circuit is of a model of shape %+v, the run's is %+v", c.Model, shape)
	}
	if digest := run.Model.Digest(); c.Weights != "" && c.Weights != digest {
		return nil, fmt.Errorf("the circuit is of %s with weights of digest %s; those here have %s: the run was trained anew, as on another processor; "+
			"open the weights that the circuit was found in, or find it anew", c.Run, c.Weights, digest)
	}
	return c.Match(Lookup(run.Model))
}

// Lookup gives the values of a model's parameters as [circuit.Build] asks for them:
// nil for biases of a model without.
func Lookup(m *model.Model) func(tensor string) ([]float32, error) {
	return func(name string) ([]float32, error) {
		if !m.Config.Bias && strings.HasSuffix(name, ".bias") {
			return nil, nil
		}
		return m.Values(name)
	}
}
