package circuit

import (
	"bytes"
	"circuitbook/sparsenn/stat"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/renameio/v2"
)

// Format and Version stand at the head of a circuit file. Decode reads every
// version up to Version, Encode writes the oldest that holds all of a circuit, but
// none before 2: what a circuit does not use changes neither its bytes nor the
// hashes over them. The package's doc describes them.
const (
	Format  = "circuitbook.circuit"
	Version = 5
)

// What each version brought.
const (
	versionBase    = 2
	versionFrozen  = 3 // freeze_norms
	versionWeights = 4 // weights
	versionRaw     = 5 // raw and faithfulness in the proof
)

// version is the one that a circuit is written in.
func (c *Circuit) version() int {
	switch {
	case c.Proof.raw():
		return versionRaw
	case c.Weights != "":
		return versionWeights
	case c.FreezeNorms:
		return versionFrozen
	}
	return versionBase
}

// maxFile is the largest file that is written or read, in bytes.
const maxFile = 64 << 20

// file is version 5 of the format; names that stand here are the ones that Decode
// understands.
type file struct {
	Format      string         `json:"format"`
	Version     int            `json:"version"`
	Task        string         `json:"task"`
	Run         string         `json:"run"`
	Weights     *string        `json:"weights,omitempty"` // nil before version 4
	Model       Shape          `json:"model"`
	Ablation    string         `json:"ablation"`
	FreezeNorms *bool          `json:"freeze_norms,omitempty"` // nil before version 3
	Target      float64        `json:"target"`
	Calibrated  bool           `json:"calibrated,omitempty"`
	LogitScale  float64        `json:"logit_scale,omitempty"`
	LogitShift  float64        `json:"logit_shift,omitempty"`
	Proof       *Proof         `json:"proof,omitempty"`
	Provenance  map[string]any `json:"provenance,omitempty"`
	Nodes       []fileNode     `json:"nodes"`
	Edges       []fileEdge     `json:"edges"`
}

// fileNode holds pointers so that a number left out is not taken for 0.
type fileNode struct {
	Path   string   `json:"path"`
	Mean   *float64 `json:"mean"`
	Bias   float64  `json:"bias,omitempty"`
	Gate   float64  `json:"gate,omitempty"`
	Effect *float64 `json:"effect,omitempty"`
}

// fileEdge names its ends by their place in nodes.
type fileEdge struct {
	From   *int     `json:"from"`
	To     *int     `json:"to"`
	Weight *float64 `json:"weight"`
	Effect *float64 `json:"effect,omitempty"`
}

// Encode writes a circuit as JSON, one line for each node and edge, in the oldest
// version of the format from 2 on that holds it. Equal circuits give equal bytes. A circuit that [Circuit.Check]
// refuses is an error, as is one that needs more than 64 MiB.
func Encode(c *Circuit) ([]byte, error) {
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("encode circuit: %w", err)
	}
	var w writer
	w.field("format", Format)
	w.field("version", c.version())
	w.field("task", c.Task)
	w.field("run", c.Run)
	if c.Weights != "" {
		w.field("weights", c.Weights)
	}
	w.field("model", c.Model)
	w.field("ablation", c.Ablation)
	if c.FreezeNorms {
		w.field("freeze_norms", true)
	}
	w.field("target", plain(c.Target))
	if c.Calibrated {
		w.field("calibrated", true)
	}
	if c.LogitScale != 0 {
		w.field("logit_scale", c.LogitScale)
	}
	if c.LogitShift != 0 {
		w.field("logit_shift", c.LogitShift)
	}
	if c.Proof != nil {
		w.field("proof", c.Proof.plain())
	}
	if len(c.Provenance) > 0 {
		w.field("provenance", plainValues(c.Provenance))
	}
	at := make(map[Node]int, len(c.Nodes))
	w.list("nodes", len(c.Nodes), func(i int) any {
		n := c.Nodes[i]
		at[n.Node] = i
		mean := plain(n.Mean)
		return fileNode{Path: n.String(), Mean: &mean, Bias: n.Bias, Gate: n.Gate, Effect: plainPointer(n.Effect)}
	})
	w.list("edges", len(c.Edges), func(i int) any {
		e := c.Edges[i]
		from, to := at[e.From], at[e.To]
		return fileEdge{From: &from, To: &to, Weight: &e.Weight, Effect: plainPointer(e.Effect)}
	})
	w.text.WriteString("\n}\n")
	if w.err != nil {
		return nil, fmt.Errorf("encode circuit: %w", w.err)
	}
	if w.text.Len() > maxFile {
		return nil, fmt.Errorf("encode circuit: %w", errTooLarge)
	}
	return w.text.Bytes(), nil
}

var errTooLarge = errors.New("it takes more than 64 MiB; a circuit that large is not one to be read, keep fewer nodes")

// Save writes a circuit to a file, whole or not at all: a file that is already
// there stays as it was until the new one is complete.
func (c *Circuit) Save(path string) error {
	text, err := Encode(c)
	if err != nil {
		return err
	}
	if err := renameio.WriteFile(path, text, 0o644); err != nil {
		return fmt.Errorf("save circuit: %w", err)
	}
	return nil
}

// MarshalJSON writes what [Encode] writes, so that a circuit inside another value
// has the same format.
func (c Circuit) MarshalJSON() ([]byte, error) { return Encode(&c) }

// writer writes an object field by field.
type writer struct {
	text bytes.Buffer
	err  error
}

func (w *writer) field(name string, v any) {
	w.name(name)
	w.value(v)
}

// list writes an array, an element a line.
func (w *writer) list(name string, n int, item func(i int) any) {
	w.name(name)
	w.text.WriteByte('[')
	for i := range n {
		if i > 0 {
			w.text.WriteByte(',')
		}
		w.text.WriteString("\n    ")
		w.value(item(i))
	}
	if n > 0 {
		w.text.WriteString("\n  ")
	}
	w.text.WriteByte(']')
}

func (w *writer) name(name string) {
	if w.text.Len() == 0 {
		w.text.WriteString("{\n")
	} else {
		w.text.WriteString(",\n")
	}
	fmt.Fprintf(&w.text, "  %q: ", name)
}

func (w *writer) value(v any) {
	enc := json.NewEncoder(&w.text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		w.err = errors.Join(w.err, err)
		return
	}
	w.text.Truncate(w.text.Len() - 1) // the newline
}

// plain turns −0 into 0: they are equal, so they are to give equal bytes.
func plain(v float64) float64 { return v + 0 }

func plainPointer(v *float64) *float64 {
	if v == nil {
		return nil
	}
	p := plain(*v)
	return &p
}

func (p Proof) plain() Proof {
	for _, e := range []*stat.Estimate{&p.Full, &p.Alone, &p.Removed, &p.RandomAlone, &p.RandomRemoved} {
		*e = plainEstimate(*e)
	}
	for _, e := range []**stat.Estimate{&p.Raw, &p.Faithfulness} {
		if *e != nil {
			*e = new(plainEstimate(**e))
		}
	}
	return p
}

func plainEstimate(e stat.Estimate) stat.Estimate {
	e.Mean, e.Lo, e.Hi = plain(e.Mean), plain(e.Lo), plain(e.Hi)
	return e
}

// raw says whether a proof has what came with version 5.
func (p *Proof) raw() bool { return p != nil && (p.Raw != nil || p.Faithfulness != nil) }

func plainValues(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		switch v := v.(type) {
		case float64:
			out[k] = plain(v)
		case float32:
			out[k] = plain(float64(v))
		default:
			out[k] = v
		}
	}
	return out
}
