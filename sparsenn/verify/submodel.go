package verify

import (
	"context"
	"fmt"
	"slices"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// Submodel is a piece of a model that runs: a circuit with everything else held at
// its mean, or the model with a circuit taken out. It predicts like the model
// (it is a task.Predictor) and can be recorded and changed like it. Its norms are
// live: a circuit with frozen ones, which take a second pass, is an error; [Run]
// measures it.
type Submodel struct {
	run     *train.Result
	changes []model.Intervention // one per site
	// calibration is the circuit's, for the circuit alone, and plain otherwise. It
	// is about the difference of two answers' logits.
	calibration ablate.Calibration
	answers     *task.Example // of which only the answers count; see Between
}

// Alone is the circuit, all else ablated.
func Alone(ctx context.Context, run *train.Result, c *circuit.Circuit) (*Submodel, error) {
	return submodel(ctx, run, c, nodesOf(c), true)
}

// Without is the model, the circuit ablated.
func Without(ctx context.Context, run *train.Result, c *circuit.Circuit) (*Submodel, error) {
	return submodel(ctx, run, c, nodesOf(c), false)
}

// submodel keeps nodes at what they are and ablates all others, or the reverse, as the
// circuit was found under.
func submodel(ctx context.Context, run *train.Result, c *circuit.Circuit, nodes []circuit.Node, keep bool) (*Submodel, error) {
	if _, err := ablate.Parent(run, c); err != nil {
		return nil, err
	}
	o := optionsOf(c)
	if o.FreezeNorms {
		return nil, fmt.Errorf("the circuit of %s in %s was found with frozen norms (freeze_norms), and a part of a model runs with live ones: measure it with verify.Run, or prune without freeze_norms", c.Task, c.Run)
	}
	sp, err := ablate.NewSpace(run.Config.Model, o.Final)
	if err != nil {
		return nil, err
	}
	means := make([]float32, sp.Len())
	if !o.Zero {
		stats, err := ablate.Measure(ctx, run)
		if err != nil {
			return nil, err
		}
		means = stats.Flat(sp)
	}
	mask, err := sp.MaskOf(nodes)
	if err != nil {
		return nil, err
	}
	p := &Submodel{run: run, calibration: ablate.Plain}
	if keep {
		p.calibration = calibrationOf(c)
	}
	for s, site := range sp.Sites {
		x := model.Intervention{Site: model.Site(site)}
		for i := sp.Start[s]; i < sp.Start[s+1]; i++ {
			scale, shift := float32(0), means[i]
			if mask[i] == keep {
				scale, shift = 1, 0
			}
			x.Scale, x.Shift = append(x.Scale, scale), append(x.Shift, shift)
		}
		p.changes = append(p.changes, x)
	}
	return p, nil
}

// Between is the part with its logits read as its circuit's are: that of target
// is moved so that its lead over alt (over all others together, where alt is
// task.Any) is the one that the circuit's scale and shift make of it (Gao et al.,
// §3.5). It changes nothing where the circuit has none, and nothing about a model
// without a circuit. Without Between logits are as they come out.
func (p *Submodel) Between(target, alt int32) (*Submodel, error) {
	out := *p
	out.answers = &task.Example{Target: target, Alt: alt}
	if _, err := out.answers.Pick(make([]float32, p.run.Config.Model.Vocab)); err != nil {
		return nil, fmt.Errorf("part between two answers: %w", err)
	}
	return &out, nil
}

// Width is how many channels a site has.
func (p *Submodel) Width(s model.Site) (int, error) { return p.run.Config.Model.Width(s) }

// Calibration is how margins of two of its logits are to be read: as pruning fitted it for
// the circuit alone, and plain where they come so already, as after [Submodel.Between].
func (p *Submodel) Calibration() ablate.Calibration {
	if p.answers != nil {
		return ablate.Plain
	}
	return p.calibration
}

// read moves the logit of the target in a vector of logits.
func (p *Submodel) read(logits []float32) error {
	if p.answers == nil || p.calibration == ablate.Plain {
		return nil
	}
	l, err := p.answers.Pick(logits)
	if err != nil {
		return err
	}
	logits[p.answers.Target] = float32(read(l, p.calibration).Target)
	return nil
}

// Record is model.Record of the part: the interventions act after its own, x
// being what the part has at the site.
func (p *Submodel) Record(tokens [][]int32, sites []model.Site, changes ...model.Intervention) (*model.Recording, error) {
	all := slices.Clone(p.changes)
	for _, c := range changes {
		i := slices.IndexFunc(all, func(x model.Intervention) bool { return x.Site == c.Site })
		if i < 0 {
			all = append(all, c)
			continue
		}
		both, err := compose(all[i], c)
		if err != nil {
			return nil, err
		}
		all[i] = both
	}
	rec, err := p.run.Model.Record(tokens, sites, all...)
	if err != nil {
		return nil, err
	}
	for _, a := range rec.Activations {
		for i := 0; a.Site == model.Logits && i < a.Shape[0]*a.Shape[1]; i++ {
			if err := p.read(a.At(i/a.Shape[1], i%a.Shape[1])); err != nil {
				return nil, err
			}
		}
	}
	return rec, nil
}

// compose is one intervention that does first a, which has a value per channel,
// and then b.
func compose(a, b model.Intervention) (model.Intervention, error) {
	w := len(a.Scale)
	for _, v := range [][]float32{b.Scale, b.Shift} {
		if len(v)%w != 0 {
			return a, fmt.Errorf("intervention at %q: %d values for %d channels", b.Site, len(v), w)
		}
	}
	out := model.Intervention{Site: a.Site}
	for i := range max(w, len(b.Scale), len(b.Shift)) {
		scale, shift := float32(1), float32(0)
		if len(b.Scale) > 0 {
			scale = b.Scale[i%len(b.Scale)]
		}
		if len(b.Shift) > 0 {
			shift = b.Shift[i%len(b.Shift)]
		}
		out.Scale = append(out.Scale, scale*a.Scale[i%w])
		out.Shift = append(out.Shift, scale*a.Shift[i%w]+shift)
	}
	return out, nil
}

// Next returns the logits after each of the sequences, which may differ in
// length: [batch][Vocab].
func (p *Submodel) Next(sequences [][]int32) ([][]float32, error) {
	padded, last := model.Padded(sequences)
	if i := slices.Index(last, -1); i >= 0 {
		return nil, fmt.Errorf("sequence %d is empty; give at least one token", i)
	}
	rec, err := p.Record(padded, []model.Site{model.Logits})
	if err != nil {
		return nil, err
	}
	out := make([][]float32, len(sequences))
	for i, at := range last {
		out[i] = slices.Clone(rec.Activations[0].At(i, at))
	}
	return out, nil
}
