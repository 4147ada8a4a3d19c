package tensorfile

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// The parts of a sparse tensor NAME in a safetensors file: two tensors, and
// the shape in the metadata, written as "[out,in]".
const (
	valuesSuffix  = ".values"
	indicesSuffix = ".indices"
	shapeSuffix   = ".shape"
)

// State is what one safetensors file of a run holds: dense tensors, sparse
// ones, and strings.
type State struct {
	Dense    []Tensor
	Sparse   []Sparse
	Metadata map[string]string
}

// Write writes s as safetensors. Every sparse tensor is checked first; names
// have to be unique over dense and sparse tensors together, and a dense pair
// NAME.values and NAME.indices is refused, since it would be read back as a
// sparse tensor.
func (s State) Write(w io.Writer) error {
	tensors := slices.Clone(s.Dense)
	metadata := maps.Clone(s.Metadata)
	if metadata == nil {
		metadata = map[string]string{}
	}
	names := map[string]bool{}
	for _, t := range s.Dense {
		names[t.Name] = true
	}
	for _, t := range s.Dense {
		base, ok := strings.CutSuffix(t.Name, valuesSuffix)
		if ok && names[base+indicesSuffix] {
			return fmt.Errorf("dense tensors %q and %q are named like the parts of a sparse one", t.Name, base+indicesSuffix)
		}
		if _, shaped := metadata[base+shapeSuffix]; ok && shaped {
			return fmt.Errorf("dense tensor %q and metadata %q are named like parts of a sparse tensor", t.Name, base+shapeSuffix)
		}
	}
	for _, t := range s.Sparse {
		if err := t.Check(); err != nil {
			return err
		}
		if names[t.Name] {
			return fmt.Errorf("two tensors are named %q", t.Name)
		}
		names[t.Name] = true
		if _, taken := metadata[t.Name+shapeSuffix]; taken {
			return fmt.Errorf("metadata %q is the shape of sparse tensor %q", t.Name+shapeSuffix, t.Name)
		}
		shape, err := json.Marshal(append([]int{}, t.Shape...))
		if err != nil {
			return err
		}
		metadata[t.Name+shapeSuffix] = string(shape)
		k := []int{len(t.Indices)}
		tensors = append(tensors,
			Float32s(t.Name+valuesSuffix, k, t.Values),
			Int64s(t.Name+indicesSuffix, k, t.Indices))
	}
	return Write(w, metadata, tensors)
}

// ReadState reads all of a safetensors file, sparse tensors as such; both lists
// are sorted by name. A sparse tensor that lacks a part, or that [Sparse.Check]
// refuses, is a [FormatError] that names it.
func ReadState(f *File) (State, error) {
	s := State{Metadata: f.Metadata()}
	part := map[string]bool{}
	for _, name := range f.Names() {
		base, ok := strings.CutSuffix(name, valuesSuffix)
		if !ok {
			continue
		}
		_, indexed := f.Info(base + indicesSuffix)
		_, shaped := s.Metadata[base+shapeSuffix]
		if !indexed && !shaped {
			continue // a dense tensor that happens to be called so
		}
		t, err := f.readSparse(base)
		if err != nil {
			return State{}, err
		}
		s.Sparse = append(s.Sparse, t)
		part[name], part[base+indicesSuffix] = true, true
		delete(s.Metadata, base+shapeSuffix)
	}
	for _, name := range f.Names() {
		if part[name] {
			continue
		}
		if base, ok := strings.CutSuffix(name, indicesSuffix); ok {
			if _, shaped := s.Metadata[base+shapeSuffix]; shaped {
				return State{}, &FormatError{File: f.name, Tensor: base, Reason: "a sparse tensor without " + base + valuesSuffix}
			}
		}
		if part[name+valuesSuffix] {
			return State{}, &FormatError{File: f.name, Tensor: name, Reason: "both a dense and a sparse tensor have this name"}
		}
		t, err := f.Read(name)
		if err != nil {
			return State{}, err
		}
		s.Dense = append(s.Dense, t)
	}
	// The names of the parts sort otherwise than those of the tensors.
	slices.SortFunc(s.Sparse, func(a, b Sparse) int { return cmp.Compare(a.Name, b.Name) })
	return s, nil
}

// Finite is an error for the first number that is none.
func (s State) Finite(file string) error {
	check := func(name string, v []float32) error {
		for i, x := range v {
			if x-x != 0 {
				return &FormatError{File: file, Tensor: name, Reason: fmt.Sprintf("value %d is %v; what made it diverged: remove the run to make it anew, as with a lower learning rate", i, x)}
			}
		}
		return nil
	}
	for _, t := range s.Sparse {
		if err := check(t.Name, t.Values); err != nil {
			return err
		}
	}
	for _, t := range s.Dense {
		v, err := t.Float32s()
		if err != nil {
			continue // whole numbers
		}
		if err := check(t.Name, v); err != nil {
			return err
		}
	}
	return nil
}

// readSparse reads NAME.values, NAME.indices and the shape.
func (t *File) readSparse(name string) (Sparse, error) {
	fail := func(format string, args ...any) (Sparse, error) {
		return Sparse{}, &FormatError{File: t.name, Tensor: name, Reason: fmt.Sprintf(format, args...)}
	}
	text, ok := t.metadata[name+shapeSuffix]
	if !ok {
		return fail("a sparse tensor without metadata %q", name+shapeSuffix)
	}
	out := Sparse{Name: name}
	if err := json.Unmarshal([]byte(text), &out.Shape); err != nil || out.Shape == nil {
		return fail("metadata %q is %q, not a shape like [2,3]", name+shapeSuffix, text)
	}
	values, err := t.Read(name + valuesSuffix)
	if err != nil {
		return Sparse{}, err
	}
	indices, err := t.Read(name + indicesSuffix)
	if err != nil {
		return Sparse{}, err
	}
	if values.DType != F32 || len(values.Shape) != 1 || indices.DType != I64 || len(indices.Shape) != 1 {
		return fail("values are %s%v and indices %s%v instead of F32[k] and I64[k]", values.DType, values.Shape, indices.DType, indices.Shape)
	}
	out.Values, out.Indices = values.Data.([]float32), indices.Data.([]int64)
	if err := out.Check(); err != nil {
		return fail("%v", err)
	}
	return out, nil
}

// Find returns the dense tensor of that name.
func (s State) Find(name string) (Tensor, bool) {
	for _, t := range s.Dense {
		if t.Name == name {
			return t, true
		}
	}
	return Tensor{}, false
}

// FindSparse returns the sparse tensor of that name.
func (s State) FindSparse(name string) (Sparse, bool) {
	for _, t := range s.Sparse {
		if t.Name == name {
			return t, true
		}
	}
	return Sparse{}, false
}

// Densified returns all tensors in dense form, sorted by name: what [Export]
// takes.
func (s State) Densified() ([]Tensor, error) {
	out := slices.Clone(s.Dense)
	for _, t := range s.Sparse {
		data, err := t.Dense()
		if err != nil {
			return nil, err
		}
		out = append(out, Float32s(t.Name, slices.Clone(t.Shape), data))
	}
	slices.SortStableFunc(out, func(a, b Tensor) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}
