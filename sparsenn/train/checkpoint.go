package train

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/tensorfile"

	"github.com/gomlx/gomlx/core/tensors"
)

// The files of a training checkpoint.
const (
	modelFile      = "model.safetensors"
	optimizerFile  = "optimizer.safetensors" // left out when the run is done
	metricsFile    = "metrics.jsonl"
	provenanceFile = "provenance.json"

	firstSuffix, secondSuffix = ".first_moment", ".second_moment"
)

// save writes a checkpoint of the trainer after its last step.
func (t *trainer) save(run *artifact.Run, done bool, metrics []Metric, p artifact.Provenance) error {
	weights, err := t.modelState()
	if err != nil {
		return err
	}
	var log []byte
	for _, m := range metrics {
		if log, err = artifact.AppendMetric(log, m); err != nil {
			return err
		}
	}
	provenance, err := p.JSON()
	if err != nil {
		return err
	}
	files := map[string]func(io.Writer) error{
		metricsFile:    writeBytes(log),
		provenanceFile: writeBytes(provenance),
	}
	if t.own > 0 {
		files[modelFile] = weights.Write
	}
	if len(t.extra.Params) > 0 {
		state, err := t.extraState()
		if err != nil {
			return err
		}
		files[t.extra.file()] = state.Write
	}
	if !done {
		moments, err := t.optimizerState()
		if err != nil {
			return err
		}
		files[optimizerFile] = moments.Write
	}
	return run.Save(t.step, done, files)
}

func writeBytes(b []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}
}

// modelState is the weights as they are stored: tensors with a budget by their
// support. The projection is idempotent, so that the support of the projected
// weights is that of the step, values of zero included.
func (t *trainer) modelState() (tensorfile.State, error) {
	var s tensorfile.State
	j := 0
	for i, p := range t.params[:t.own] {
		v, err := tensors.CopyFlatData[float32](t.weights[i])
		if err != nil {
			return s, fmt.Errorf("reading %s from the device: %w", p.Name, err)
		}
		if j == len(t.budgets) || t.budgets[j].Param.Name != p.Name {
			s.Dense = append(s.Dense, tensorfile.Float32s(p.Name, p.Shape, v))
			continue
		}
		b := t.budgets[j]
		sparse, err := tensorfile.Sparsify(p.Name, p.Shape, v, support(v, b, t.config.KAt(b, max(0, t.step-1))))
		if err != nil {
			return s, err
		}
		s.Sparse = append(s.Sparse, sparse)
		j++
	}
	return s, nil
}

func (t *trainer) optimizerState() (tensorfile.State, error) {
	var s tensorfile.State
	for i, p := range t.params {
		for _, m := range []struct {
			suffix string
			x      *tensors.Tensor
		}{{firstSuffix, t.first[i]}, {secondSuffix, t.second[i]}} {
			v, err := tensors.CopyFlatData[float32](m.x)
			if err != nil {
				return s, fmt.Errorf("reading the moments of %s from the device: %w", p.Name, err)
			}
			s.Dense = append(s.Dense, tensorfile.Float32s(p.Name+m.suffix, p.Shape, v))
		}
	}
	return s, nil
}

// load puts the trainer where a checkpoint was saved.
func (t *trainer) load(c *artifact.Checkpoint) ([]Metric, error) {
	values := map[string][]float32{}
	var err error
	if t.own > 0 {
		if values, err = readModel(c, t.config.Model); err != nil {
			return nil, err
		}
	}
	extra, err := t.extra.read(c)
	if err != nil {
		return nil, err
	}
	maps.Copy(values, extra)
	moments, err := c.ReadState(optimizerFile)
	if err != nil {
		return nil, err
	}
	read := func(p model.Param, suffix string) (*tensors.Tensor, error) {
		x, ok := moments.Find(p.Name + suffix)
		if !ok || !slices.Equal(x.Shape, p.Shape) {
			return nil, fmt.Errorf("%s holds no %s of shape %v", optimizerFile, p.Name+suffix, p.Shape)
		}
		v, err := x.Float32s()
		if err != nil {
			return nil, err
		}
		return tensors.FromFlatDataAndDimensions(v, p.Shape...), nil
	}
	n := len(t.params)
	weights, first, second := make([]*tensors.Tensor, n), make([]*tensors.Tensor, n), make([]*tensors.Tensor, n)
	for i, p := range t.params {
		weights[i] = tensors.FromFlatDataAndDimensions(values[p.Name], p.Shape...)
		if first[i], err = read(p, firstSuffix); err != nil {
			return nil, err
		}
		if second[i], err = read(p, secondSuffix); err != nil {
			return nil, err
		}
	}
	metrics, err := readMetrics(c)
	if err != nil {
		return nil, err
	}
	if len(metrics) != c.Step {
		return nil, fmt.Errorf("%s has %d lines at step %d", metricsFile, len(metrics), c.Step)
	}
	t.weights, t.first, t.second, t.step = weights, first, second, c.Step
	return metrics, nil
}

// readModel returns the dense values of every parameter.
func readModel(c *artifact.Checkpoint, m model.Config) (map[string][]float32, error) {
	s, err := c.ReadState(modelFile)
	if err != nil {
		return nil, err
	}
	// Shapes first: some bytes of a sparse tensor can claim any.
	shapes := map[string][]int{}
	for _, x := range s.Dense {
		shapes[x.Name] = x.Shape
	}
	for _, x := range s.Sparse {
		shapes[x.Name] = x.Shape
	}
	params := m.Params()
	for _, p := range params {
		if shape, ok := shapes[p.Name]; !ok || !slices.Equal(shape, p.Shape) {
			return nil, fmt.Errorf("%s holds no %s of shape %v", modelFile, p.Name, p.Shape)
		}
	}
	if len(shapes) != len(params) {
		return nil, fmt.Errorf("%s holds %d tensors, the model has %d", modelFile, len(shapes), len(params))
	}
	all, err := s.Densified()
	if err != nil {
		return nil, err
	}
	values := map[string][]float32{}
	for _, x := range all {
		if values[x.Name], err = x.Float32s(); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func readMetrics(c *artifact.Checkpoint) ([]Metric, error) {
	data, err := c.ReadFile(metricsFile)
	if err != nil {
		return nil, err
	}
	return artifact.ParseMetrics[Metric](metricsFile, data)
}

func readProvenance(c *artifact.Checkpoint) (p artifact.Provenance, err error) {
	data, err := c.ReadFile(provenanceFile)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return p, fmt.Errorf("%s: %w", provenanceFile, err)
	}
	return p, nil
}
