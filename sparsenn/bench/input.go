package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/topk"
	"circuitbook/sparsenn/train"
)

// Step is what describes a training step, for ours and for the others.
type Step struct {
	Train  train.Config `json:"train"`  // all of ours
	Tokens string       `json:"tokens"` // file of int32 [batches, batch, seq+1]

	Batch       int         `json:"batch"`
	Seq         int         `json:"seq"`
	Layers      int         `json:"layers"`
	Heads       int         `json:"heads"`
	DHead       int         `json:"d_head"`
	Sparse      bool        `json:"sparse"` // activations
	LR          float64     `json:"lr"`
	Steps       int         `json:"steps"` // over which the rate falls to 0
	Beta1       float64     `json:"beta1"`
	Beta2       float64     `json:"beta2"`
	Epsilon     float64     `json:"epsilon"`
	WeightDecay float64     `json:"weight_decay"`
	Params      []StepParam `json:"params"`
	Checked     int         `json:"checked"` // losses to compare
}

// StepParam is a parameter of the step.
type StepParam struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
	K     int    `json:"k"` // size of its support, 0 for a dense one
	Floor int    `json:"floor"`
	Axis  int    `json:"axis"` // of its neurons
	Decay bool   `json:"decay"`
}

// stepConfig is the step of the comparison: d 128, 2 layers, batch 32×128,
// vocabulary 2048, everything sparse from the first step. The steps are so many
// that the rate hardly changes.
func stepConfig() train.Config {
	c := train.NewConfig(model.NewConfig(2048, 2, 128, 128), corpus.Config{Vocab: 2048, Parts: []corpus.Part{{Kind: corpus.KindSample, Weight: 1}}})
	c.Schedule, c.Steps, c.WarmUp, c.LR = train.Constant, 1<<20, 0, 0.02
	c.ValidEvery = c.Steps
	return c
}

// writeMatrix writes standard normal values: float32, little-endian, row-major.
func writeMatrix(path string, n int) error {
	rng := rand.New(rand.NewPCG(7, uint64(n)))
	return writeWords(path, n, func(int) uint32 { return math.Float32bits(float32(rng.NormFloat64())) })
}

func writeWords(path string, n int, word func(i int) uint32) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	var b [4]byte
	for i := range n {
		binary.LittleEndian.PutUint32(b[:], word(i))
		if _, err := w.Write(b[:]); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// readFloats reads a file of n float32.
func readFloats(path string, n int) ([]float32, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(data) != 4*n {
		return nil, fmt.Errorf("%s has %d bytes, not %d", path, len(data), 4*n)
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return v, nil
}

// batchesWritten is after how many steps the peers' batches repeat.
const batchesWritten = 32

// describe turns a config into what the peers need to know, without files.
func describe(c train.Config) (*Step, error) {
	budgets, err := c.Budget()
	if err != nil {
		return nil, err
	}
	s := &Step{
		Train: c, Batch: c.Batch, Seq: c.SeqLen, Layers: c.Model.Layers, Heads: c.Model.Heads, DHead: c.Model.DHead,
		Sparse: c.Model.AFrac > 0, LR: c.LR, Steps: c.Steps, Beta1: c.Beta1, Beta2: c.Beta2,
		Epsilon: c.Epsilon, WeightDecay: c.WeightDecay, Checked: 4,
	}
	for _, p := range c.Model.Params() {
		sp := StepParam{Name: p.Name, Shape: p.Shape, Axis: int(p.Neurons), Decay: p.Decay && c.WeightDecay > 0}
		if len(budgets) > 0 && budgets[0].Param.Name == p.Name {
			sp.K, sp.Floor = budgets[0].K, budgets[0].Floor.J
			budgets = budgets[1:]
		}
		s.Params = append(s.Params, sp)
	}
	return s, nil
}

// initial are the weights that a run starts at, all in one.
func (s *Step) initial() []float32 {
	var all []float32
	for i, p := range s.Train.Model.Params() {
		v, sp := p.Init(s.Train.Seed), s.Params[i]
		if sp.K > 0 {
			rows, cols := 1, len(v)
			if len(sp.Shape) == 2 {
				rows, cols = sp.Shape[0], sp.Shape[1]
			}
			keep := topk.SelectMatrix(v, rows, cols, sp.K, topk.NeuronFloor{J: sp.Floor, Axis: topk.Axis(sp.Axis)})
			for j := range v {
				if !keep[j] {
					v[j] = 0
				}
			}
		}
		all = append(all, v...)
	}
	return all
}

// inputs writes the files that a case needs into dir and returns its task.
func (c Case) inputs(ctx context.Context, dir string) (Task, error) {
	t := Task{Op: c.Op, Rows: c.Rows, Cols: c.Cols, K: c.K}
	if c.Op != opStep {
		n := c.Rows * c.Cols
		t.Input = filepath.Join(dir, fmt.Sprintf("normal-%d.f32", n))
		if info, err := os.Stat(t.Input); err == nil && info.Size() == int64(4*n) {
			return t, nil // of a case before
		}
		return t, writeMatrix(t.Input, n)
	}
	s, err := describe(stepConfig())
	if err != nil {
		return t, err
	}
	t.Step, t.Input, s.Tokens = s, filepath.Join(dir, "weights.f32"), filepath.Join(dir, "tokens.i32")
	w := s.initial()
	if err := writeWords(t.Input, len(w), func(i int) uint32 { return math.Float32bits(w[i]) }); err != nil {
		return t, err
	}
	text, err := corpus.Open(ctx, s.Train.Corpus, nil)
	if err != nil {
		return t, err
	}
	var tokens []int32
	for i := range batchesWritten {
		tokens = append(tokens, text.Train.Batch(s.Train.Seed, i, s.Batch, s.Seq+1)...)
	}
	return t, writeWords(s.Tokens, len(tokens), func(i int) uint32 { return uint32(tokens[i]) })
}
