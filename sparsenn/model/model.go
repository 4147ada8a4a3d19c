package model

import (
	"fmt"
	"maps"
	"slices"

	"circuitbook/sparsenn/backend"
	"circuitbook/sparsenn/internal/finite"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
)

// Model is a Config with values for its parameters. It does not change: With
// makes another one. It is safe for concurrent use.
type Model struct {
	Config Config

	params  []Param
	index   map[string]int
	values  [][]float32
	tensors []*tensors.Tensor
	backend compute.Backend
}

// New returns a model at its initial values, which are a function of seed.
func New(c Config, seed uint64) (*Model, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	values := map[string][]float32{}
	for _, p := range c.Params() {
		values[p.Name] = p.Init(seed)
	}
	return FromValues(c, values)
}

// FromValues makes a model of given parameters: for every name of c.Params its
// values in row-major order. A name too many, one missing, one of another size and
// a value that is NaN or infinite are errors. The slices are kept, not copied.
func FromValues(c Config, values map[string][]float32) (*Model, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	b, err := backend.Open()
	if err != nil {
		return nil, err
	}
	m := &Model{Config: c, params: c.Params(), index: map[string]int{}, backend: b}
	for i, p := range m.params {
		v, ok := values[p.Name]
		if !ok {
			return nil, fmt.Errorf("model: no values for %q, shape %v", p.Name, p.Shape)
		}
		if len(v) != p.Size() {
			return nil, fmt.Errorf("model: %q has %d values; its shape %v needs %d", p.Name, len(v), p.Shape, p.Size())
		}
		if err := checkFinite(p, v); err != nil {
			return nil, err
		}
		m.index[p.Name] = i
		m.values = append(m.values, v)
		on, err := backend.Tensor(v, p.Shape...)
		if err != nil {
			return nil, fmt.Errorf("model: %q: %w", p.Name, err)
		}
		m.tensors = append(m.tensors, on)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if _, ok := m.index[name]; !ok {
			return nil, fmt.Errorf("model: %q is not a parameter of this config", name)
		}
	}
	return m, nil
}

// checkFinite refuses weights of which nothing can come but NaN: all models go
// through here.
func checkFinite(p Param, v []float32) error {
	if i := finite.First(v); i >= 0 {
		return fmt.Errorf("model: value %d of %q is %v; the weights are damaged, or their training diverged: take others", i, p.Name, v[i])
	}
	return nil
}

// Values returns the values of a parameter, row-major. They must not be changed.
func (m *Model) Values(name string) ([]float32, error) {
	i, ok := m.index[name]
	if !ok {
		return nil, fmt.Errorf("model: no parameter %q; Config.Params lists them", name)
	}
	return m.values[i], nil
}

// With returns a model in which one parameter has other values and the rest is
// shared. Programs are shared too: weights are inputs, so nothing recompiles.
func (m *Model) With(name string, values []float32) (*Model, error) {
	i, ok := m.index[name]
	if !ok {
		return nil, fmt.Errorf("model: no parameter %q; Config.Params lists them", name)
	}
	p := m.params[i]
	if len(values) != p.Size() {
		return nil, fmt.Errorf("model: %d values for %q; its shape %v needs %d", len(values), name, p.Shape, p.Size())
	}
	if err := checkFinite(p, values); err != nil {
		return nil, err
	}
	n := *m
	n.values, n.tensors = slices.Clone(m.values), slices.Clone(m.tensors)
	n.values[i] = values
	var err error
	if n.tensors[i], err = backend.Tensor(values, p.Shape...); err != nil {
		return nil, fmt.Errorf("model: %q: %w", name, err)
	}
	return &n, nil
}

// Inputs returns the parameters as a program takes them, in the order of
// Config.Params; see [Config.Vars]. They must not be changed or donated.
func (m *Model) Inputs() []any {
	in := make([]any, len(m.tensors))
	for i, t := range m.tensors {
		in[i] = t
	}
	return in
}

// L0 counts the nonzero parameters, those of the bigram table left out.
func (m *Model) L0() int {
	n := 0
	for i, p := range m.params {
		if p.Kind == Bigram {
			continue
		}
		for _, v := range m.values[i] {
			if v != 0 {
				n++
			}
		}
	}
	return n
}
