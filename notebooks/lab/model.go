package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/train"
	"circuitbook/viz"
	"circuitbook/viz/book"
)

// A Model is a trained model: the run of a config.
type Model struct {
	spec modelSpec
	mu   sync.Mutex
	run  *train.Result
}

// A modelSpec is how a model is kept.
type modelSpec struct {
	Config    train.Config `json:"config"`
	Scale     string       `json:"scale"` // of the circuits that are sought in it
	Untrained bool         `json:"untrained,omitempty"`
	Pair      *pairSpec    `json:"pair,omitempty"` // it was trained with this bridge
}

// An Option changes the config of a model that [Train] is asked for.
type Option func(*train.Config)

// Seed sets the seed of the initial weights and of the batches; 0 by default.
func Seed(n int) Option { return func(c *train.Config) { c.Seed = uint64(n) } }

// Constant has the final density from the first step on, where the default anneals.
func Constant() Option { return func(c *train.Config) { c.Schedule = train.Constant } }

// Dense is the dense twin of the config: no sparsity in weights or activations.
func Dense() Option { return func(c *train.Config) { *c = c.Dense() } }

// Text has the model read every .py file of a folder, with the tokenizer of its size,
// in place of the scale's own text.
func Text(folder string) Option {
	return func(c *train.Config) { c.Corpus.Parts = folderParts(folder) }
}

// With changes a config in any other way:
//
//	Train("laptop", With(func(c *train.Config) { c.Steps = 500 }))
func With(change func(c *train.Config)) Option { return change }

// Train makes a model, resumes or loads it: what, or a change of it, determines which. It
// is the name of a scale, "tiny", "laptop" or "paper"; a JSON file of a train.Config; or a
// train.Config.
func Train(what any, options ...Option) *Model {
	spec := cell.Must(specOf(what))
	for _, o := range options {
		o(&spec.Config)
	}
	m := &Model{spec: spec}
	m.run = cell.Interruptible(m.make)
	return m
}

// specOf is the model that a first argument of Train means.
func specOf(what any) (modelSpec, error) {
	switch w := what.(type) {
	case train.Config:
		return modelSpec{Config: w, Scale: "laptop"}, nil
	case string:
		if filepath.Ext(w) != ".json" {
			c, err := train.Scale(w, 0)
			return modelSpec{Config: c, Scale: w}, err
		}
		data, err := os.ReadFile(w)
		if err != nil {
			return modelSpec{}, err
		}
		c, err := train.ParseConfig(data)
		if err != nil {
			return modelSpec{}, fmt.Errorf("%s: %w", w, err)
		}
		return modelSpec{Config: c, Scale: "laptop"}, nil
	}
	return modelSpec{}, fmt.Errorf("Train takes the name of a scale, a JSON file or a train.Config, not a %T", what)
}

// make makes the run of a model's config, or loads it.
func (m *Model) make(ctx context.Context) (*train.Result, error) {
	b := cell.NewBar("training, "+m.short(), m.spec.Config.Steps)
	run, err := train.Run(ctx, m.spec.Config, b.Options())
	if err == nil {
		b.Note(fmt.Sprintf("validation loss %.3f", run.Valid()))
	}
	if bad := b.Done(err == nil); err == nil {
		err = bad
	}
	return run, err
}

// short says in a few words which model it is.
func (m *Model) short() string {
	c := m.spec.Config
	kind := "sparse, annealed"
	switch {
	case m.spec.Untrained:
		kind = "untrained"
	case c.IsDense():
		kind = "dense"
	case c.Schedule == train.Constant:
		kind = "sparse, constant"
	case m.spec.Pair != nil:
		kind = "sparse, with its bridge"
	}
	return fmt.Sprintf("%s, seed %d", kind, c.Seed)
}

// String is like "sparse, annealed, seed 1 (2 layers of width 128)".
func (m *Model) String() string {
	return fmt.Sprintf("%s (%d layers of width %d)", m.short(), m.spec.Config.Model.Layers, m.spec.Config.Model.DModel)
}

// Run is the run as the engine's packages take it. In a cell after the one that made
// the model it is opened here.
func (m *Model) Run() *train.Result {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.run == nil {
		m.run = cell.Must(m.open())
	}
	return m.run
}

