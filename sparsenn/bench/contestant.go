package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"strings"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/backend"
	"circuitbook/sparsenn/topk"
	"circuitbook/sparsenn/train"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// prepare makes the contestants that run in this program: ours, and GoMLX's TopK.
func prepare(ctx context.Context, t Task) (contestant, error) {
	b, err := backend.OpenContext(ctx, nil)
	if err != nil {
		return contestant{}, err
	}
	var c contestant
	if t.Op == opStep {
		c, err = prepareStep(ctx, t)
	} else {
		c, err = prepareSelection(t)
	}
	c.ready.Versions = versions(backend.Describe(b))
	return c, err
}

// versions are those of what this program runs on.
func versions(info backend.Info) map[string]string {
	v := map[string]string{"go": strings.TrimPrefix(runtime.Version(), "go"), "backend": info.Name, "plugin": info.Plugin}
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, m := range build.Deps {
			if name, ok := strings.CutPrefix(m.Path, "github.com/gomlx/"); ok && !strings.Contains(name, "/") {
				v[name] = m.Version
			}
		}
	}
	return v
}

// selection is a graph of the input and k to what it computes, the last output a
// scalar: to read it is to wait for all.
type selection struct {
	graph func(x, k *Node) []*Node
	kept  func(out []*tensors.Tensor, t Task) ([]int, error)
}

func (t Task) selection() (selection, error) {
	flat := func(x *Node) *Node { return Reshape(x, x.Shape().Size()) }
	first := func(x *Node) *Node { return Reshape(Slice(flat(x), AxisRange(0, 1))) }
	bare := func(x *Node) []*Node {
		values, indices := TopK(Abs(x), t.K, -1)
		return []*Node{values, indices, first(values)}
	}
	switch t.Op + " " + t.Contestant {
	case "mask ours":
		return selection{func(x, k *Node) []*Node {
			s := topk.Mask(x, k, topk.NeuronFloor{})
			return []*Node{s.Mask, s.Count}
		}, keptMask}, nil
	case "abstopk ours":
		return selection{func(x, _ *Node) []*Node {
			y := topk.AbsTopK(x, t.K)
			return []*Node{y, first(y)}
		}, keptNonzero}, nil
	case "mask gomlx.TopK":
		return selection{func(x, _ *Node) []*Node { return bare(flat(x)) }, keptIndices}, nil
	case "abstopk gomlx.TopK":
		return selection{func(x, _ *Node) []*Node { return bare(x) }, keptIndices}, nil
	case "abstopk gomlx.TopK+mask":
		return selection{func(x, _ *Node) []*Node {
			values, _ := TopK(Abs(x), t.K, -1)
			least := Slice(values, AxisRange(), AxisRange(t.K-1, t.K))
			y := Where(GreaterOrEqual(Abs(x), BroadcastToShape(least, x.Shape())), x, ZerosLike(x))
			return []*Node{y, first(y)}
		}, keptNonzero}, nil
	}
	return selection{}, fmt.Errorf("there is no contestant %q in %q", t.Contestant, t.Op)
}

func prepareSelection(t Task) (contestant, error) {
	s, err := t.selection()
	if err != nil {
		return contestant{}, err
	}
	v, err := readFloats(t.Input, t.Rows*t.Cols)
	if err != nil {
		return contestant{}, err
	}
	b, err := backend.Open()
	if err != nil {
		return contestant{}, err
	}
	e, err := NewExec(b, func(x, k *Node) []*Node { return s.graph(x, k) })
	if err != nil {
		return contestant{}, err
	}
	x := tensors.FromFlatDataAndDimensions(v, t.Rows, t.Cols)
	once := func() ([]*tensors.Tensor, error) {
		out, err := e.Call(x, int32(t.K))
		if err != nil {
			return nil, err
		}
		// The scalar output comes with the others.
		last := out[len(out)-1]
		if last.DType() == dtypes.Int32 {
			_, err = tensors.CopyFlatData[int32](last)
		} else {
			_, err = tensors.CopyFlatData[float32](last)
		}
		return out, err
	}
	out, err := once()
	if err != nil {
		return contestant{}, err
	}
	kept, err := s.kept(out, t)
	if err != nil {
		return contestant{}, err
	}
	c := contestant{ready: Ready{Kept: len(kept)}}
	for _, i := range kept {
		c.ready.Sum += i
	}
	c.run = func() error {
		out, err := once()
		for _, o := range out {
			err = errors.Join(err, o.FinalizeAll())
		}
		return err
	}
	return c, c.run()
}

// The flat indices that a selection kept.

func keptMask(out []*tensors.Tensor, _ Task) (kept []int, err error) {
	mask, err := tensors.CopyFlatData[bool](out[0])
	for i, in := range mask {
		if in {
			kept = append(kept, i)
		}
	}
	return kept, err
}

func keptNonzero(out []*tensors.Tensor, _ Task) (kept []int, err error) {
	y, err := tensors.CopyFlatData[float32](out[0])
	for i, v := range y {
		if v != 0 {
			kept = append(kept, i)
		}
	}
	return kept, err
}

func keptIndices(out []*tensors.Tensor, t Task) (kept []int, err error) {
	indices, err := tensors.CopyFlatData[int32](out[1])
	for j, i := range indices {
		if t.Op == opAbsTopK {
			i += int32(j / t.K * t.Cols)
		}
		kept = append(kept, int(i))
	}
	return kept, err
}

// prepareStep has train.Run at work, which waits in Extension.Each between its
// steps: a repetition lets it do one. It takes in all that a run does per step: the
// batch drawn on the host and sent, the program, the counts read back.
func prepareStep(ctx context.Context, t Task) (contestant, error) {
	if t.Step == nil {
		return contestant{}, errors.New("the task of a step lacks its config")
	}
	c := t.Train
	if t.Contestant == oursDense {
		c = c.Dense()
	}
	steps, next, ended := make(chan train.Metric), make(chan struct{}), make(chan struct{})
	var reason error // why it ended, once it has
	go func() {
		_, err := train.RunWith(ctx, c, train.Extension{Each: func(m train.Metric) {
			steps <- m
			select {
			case <-next:
			case <-ctx.Done():
			}
		}}, artifact.Options{SaveEvery: math.MaxInt64})
		reason = fmt.Errorf("the run ended: %w", err)
		close(ended)
	}()
	wait := func() (train.Metric, error) {
		select {
		case m := <-steps:
			if m.Violations > 0 {
				return m, fmt.Errorf("step %d: %d tensors are off their budget", m.Step, m.Violations)
			}
			return m, nil
		case <-ended:
			return train.Metric{}, reason
		}
	}
	again := func() (train.Metric, error) {
		select {
		case next <- struct{}{}:
			return wait()
		case <-ended:
			return train.Metric{}, reason
		}
	}
	m, err := wait()
	result := contestant{run: func() error { _, err := again(); return err }}
	for i := 1; err == nil && i <= t.Checked; i++ {
		result.ready.Losses = append(result.ready.Losses, m.Loss)
		if i < t.Checked {
			m, err = again()
		}
	}
	return result, err
}
