package prune

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/tensorfile"
)

// The files of a pruning.
const (
	circuitFile    = "circuit.json"
	gatesFile      = "gates.safetensors"
	trialsFile     = "trials.jsonl"
	bestFile       = "best.json"
	provenanceFile = "provenance.json"
	gatesTensor    = "tau"
	maskTensor     = "mask"
)

// save stores the trials so far and the best of them.
func (w *work) save(done bool) error {
	now := time.Now()
	w.spent, w.since = w.spent+now.Sub(w.since).Seconds(), now
	w.provenance.WallSeconds = w.spent
	c, err := w.circuit(w.best)
	if err != nil {
		return err
	}
	c.Provenance = map[string]any{"seed": float64(w.config.Seed), "pruning": w.artifact.Name(), "plugin": w.provenance.Plugin}
	text, err := circuit.Encode(c)
	if err != nil {
		return err
	}
	var log []byte
	for _, t := range w.trials {
		if log, err = artifact.AppendMetric(log, t); err != nil {
			return err
		}
	}
	best, err := json.Marshal(w.best.trial)
	if err != nil {
		return err
	}
	provenance, err := w.provenance.JSON()
	if err != nil {
		return err
	}
	mask := make([]float32, len(w.best.mask))
	for i, kept := range w.best.mask {
		if kept {
			mask[i] = 1
		}
	}
	var state tensorfile.State
	state.Dense = append(state.Dense,
		tensorfile.Float32s(gatesTensor, []int{len(w.best.tau)}, w.best.tau),
		tensorfile.Float32s(maskTensor, []int{len(mask)}, mask))
	files := map[string]func(io.Writer) error{gatesFile: state.Write}
	for name, data := range map[string][]byte{circuitFile: text, trialsFile: log, bestFile: best, provenanceFile: provenance} {
		files[name] = func(out io.Writer) error {
			_, err := out.Write(data)
			return err
		}
	}
	// The last save follows the last trial without another one.
	step := 2 * len(w.trials)
	if done {
		step++
	}
	return w.artifact.Save(step, done, files)
}

// stored is what save wrote.
type stored struct {
	circuit    *circuit.Circuit
	best       Trial
	trials     []Trial
	tau, mask  []float32
	provenance artifact.Provenance
}

func read(c *artifact.Checkpoint) (s stored, err error) {
	file := func(name string, v any) {
		if err != nil {
			return
		}
		var data []byte
		if data, err = c.ReadFile(name); err == nil {
			if err = json.Unmarshal(data, v); err != nil {
				err = fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	file(bestFile, &s.best)
	file(provenanceFile, &s.provenance)
	if err != nil {
		return s, err
	}
	data, err := c.ReadFile(circuitFile)
	if err != nil {
		return s, err
	}
	if s.circuit, err = circuit.Decode(data); err != nil {
		return s, fmt.Errorf("%s: %w", circuitFile, err)
	}
	if data, err = c.ReadFile(trialsFile); err != nil {
		return s, err
	}
	if s.trials, err = artifact.ParseMetrics[Trial](trialsFile, data); err != nil {
		return s, err
	}
	state, err := c.ReadState(gatesFile)
	if err != nil {
		return s, err
	}
	for _, t := range state.Dense {
		v, err := t.Float32s()
		if err != nil {
			return s, err
		}
		switch t.Name {
		case gatesTensor:
			s.tau = v
		case maskTensor:
			s.mask = v
		}
	}
	if len(s.tau) == 0 || len(s.tau) != len(s.mask) {
		return s, fmt.Errorf("%s holds %d gates and a mask of %d", gatesFile, len(s.tau), len(s.mask))
	}
	return s, nil
}

// resume takes up the trials of the newest checkpoint, if there is one.
func (w *work) resume() error {
	checkpoint, problems, err := w.artifact.Latest()
	if err != nil {
		return err
	}
	for _, p := range problems {
		w.options.Say(p.Error())
	}
	if checkpoint == nil {
		return w.begin()
	}
	s, err := read(checkpoint)
	if err != nil {
		return err
	}
	if len(s.tau) != w.criterion.Space.Len() {
		return fmt.Errorf("%s holds gates of %d nodes, the model has %d", gatesFile, len(s.tau), w.criterion.Space.Len())
	}
	w.trials, w.provenance, w.spent = s.trials, s.provenance, s.provenance.WallSeconds
	w.best = &found{trial: s.best, tau: s.tau, mask: make([]bool, len(s.mask)), calibration: ablate.Plain}
	if s.circuit.Calibrated {
		w.best.calibration = ablate.Calibration{Scale: s.circuit.LogitScale, Shift: s.circuit.LogitShift}
	}
	for i, x := range s.mask {
		w.best.mask[i] = x != 0
	}
	w.options.Say(fmt.Sprintf("%s goes on after %d trials, %.0f of %.0f s", w.artifact.Name(), len(w.trials), w.spent, w.config.Budget))
	return nil
}

func (s *subject) load(a *artifact.Run) (*Result, error) {
	checkpoint, _, err := a.Latest()
	if err != nil {
		return nil, err
	}
	if checkpoint == nil || !checkpoint.Done {
		return nil, fmt.Errorf("%s is not finished", a.Name())
	}
	x, err := read(checkpoint)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.Name(), err)
	}
	return &Result{Config: s.config, Name: a.Name(), Dir: a.Dir(), Circuit: x.circuit, Best: x.best, Trials: x.trials, Tau: x.tau, Provenance: x.provenance}, nil
}