func (m *Model) open() (*train.Result, error) {
	switch {
	case m.spec.Untrained:
		return train.Untrained(m.spec.Config)
	case m.spec.Pair != nil:
		p := &Pair{spec: *m.spec.Pair}
		b, err := p.open()
		if err != nil {
			return nil, err
		}
		return b.Sparse, nil
	}
	run, err := train.Open(m.spec.Config)
	if err != nil {
		return nil, fmt.Errorf("the model (%s): %w", m.short(), err)
	}
	return run, nil
}

// Other is the model of the same config with changes, made, resumed or loaded.
func (m *Model) Other(options ...Option) *Model {
	spec := m.spec
	spec.Pair, spec.Untrained = nil, false
	for _, o := range options {
		o(&spec.Config)
	}
	other := &Model{spec: spec}
	other.run = cell.Interruptible(other.make)
	return other
}

// Seed is the model of another seed.
func (m *Model) Seed(n int) *Model { return m.Other(Seed(n)) }

// Twin is the dense twin: the same sizes, data, seed and tokens, every weight in use.
func (m *Model) Twin() *Model { return m.Other(Dense()) }

// Untrained is the model before its first step, within its final budget: a null control.
func (m *Model) Untrained() *Model {
	return &Model{spec: modelSpec{Config: m.spec.Config, Scale: m.spec.Scale, Untrained: true}}
}

// Valid is the validation loss, in nats per token.
func (m *Model) Valid() float64 { return m.Run().Valid() }

// L0 is the number of nonzero weights, the bigram table left out.
func (m *Model) L0() int { return m.Run().Model.L0() }

// Size is the number of parameters, the bigram table left out.
func (m *Model) Size() int { return m.spec.Config.Model.Size(false) }

// Seconds is how long training took.
func (m *Model) Seconds() float64 { return cell.Whole(m.Run().Provenance.WallSeconds) }

// Scale is the name of the model's scale, such as "laptop".
func (m *Model) Scale() string { return m.spec.Scale }

// Config is the config of the model's run.
func (m *Model) Config() train.Config { return m.spec.Config }

// Bundle is the model's card.
func (m *Model) Bundle() (viz.Bundle, error) {
	card, err := m.Run().Bundle()
	return viz.Bundle{HTML: card.HTML, SVG: card.SVG, Text: card.Text}, err
}

// Claims are valid_loss, in nats per token, l0, violations of the budget over all
// steps, and train_seconds.
func (m *Model) Claims() []book.Stated {
	r := m.Run()
	return []book.Stated{
		{Name: "valid_loss", Value: r.Valid()},
		{Name: "l0", Value: r.Model.L0()},
		{Name: "violations", Value: r.Violations()},
		{Name: "train_seconds", Value: m.Seconds()},
	}
}

// Export writes the model as a dense model.safetensors with its config.json into a
// folder, for other tools.
func (m *Model) Export(folder string) { cell.Check(m.Run().Export(folder)) }

// MarshalText is what is kept of a model from cell to cell.
func (m *Model) MarshalText() ([]byte, error) { return json.Marshal(m.spec) }

// UnmarshalText reads what MarshalText wrote; the run is opened where it is used.
func (m *Model) UnmarshalText(text []byte) error { return json.Unmarshal(text, &m.spec) }

// Note is what stands with the figures of a model.
func (m *Model) Note(title, caption string) viz.Note {
	r := m.Run()
	return viz.Note{Title: title, Caption: caption, Provenance: viz.ProvenanceLine(map[string]any{
		"run": r.Name, "seed": r.Config.Seed, "plugin": r.Provenance.Plugin})}
}

// Models are several models, to be compared.
type Models []*Model

// Bundle is a table of the models.
func (m Models) Bundle() (viz.Bundle, error) {
	t := viz.Table{Columns: []viz.Column{{Name: "model"}, {Name: "run"}, {Name: "layers"}, {Name: "width"}, {Name: "nonzero weights", Bar: true}, {Name: "validation loss, nats per token", Format: "%.3f"}, {Name: "seconds to train", Format: "%.0f"}}}
	for _, x := range m {
		r := x.Run()
		t.Rows = append(t.Rows, []any{x.short(), r.Name, r.Config.Model.Layers, r.Config.Model.DModel, r.Model.L0(), r.Valid(), x.Seconds()})
	}
	return t.Bundle()
}
