package train

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// parts is what a batch needs that is computed in parts: the program of one, and
// what they add up to, on the device the gradients in the order of params, here the
// loss and the terms of an extension's.
type parts struct {
	program *Exec
	sums    []*tensors.Tensor
	losses  []float32
}

// rows is how many rows of a batch are computed at once.
func (c Config) rows() int {
	if c.Micro > 0 {
		return c.Micro
	}
	return c.Batch
}

// inParts makes the programs of a step whose batch does not fit into memory: one
// adds the gradient of a part, the other is the step from there.
func (t *trainer) inParts() (err error) {
	t.parts = &parts{}
	for _, p := range t.params {
		t.parts.sums = append(t.parts.sums, tensors.FromShape(shapes.Make(dtypes.Float32, p.Shape...)))
	}
	if t.parts.program, err = program(t, "part of a step", t.partGraph); err != nil {
		return err
	}
	t.train, err = program(t, "step of parts", t.sumGraph)
	return err
}

// partGraph adds a part's share to the sums. Inputs: the sums, weights, what is fixed,
// tokens int32 [rows, seq+1] and whether this is the first part, int32, whose sums are
// zero whatever the buffers hold. Outputs: the sums and float32 [1 + terms], the
// part's share of the losses.
func (t *trainer) partGraph(in []*Node) []*Node {
	n := len(t.params)
	sums, w, fixed := in[:n], in[n:2*n], in[2*n:2*n+len(t.fixed)]
	tokens, first := in[len(in)-2], in[len(in)-1]
	loss, terms := t.loss(w, fixed, tokens)
	share := float64(t.config.rows()) / float64(t.config.Batch)
	out := make([]*Node, n, n+1)
	for i, x := range Gradient(loss, w...) {
		x = MulScalar(x, share)
		out[i] = Where(Equal(first, OnesLike(first)), x, Add(sums[i], x))
	}
	return append(out, MulScalar(Stack(append([]*Node{loss}, terms...), 0), share))
}

// sumGraph is stepGraph with the sums of the parts in place of what is fixed and the
// tokens.
func (t *trainer) sumGraph(in []*Node) []*Node {
	n := len(t.params)
	grads, losses := in[3*n:4*n], in[4*n]
	list := make([]*Node, losses.Shape().Size())
	for i := range list {
		list[i] = Reshape(Slice(losses, AxisRange(i, i+1)))
	}
	return t.update(in[:n], in[n:2*n], in[2*n:3*n], grads, list, in[4*n+1], in[4*n+2])
}

// sum computes the parts of a batch, tokens [batch, seq+1].
func (t *trainer) sum(tokens []int32) error {
	c := t.config
	per := c.rows() * (c.SeqLen + 1)
	for i := range c.Batch / c.rows() {
		args, err := t.given(t.parts.sums)
		if err != nil {
			return err
		}
		for _, x := range t.weights {
			args = append(args, x)
		}
		for _, x := range t.fixed {
			args = append(args, x)
		}
		first := int32(0)
		if i == 0 {
			first = 1
		}
		args = append(args, tensors.FromFlatDataAndDimensions(tokens[i*per:(i+1)*per], c.rows(), c.SeqLen+1), first)
		out, err := t.parts.program.Call(args...)
		if err != nil {
			return fmt.Errorf("part %d of %d: %w", i+1, c.Batch/c.rows(), err)
		}
		n := len(t.params)
		t.parts.sums = out[:n:n]
		losses, err := tensors.CopyFlatData[float32](out[n])
		if err != nil {
			return err
		}
		_ = out[n].FinalizeAll()
		if i == 0 {
			t.parts.losses = losses
			continue
		}
		for j, x := range losses {
			t.parts.losses[j] += x
		}
	}
	return nil
}
