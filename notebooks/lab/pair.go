package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"circuitbook/sparsenn/bridge"
	"circuitbook/sparsenn/train"
	"circuitbook/viz"
	"circuitbook/viz/book"
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
	return bridgeOf(sparse, dense, must(bridge.Scale(sparse.spec.Scale)), false, options)
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
	p.b = interruptible(p.make)
	return p
}

// make makes the bridge, or loads it.
func (p *Pair) make(ctx context.Context) (*bridge.Bridge, error) {
	dense := (&Model{spec: p.spec.Dense}).Run()
	steps, name := p.spec.Config.Steps, "fitting a bridge"
	if p.spec.Joint {
		steps, name = p.spec.Sparse.Config.Steps, "training a sparse model with its bridge"
	}
	b := newBar(name, steps)
	o := train.Options{Progress: func(x train.Metric, steps int) { b.step(x.Step+1, fmt.Sprintf("loss %.3f", x.Loss)) }}
	var made *bridge.Bridge
	var err error
	if p.spec.Joint {
		made, err = bridge.Train(ctx, p.spec.Sparse.Config, dense, p.spec.Config, o)
	} else {
		made, err = bridge.Fit(ctx, (&Model{spec: p.spec.Sparse}).Run(), dense, p.spec.Config, o)
	}
	if bad := b.done(err == nil); err == nil {
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
		p.b = interruptible(p.make)
	}
	return p.b
}

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

// A BridgeReport is a bridge as measured on validation text.
type BridgeReport struct {
	*bridge.Report
	Note viz.Note
}

// Measure runs both models, and every hybrid that changes from one to the other once, on
// windows of validation text; 128 windows where it is given none.
func (p *Pair) Measure(windows ...int) BridgeReport {
	o := bridge.MeasureOptions{}
	if len(windows) > 0 {
		o.Windows = windows[0]
	}
	b := newBar("measuring the bridge", 1000)
	o.Progress = func(done, total int) { b.step(1000*done/total, "") }
	r := interruptible(func(ctx context.Context) (*bridge.Report, error) { return p.Bridge().Measure(ctx, o) })
	check(b.done(true))
	return BridgeReport{r, p.note("The bridge", fmt.Sprintf("Cross-entropy of hybrids of one switch, nats per token, on %d tokens.", r.Tokens))}
}

func (p *Pair) note(title, caption string) viz.Note {
	b := p.Bridge()
	return viz.Note{Title: title, Caption: caption, Provenance: viz.ProvenanceLine(map[string]any{
		"bridge": b.Name, "sparse": b.Sparse.Name, "dense": b.Dense.Name, "seed": b.Sparse.Config.Seed, "plugin": b.Sparse.Provenance.Plugin})}
}

// Bundle draws the path through both models.
func (r BridgeReport) Bundle() (viz.Bundle, error) {
	loss := func(l bridge.Loss) viz.BridgeLoss { return viz.BridgeLoss{CE: l.CE.Mean, KL: l.KL.Mean} }
	p := viz.BridgePath{Note: r.Note, Dense: loss(r.Dense), Sparse: loss(r.Sparse)}
	for _, b := range r.Boundaries {
		p.Boundaries = append(p.Boundaries, viz.BridgeBoundary{Site: string(b.Site), Encode: b.Encode, Decode: b.Decode,
			DenseToSparse: loss(b.DenseToSparse), SparseToDense: loss(b.SparseToDense)})
	}
	return p.Bundle()
}

// Claims are ce_dense, ce_sparse, worst_hybrid, kl_sparse and mean_kl, in nats per token.
func (r BridgeReport) Claims() []book.Stated {
	return []book.Stated{{Name: "ce_dense", Value: r.Dense.CE.Mean}, {Name: "ce_sparse", Value: r.Sparse.CE.Mean},
		{Name: "worst_hybrid", Value: r.Worst()}, {Name: "kl_sparse", Value: r.Sparse.KL.Mean}, {Name: "mean_kl", Value: r.MeanKL()}}
}

// Bundle says what the pair is.
func (p *Pair) Bundle() (viz.Bundle, error) {
	b := p.Bridge()
	t := viz.Table{Note: p.note("A bridge", ""), Columns: []viz.Column{{Name: ""}, {Name: "sparse"}, {Name: "dense"}},
		Rows: [][]any{
			{"run", b.Sparse.Name, b.Dense.Name},
			{"nonzero weights", b.Sparse.Model.L0(), b.Dense.Model.L0()},
			{"validation loss, nats per token", fmt.Sprintf("%.3f", b.Sparse.Valid()), fmt.Sprintf("%.3f", b.Dense.Valid())},
			{"boundaries", b.Boundaries(), nil},
		}}
	return t.Bundle()
}

// MarshalText is what is kept of a pair from cell to cell.
func (p *Pair) MarshalText() ([]byte, error) { return json.Marshal(p.spec) }

// UnmarshalText reads what MarshalText wrote.
func (p *Pair) UnmarshalText(text []byte) error { return json.Unmarshal(text, &p.spec) }
