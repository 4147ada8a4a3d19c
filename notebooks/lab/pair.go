package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/bridge"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/charts"
)

// A Pair is a sparse and a dense model with the bridge between them.
type Pair struct {
	spec pairSpec
	mu   sync.Mutex
	b    *bridge.Bridge
}

// A pairSpec is how a pair is kept.
type pairSpec struct {
	Sparse modelSpec     `json:"sparse"`
	Dense  modelSpec     `json:"dense"`
	Config bridge.Config `json:"config"`
	Joint  bool          `json:"joint,omitempty"` // the sparse model was trained with the bridge
}

// A BridgeOption changes the config of a bridge.
type BridgeOption func(*bridge.Config)

// Bridge ties a sparse model to a dense one that has been trained on the same tokens: at every
// boundary between sublayers an encoder and a decoder are fitted. The models stay as they are.
func Bridge(sparse, dense *Model, options ...BridgeOption) *Pair {
	return bridgeOf(sparse, dense, cell.Must(bridge.Scale(sparse.spec.Scale)), false, options)
}

// TrainBridged trains a sparse model of a config anew, together with the bridge to a dense
// one. Its sparse model is the pair's.
func TrainBridged(sparse, dense *Model, options ...BridgeOption) *Pair {
	return bridgeOf(sparse, dense, bridge.JointConfig(), true, options)
}

func bridgeOf(sparse, dense *Model, c bridge.Config, joint bool, options []BridgeOption) *Pair {
	for _, o := range options {
		o(&c)
	}
	p := &Pair{spec: pairSpec{Sparse: sparse.spec, Dense: dense.spec, Config: c, Joint: joint}}
	p.b = cell.Interruptible(p.make)
	return p
}

// make makes the bridge, or loads it.
func (p *Pair) make(ctx context.Context) (*bridge.Bridge, error) {
	dense := (&Model{spec: p.spec.Dense}).Run()
	steps, name := p.spec.Config.Steps, "fitting a bridge"
	if p.spec.Joint {
		steps, name = p.spec.Sparse.Config.Steps, "training a sparse model with its bridge"
	}
	b := cell.NewBar(name, steps)
	o := b.Options()
	var made *bridge.Bridge
	var err error
	if p.spec.Joint {
		made, err = bridge.Train(ctx, p.spec.Sparse.Config, dense, p.spec.Config, o)
	} else {
		made, err = bridge.Fit(ctx, (&Model{spec: p.spec.Sparse}).Run(), dense, p.spec.Config, o)
	}
	if bad := b.Done(err == nil); err == nil {
		err = bad
	}
	return made, err
}

// open opens the bridge, which is made already.
func (p *Pair) open() (*bridge.Bridge, error) { return p.make(context.Background()) }

// Bridge is the bridge as the engine's packages take it.
func (p *Pair) Bridge() *bridge.Bridge {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.b == nil {
		p.b = cell.Interruptible(p.make)
	}
	return p.b
}

// Config is how the bridge is fitted or trained.
func (p *Pair) Config() bridge.Config { return p.spec.Config }

// Sparse is the sparse model.
func (p *Pair) Sparse() *Model {
	spec := p.spec.Sparse
	if p.spec.Joint {
		spec.Pair = &p.spec
	}
	return &Model{spec: spec, run: p.Bridge().Sparse}
}

// Dense is the dense model.
func (p *Pair) Dense() *Model { return &Model{spec: p.spec.Dense, run: p.Bridge().Dense} }

func (p *Pair) note(title, caption string) viz.Note {
	b := p.Bridge()
	return viz.Note{Title: title, Caption: caption, Provenance: viz.ProvenanceLine(map[string]any{
		"bridge": b.Name, "sparse": b.Sparse.Name, "dense": b.Dense.Name, "seed": b.Sparse.Config.Seed, "plugin": b.Sparse.Provenance.Plugin})}
}

// String says between which models the bridge is.
func (p *Pair) String() string {
	return fmt.Sprintf("bridge between %s and %s", &Model{spec: p.spec.Sparse}, &Model{spec: p.spec.Dense})
}

// With is the bridge of the same models under a changed config, fitted or loaded.
func (p *Pair) With(options ...BridgeOption) *Pair {
	return bridgeOf(&Model{spec: p.spec.Sparse}, &Model{spec: p.spec.Dense}, p.spec.Config, p.spec.Joint, options)
}

// Claims are steps, fit_seconds and parameters.
func (p *Pair) Claims() []book.Stated {
	b := p.Bridge()
	s, d := b.Sparse.Config.Model.DModel, b.Dense.Config.Model.DModel
	return []book.Stated{{Name: "steps", Value: len(b.Metrics)}, {Name: "fit_seconds", Value: cell.Whole(b.Seconds)},
		{Name: "parameters", Value: b.Boundaries() * (2*s*d + s + d)}}
}

// terms are the terms of the loss over the steps of the fit.
func (p *Pair) terms() charts.Plot {
	b := p.Bridge()
	series := func(name string, term int) charts.Series {
		s := charts.Series{Name: name, Smooth: max(1, len(b.Metrics)/40)}
		for _, m := range b.Metrics {
			s.X, s.Y = append(s.X, float64(m.Step)), append(s.Y, m.Terms[term])
		}
		return s
	}
	return charts.Plot{Note: p.note("The terms of the loss over the fit", fmt.Sprintf("%d steps, after a regression on %d tokens. Points: single batches, means over %d boundaries.", len(b.Metrics), b.Config.RidgeTokens, b.Boundaries())),
		X: charts.Axis{Label: "step"},
		Panels: []charts.Panel{
			{Y: charts.Axis{Label: "NMSE", Include: []float64{0}}, Series: []charts.Series{series("encoders", 1), series("decoders", 2)}},
			{Y: charts.Axis{Label: "KL of hybrids, nats per token", Include: []float64{0}}, Series: []charts.Series{series("dense → sparse", 3), series("sparse → dense", 4)}, Height: 230},
		}}
}

// Bundle says what the pair is, and how its bridge was fitted.
func (p *Pair) Bundle() (viz.Bundle, error) {
	b := p.Bridge()
	t := viz.Table{Note: p.note("A bridge", ""), Columns: []viz.Column{{Name: ""}, {Name: "sparse"}, {Name: "dense"}},
		Rows: [][]any{
			{"run", b.Sparse.Name, b.Dense.Name},
			{"nonzero weights", b.Sparse.Model.L0(), b.Dense.Model.L0()},
			{"validation loss, nats per token", fmt.Sprintf("%.3f", b.Sparse.Valid()), fmt.Sprintf("%.3f", b.Dense.Valid())},
			{"boundaries", b.Boundaries(), nil},
		}}
	if len(b.Metrics) < 2 {
		return t.Bundle()
	}
	return cell.Page{t, p.terms()}.Bundle()
}

// MarshalText is what is kept of a pair from cell to cell.
func (p *Pair) MarshalText() ([]byte, error) { return json.Marshal(p.spec) }

// UnmarshalText reads what MarshalText wrote.
func (p *Pair) UnmarshalText(text []byte) error { return json.Unmarshal(text, &p.spec) }
