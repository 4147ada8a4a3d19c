package circuit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"circuitbook/sparsenn/tensorfile/lookalike"
)

// Decode reads a circuit from JSON. It refuses, by name and place, whatever it does
// not understand: another format, a version that it does not know, a field that
// the version does not have or that is there twice, a field that is missing. What
// it returns passes [Circuit.Check]. Numbers in Provenance come back as float64.
func Decode(data []byte) (*Circuit, error) {
	c, err := decode(data)
	if err == nil {
		err = c.Check()
	}
	if err != nil {
		return nil, fmt.Errorf("decode circuit: %w", err)
	}
	return c, nil
}

func decode(data []byte) (*Circuit, error) {
	if len(data) > maxFile {
		return nil, errTooLarge
	}
	data = bytes.TrimLeft(data, "\ufeff") // some editors put one there
	what := lookalike.Text(data[:min(len(data), lookalike.Head)])
	if !utf8.Valid(data) {
		return nil, errors.New(cmp.Or(what, "it is not UTF-8"))
	}
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if err := unmarshal(data, &head); err != nil {
		if what != "" {
			err = errors.New(what)
		}
		return nil, err
	}
	if head.Format != Format {
		return nil, fmt.Errorf("format is %q; a circuit file has \"format\": %q", head.Format, Format)
	}
	switch head.Version {
	case 1:
		return decode1(data)
	case versionBase, versionFrozen, versionWeights, versionRaw:
		return decode2(data)
	}
	return nil, fmt.Errorf("version is %d; this program knows versions 1 to %d: a file of a later one needs a newer circuitbook",
		head.Version, Version)
}

// decode2 reads versions 2 to 5.
func decode2(data []byte) (*Circuit, error) {
	var f file
	if err := strictly(data, &f); err != nil {
		return nil, err
	}
	for _, x := range []struct {
		name  string
		there bool
		since int
	}{{"freeze_norms", f.FreezeNorms != nil, versionFrozen}, {"weights", f.Weights != nil, versionWeights}, {"raw", f.Proof.raw(), versionRaw}} {
		if x.there && f.Version < x.since {
			return nil, fmt.Errorf("field %q is not known to version %d; it came with version %d", x.name, f.Version, x.since)
		}
	}
	c := &Circuit{Task: f.Task, Run: f.Run, Model: f.Model, Ablation: f.Ablation, Target: f.Target,
		Calibrated: f.Calibrated, LogitScale: f.LogitScale, LogitShift: f.LogitShift, Proof: f.Proof}
	if f.Weights != nil {
		c.Weights = *f.Weights
	}
	c.FreezeNorms = f.FreezeNorms != nil && *f.FreezeNorms
	if len(f.Provenance) > 0 {
		c.Provenance = f.Provenance
	}
	for i, n := range f.Nodes {
		node, err := ParseNode(n.Path)
		if err != nil {
			return nil, fmt.Errorf("nodes[%d]: %w", i, err)
		}
		c.Nodes = append(c.Nodes, Kept{Node: node, Mean: *n.Mean, Bias: n.Bias, Gate: n.Gate, Effect: n.Effect})
	}
	for i, e := range f.Edges {
		from, to, err := ends(c.Nodes, *e.From, *e.To)
		if err != nil {
			return nil, fmt.Errorf("edges[%d]: %w", i, err)
		}
		c.Edges = append(c.Edges, Edge{From: from, To: to, Weight: *e.Weight, Effect: e.Effect})
	}
	return c, nil
}

// ends are the nodes that an edge names by their places.
func ends(nodes []Kept, from, to int) (Node, Node, error) {
	for _, i := range []int{from, to} {
		if i < 0 || i >= len(nodes) {
			return Node{}, Node{}, fmt.Errorf("there is no node %d; the circuit has %d, counted from 0", i, len(nodes))
		}
	}
	return nodes[from].Node, nodes[to].Node, nil
}

// Load reads a circuit from a file; see [Decode].
func Load(path string) (*Circuit, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("load circuit: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("load circuit: %w", err)
	}
	c, err := Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// UnmarshalJSON reads what [Circuit.MarshalJSON] writes; see [Decode].
func (c *Circuit) UnmarshalJSON(data []byte) error {
	d, err := Decode(data)
	if err != nil {
		return err
	}
	*c = *d
	return nil
}

// unmarshal is json.Unmarshal with the place of a syntax error.
func unmarshal(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("byte %d: %w", syntax.Offset, err)
	}
	return err
}

// strictly unmarshals data into v, a pointer to a struct, and refuses what
// encoding/json lets pass: a field that the struct does not have or has in other
// letters, a field twice, a field missing that is not optional, and null.
func strictly(data []byte, v any) error {
	// First, so that what follows meets neither bad syntax nor the wrong types nor
	// nesting without end.
	if err := unmarshal(data, v); err != nil {
		return err
	}
	w := walker{dec: json.NewDecoder(bytes.NewReader(data)), known: map[reflect.Type][]field{}}
	return w.walk(reflect.TypeOf(v), "")
}

// field is what a struct's tag says.
type field struct {
	name     string
	typ      reflect.Type
	optional bool
}

type walker struct {
	dec   *json.Decoder
	known map[reflect.Type][]field
}

// walk follows the value that comes next, which is to be stored in a t.
func (w walker) walk(t reflect.Type, path string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	token, err := w.dec.Token()
	if err != nil {
		return err
	}
	switch token {
	case nil:
		return fmt.Errorf("%s is null; give it a value or leave it out", path)
	case json.Delim('['):
		for i := 0; w.dec.More(); i++ {
			if err := w.walk(element(t), path+"["+strconv.Itoa(i)+"]"); err != nil {
				return err
			}
		}
		_, err = w.dec.Token()
	case json.Delim('{'):
		err = w.object(t, path)
	}
	return err
}

// element is the type of what a value of type t holds; any for an any.
func element(t reflect.Type) reflect.Type {
	switch t.Kind() {
	case reflect.Slice, reflect.Map:
		return t.Elem()
	}
	return t
}

func (w walker) object(t reflect.Type, path string) error {
	fields := w.fields(t)
	seen := map[string]bool{}
	for w.dec.More() {
		token, err := w.dec.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		inner := strings.TrimPrefix(path+"."+name, ".")
		if seen[name] {
			return fmt.Errorf("field %q is there twice", inner)
		}
		seen[name] = true
		child := element(t)
		if t.Kind() == reflect.Struct {
			i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
			if i < 0 {
				return fmt.Errorf("field %q is not known; %s has %s", inner, cmp.Or(path, "the file"), names(fields))
			}
			child = fields[i].typ
		}
		if err := w.walk(child, inner); err != nil {
			return err
		}
	}
	for _, f := range fields {
		if !f.optional && !seen[f.name] {
			return fmt.Errorf("field %q is missing", strings.TrimPrefix(path+"."+f.name, "."))
		}
	}
	_, err := w.dec.Token()
	return err
}

// fields lists those of a struct; none for other types.
func (w walker) fields(t reflect.Type) []field {
	if t.Kind() != reflect.Struct {
		return nil
	}
	if f, ok := w.known[t]; ok {
		return f
	}
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		fields = append(fields, field{name, f.Type, options == "omitempty"})
	}
	w.known[t] = fields
	return fields
}

func names(fields []field) string {
	var out []string
	for _, f := range fields {
		out = append(out, f.name)
	}
	return strings.Join(out, ", ")
}
