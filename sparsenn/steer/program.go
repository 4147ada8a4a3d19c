package steer

import (
	"fmt"
	"slices"

	"circuitbook/sparsenn/internal/compiled"
	"circuitbook/sparsenn/model"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// atOnce is how many sequences a program takes.
const atOnce = 32

// programs are those compiled so far, one for each config of a dense model, site and
// padded length. Weights, strength, coefficients and directions are inputs, so that
// steerers of several bridges share them.
var programs compiled.Programs

// batch is what one call runs: at most atOnce sequences.
type batch struct {
	site   model.Site
	tokens [][]int32
	shifts [][]float32 // of every sequence, [token·d_dense]
	last   []int       // the token whose answer is asked for
	all    bool        // that token counts among the others, too
	want   []int32
	have   []int32
}

// result is what a call says of a sequence.
type result struct {
	want, have float64 // probability of both answers among the whole vocabulary
	twoWay     float64 // of the wanted one between the two
	otherKL    float64 // mean of KL(as it is ‖ steered) over all tokens but last, nats per token
	changed    float64 // share of these tokens whose most probable next token is another
	others     int
}

// run runs sequences as they are and steered, side by side.
func (s *Steerer) run(x batch) ([]result, error) {
	c := s.Bridge.Dense.Config.Model
	longest := 1
	for _, t := range x.tokens {
		longest = max(longest, len(t))
	}
	length := min(c.Context, (longest+15)/16*16)
	tokens := make([]int32, atOnce*length)
	shift := make([]float32, atOnce*length*c.DModel)
	others := make([]float32, atOnce*length)
	last, want, have := make([]int32, atOnce), make([]int32, atOnce), make([]int32, atOnce)
	for b, t := range x.tokens {
		copy(tokens[b*length:], t)
		copy(shift[b*length*c.DModel:], x.shifts[b])
		for i := range t {
			if x.all || i != x.last[b] {
				others[b*length+i] = 1
			}
		}
		last[b], want[b], have[b] = int32(x.last[b]), x.want[b], x.have[b]
	}
	exec, err := programs.Get(fmt.Sprintf("steer %s %d %+v", x.site, length, c), func(in []*Node) []*Node { return graph(c, x.site, in) })
	if err != nil {
		return nil, fmt.Errorf("steer at %s: %w", x.site, err)
	}
	args := slices.Concat(s.Bridge.Dense.Model.Inputs(), []any{
		tensors.FromFlatDataAndDimensions(tokens, atOnce, length),
		tensors.FromFlatDataAndDimensions(shift, atOnce, length, c.DModel),
		tensors.FromFlatDataAndDimensions(others, atOnce, length),
		last, want, have})
	out, err := exec.Call(args...)
	if err != nil {
		return nil, fmt.Errorf("steer at %s: %w", x.site, err)
	}
	v, err := tensors.CopyFlatData[float32](out[0])
	if err != nil {
		return nil, fmt.Errorf("steer at %s: %w", x.site, err)
	}
	_ = out[0].FinalizeAll()
	var results []result
	for b := range x.tokens {
		at := func(row int) float64 { return float64(v[row*atOnce+b]) }
		r := result{want: at(0), have: at(1), twoWay: at(2), otherKL: at(3), changed: at(4), others: len(x.tokens[b]) - 1}
		if r.want-r.want != 0 || r.otherKL-r.otherKL != 0 {
			return nil, fmt.Errorf("steer at %s: the answer to sequence %d is not finite; lower the strength", x.site, b)
		}
		results = append(results, r)
	}
	return results, nil
}

// graph takes the dense model's parameters, tokens int32 [batch, seq], what is added
// at the site [batch, seq, d_dense], which tokens count as others [batch, seq], and
// int32 [batch] each: the last token, the wanted answer and the other one. It returns
// the rows of result, [5, batch].
func graph(c model.Config, site model.Site, in []*Node) []*Node {
	vars, in := c.Vars(in)
	tokens, shift, others, last, want, have := in[0], in[1], in[2], in[3], in[4], in[5]
	base := model.Forward(c, vars, tokens, nil)
	steered := model.Forward(c, vars, tokens, func(at model.Site, x *Node) *Node {
		if at != site {
			return x
		}
		if c.DPos > 0 { // positions are read behind the residual stream's channels
			dims := x.Shape().Dimensions
			rest := Slice(x, AxisRange(), AxisRange(), AxisRange(c.DModel, dims[2]))
			return Concatenate([]*Node{Add(Slice(x, AxisRange(), AxisRange(), AxisRange(0, c.DModel)), shift), rest}, -1)
		}
		return Add(x, shift)
	})
	kl := model.TokenKL(base, steered)
	total := MaxScalar(ReduceSum(others, 1), 1)
	mean := func(x *Node) *Node { return Div(ReduceSum(Mul(x, others), 1), total) }
	top := func(x *Node) *Node { return ArgMax(x, -1) }
	changed := ConvertDType(NotEqual(top(base), top(steered)), others.DType())

	dims := tokens.Shape().Dimensions
	rows := Iota(tokens.Graph(), last.Shape(), 0)
	flat := Reshape(LogSoftmax(steered), dims[0]*dims[1]*c.Vocab)
	pick := func(id *Node) *Node {
		at := Add(MulScalar(Add(MulScalar(rows, dims[1]), last), c.Vocab), id)
		return Gather(flat, ExpandAxes(at, -1))
	}
	w, h := pick(want), pick(have)
	return []*Node{Stack([]*Node{Exp(w), Exp(h), Sigmoid(Sub(w, h)), mean(kl), mean(changed)}, 0)}
}
