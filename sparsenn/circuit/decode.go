package circuit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
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
