package lab

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/prune"
	"circuitbook/sparsenn/train"
	"errors"
)

// MadeIn says whether the search of a circuit was made in another model.
func (c *Circuit) MadeIn(m *Model) bool {
	_, err := prune.Open(m.Run(), cell.Must(c.taskOf()), c.Config().Prune)
	if errors.Is(err, artifact.ErrNotFound) {
		return false
	}
	cell.Check(err)
	return true
}

// Made says whether the model of the same config with changes has been trained.
func (m *Model) Made(options ...Option) bool {
	spec := m.spec
	for _, o := range options {
		o(&spec.Config)
	}
	_, err := train.Open(spec.Config)
	if errors.Is(err, artifact.ErrNotFound) {
		return false
	}
	cell.Check(err)
	return true
}
