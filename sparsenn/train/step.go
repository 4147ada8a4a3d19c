package train

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"circuitbook/sparsenn/backend"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/topk"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// normEps is added to the gradient's RMS before it divides (Gao et al., §2.2).
const normEps = 1e-5

// NonFiniteError stops a run: a gradient or a weight of the step is NaN or
// infinite. The weights and moments are those before the step.
type NonFiniteError struct {
	Step   int    // from 0
	Tensor string // the first such parameter, in the model's order
	Of     string // "gradient" or "weight"
}

func (e *NonFiniteError) Error() string {
	return fmt.Sprintf("step %d: the %s of %s is not finite; the run keeps its last checkpoint: lower the learning rate, or look at the data", e.Step, e.Of, e.Tensor)
}

// trainer holds what a run has in memory: the programs and, on the device, the
// weights and both moments.
type trainer struct {
	config  Config
	extra   Extension
	backend compute.Backend
	params  []model.Param // trained: those of the model unless it is frozen, then those of extra
	own     int           // how many of params are the model's
	budgets []Budget
	fixed   []*tensors.Tensor // inputs that no step changes: a frozen model, then those of extra
	step    int               // steps done
	weights []*tensors.Tensor
	first   []*tensors.Tensor
	second  []*tensors.Tensor

	train, valid *Exec

	parts *parts // of a batch that is computed in parts, else nil
}

// newTrainer starts at the initial weights, projected where the schedule is
// sparse from the first step, with moments of zero. What an extension adds is
// zero until begin or load.
func newTrainer(c Config, x Extension) (*trainer, error) {
	b, err := backend.Open()
	if err != nil {
		return nil, err
	}
	t := &trainer{config: c, extra: x, backend: b}
	if x.Frozen == nil {
		t.params = c.Model.Params()
		if t.budgets, err = c.Budget(); err != nil {
			return nil, err
		}
	} else {
		for _, w := range x.Frozen.Inputs() {
			t.fixed = append(t.fixed, w.(*tensors.Tensor))
		}
	}
	t.own = len(t.params)
	t.fixed = append(t.fixed, x.Fixed...)
	for _, p := range t.params {
		v := p.Init(c.Seed)
		for _, bu := range t.budgets {
			if bu.Param.Name == p.Name {
				project(v, bu, c.KAt(bu, 0))
			}
		}
		t.weights = append(t.weights, tensors.FromFlatDataAndDimensions(v, p.Shape...))
		t.first = append(t.first, tensors.FromFlatDataAndDimensions(make([]float32, len(v)), p.Shape...))
		t.second = append(t.second, tensors.FromFlatDataAndDimensions(make([]float32, len(v)), p.Shape...))
	}
	t.params = append(t.params, x.Params...)
	for _, p := range x.Params {
		for _, list := range []*[]*tensors.Tensor{&t.weights, &t.first, &t.second} {
			*list = append(*list, tensors.FromFlatDataAndDimensions(make([]float32, p.Size()), p.Shape...))
		}
	}
	if c.rows() < c.Batch {
		err = t.inParts()
	} else {
		t.train, err = program(t, "step", t.stepGraph)
	}
	if err != nil {
		return nil, err
	}
	t.valid, err = program(t, "validation", t.validGraph)
	return t, err
}

// programs are the compiled programs of this process: a run that is resumed or
// repeated in it does not compile again.
var programs struct {
	sync.Mutex
	m map[string]*Exec
}

func program(t *trainer, name string, build func([]*Node) []*Node) (*Exec, error) {
	c := t.config
	// All that is an input of the programs, or known to the host alone.
	c.Corpus, c.Steps, c.Seed, c.LR, c.WarmUp, c.Schedule = corpus.Config{}, 0, 0, 0, 0, ""
	c.AnnealStart, c.AnnealEnd, c.ValidEvery, c.ValidWindows = 0, 0, 0, 0
	key, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	programs.Lock()
	defer programs.Unlock()
	id := fmt.Sprint(name, string(key), t.extra.Program, t.extra.Rate, t.extra.Frozen != nil)
	if e, ok := programs.m[id]; ok {
		return e, nil
	}
	e, err := NewExec(t.backend, build)
	if err != nil {
		return nil, fmt.Errorf("train: building the %s: %w", name, err)
	}
	if programs.m == nil {
		programs.m = map[string]*Exec{}
	}
	programs.m[id] = e.WithName(name)
	return e, nil
}

// project zeroes all but the support of a tensor on the host.
func project(v []float32, b Budget, k int) {
	keep := support(v, b, k)
	for i := range v {
		if !keep[i] {
			v[i] = 0
		}
	}
}

// support is the mask of the k positions of a tensor that the projection keeps.
func support(v []float32, b Budget, k int) []bool {
	if shape := b.Param.Shape; len(shape) == 2 {
		return topk.SelectMatrix(v, shape[0], shape[1], k, b.Floor)
	}
	return topk.Select(v, k)
}

// stepGraph is one training step as one program (Gao et al., §2.2, in its
// order): loss and gradient, gradient divided by its RMS, Adam, projection,
// weight decay.
//
// Inputs: weights, first moments, second moments (each in the order of
// params), what is fixed, tokens int32 [batch, seq+1], knobs float32 [3] = learning rate and
// the two bias corrections, k int32 [budgets].
//
// Outputs: weights, first and second moments after the step (those before it if
// anything is not finite), then float32 [2 + terms] = loss, gradient RMS and the
// terms of an extension's loss, and
// int32 [2·params + params + budgets] = whether each gradient and then each
// new weight is finite, the nonzeros of each weight, the size of each support.
func (t *trainer) stepGraph(in []*Node) []*Node {
	n := len(t.params)
	w, m, v := in[:n], in[n:2*n], in[2*n:3*n]
	fixed, rest := in[3*n:3*n+len(t.fixed)], in[3*n+len(t.fixed):]
	loss, terms := t.loss(w, fixed, rest[0])
	return t.update(w, m, v, Gradient(loss, w...), append([]*Node{loss}, terms...), rest[1], rest[2])
}

// update is what of a step follows the gradient: its outputs are the step's. losses are
// the loss and the terms of an extension's.
func (t *trainer) update(w, m, v, grads, losses []*Node, knobs, ks *Node) []*Node {
	n, c := len(t.params), t.config
	scalar := func(x *Node, i int) *Node { return Reshape(Slice(x, AxisRange(i, i+1))) }
	lr, fix1, fix2 := scalar(knobs, 0), scalar(knobs, 1), scalar(knobs, 2)

	// The model's gradient and an extension's are divided each by its own RMS.
	var sums [2]*Node
	var sizes [2]int
	group := func(i int) int {
		if i < t.own {
			return 0
		}
		return 1
	}
	flags := make([]*Node, 2*n)
	for i, g := range grads {
		squares := ReduceAllSum(Square(g))
		// A sum of squares is finite exactly if every entry is, up to
		// entries beyond 1e19, which are as fatal.
		flags[i] = IsFinite(squares)
		if k := group(i); sums[k] == nil {
			sums[k] = squares
		} else {
			sums[k] = Add(sums[k], squares)
		}
		sizes[group(i)] += t.params[i].Size()
	}
	var rms *Node // of the model, if it is trained
	var scales [2]*Node
	for k, sum := range sums {
		if sum == nil {
			continue
		}
		r := Sqrt(MulScalar(sum, 1/float64(sizes[k])))
		scales[k] = Reciprocal(AddScalar(r, normEps))
		if rms == nil {
			rms = r
		}
	}

	newW, newM, newV := make([]*Node, n), make([]*Node, n), make([]*Node, n)
	for i, g := range grads {
		g = Mul(g, scales[group(i)])
		newM[i] = Add(MulScalar(m[i], c.Beta1), MulScalar(g, 1-c.Beta1))
		newV[i] = Add(MulScalar(v[i], c.Beta2), MulScalar(Square(g), 1-c.Beta2))
		denominator := AddScalar(Mul(Sqrt(newV[i]), Sqrt(fix2)), c.Epsilon)
		rate := Mul(lr, fix1)
		if i >= t.own {
			rate = MulScalar(rate, t.extra.Rate)
		}
		newW[i] = Sub(w[i], Mul(rate, Div(newM[i], denominator)))
	}
	supports := t.project(newW, ks)
	ok := flags[0]
	nonzeros := make([]*Node, n)
	for i, p := range t.params {
		if p.Decay && c.WeightDecay > 0 {
			newW[i] = Mul(newW[i], OneMinus(MulScalar(lr, c.WeightDecay)))
		}
		flags[n+i] = IsFinite(ReduceAllSum(Square(newW[i])))
		ok = LogicalAnd(ok, LogicalAnd(flags[i], flags[n+i]))
		nonzeros[i] = ReduceAllSum(ConvertDType(NotEqual(newW[i], ZerosLike(newW[i])), dtypes.Int32))
	}
	var out []*Node
	for _, pair := range [][2][]*Node{{newW, w}, {newM, m}, {newV, v}} {
		for i := range pair[0] {
			out = append(out, Where(ok, pair[0][i], pair[1][i]))
		}
	}
	var counts []*Node
	for _, f := range flags {
		counts = append(counts, ConvertDType(f, dtypes.Int32))
	}
	counts = append(append(counts, nonzeros...), supports...)
	return append(out, Stack(append([]*Node{losses[0], rms}, losses[1:]...), 0), Stack(counts, 0))
}

// loss is what a step lowers, on tokens int32 [batch, seq+1], and the terms that
// an extension reports.
func (t *trainer) loss(w, fixed []*Node, tokens *Node) (loss *Node, terms []*Node) {
	inputs, targets := shift(tokens)
	own := w[:t.own]
	if t.extra.Frozen != nil {
		own, fixed = fixed[:len(fixed)-len(t.extra.Fixed)], fixed[len(fixed)-len(t.extra.Fixed):]
	}
	vars, _ := t.config.Model.Vars(own)
	if t.extra.Loss != nil {
		return t.extra.Loss(vars, w[t.own:], fixed, inputs, targets)
	}
	return model.CrossEntropy(model.Forward(t.config.Model, vars, inputs, nil), targets), nil
}

// project replaces the tensors that have a budget by their projections and
// returns the size of each support, as counted on the device.
func (t *trainer) project(w []*Node, ks *Node) (supports []*Node) {
	if len(t.budgets) == 0 {
		return nil
	}
	var sparse []topk.Tensor
	var at []int
	for i, p := range t.params {
		if j := len(sparse); j < len(t.budgets) && t.budgets[j].Param.Name == p.Name {
			k := Reshape(Slice(ks, AxisRange(j, j+1)))
			sparse = append(sparse, topk.Tensor{W: w[i], K: k, Floor: t.budgets[j].Floor})
			at = append(at, i)
		}
	}
	for j, s := range topk.Masks(sparse) {
		// Without this a non-finite weight would merely lose its place.
		poison := Where(s.Finite, Scalar(w[at[j]].Graph(), dtypes.Float32, 0), Scalar(w[at[j]].Graph(), dtypes.Float32, math.NaN()))
		w[at[j]] = Add(s.Apply(w[at[j]]), poison)
		supports = append(supports, s.Count)
	}
	return supports
}

// shift splits tokens [batch, seq+1] into inputs and targets [batch, seq].
func shift(tokens *Node) (inputs, targets *Node) {
	last := tokens.Shape().Dimensions[1] - 1
	return Slice(tokens, AxisRange(), AxisRange(0, last)), Slice(tokens, AxisRange(), AxisRange(1, last+1))
}

// validGraph takes the weights, what is fixed and tokens int32 [batch, seq+1]; it
// returns the model's loss and, per layer, the largest |post_act| of every neuron,
// [layers, DMLP]. Around a frozen model it returns the extension's loss alone.
func (t *trainer) validGraph(in []*Node) []*Node {
	n := len(in) - 1
	if t.extra.Frozen != nil {
		loss, _ := t.loss(in[:len(t.params)], in[len(t.params):n], in[n])
		return []*Node{loss}
	}
	vars, _ := t.config.Model.Vars(in)
	var peaks []*Node
	inputs, targets := shift(in[n])
	logits := model.Forward(t.config.Model, vars, inputs, func(s model.Site, x *Node) *Node {
		if s == model.At(len(peaks), model.MLPPostAct) {
			peaks = append(peaks, ReduceMax(Abs(x), 0, 1))
		}
		return x
	})
	return []*Node{model.CrossEntropy(logits, targets), Stack(peaks, 0)}
}

// do runs one step on tokens [batch, seq+1]. On a [NonFiniteError] the trainer
// is unchanged; after any other error its state is lost, since its buffers were
// given to the program, and the checkpoint must be loaded again.
func (t *trainer) do(tokens []int32) (Metric, error) {
	c, n := t.config, len(t.params)
	start := time.Now()
	lr := c.LearningRate(t.step)
	power := float64(t.step + 1)
	knobs := []float32{float32(lr), float32(1 / (1 - math.Pow(c.Beta1, power))), float32(1 / (1 - math.Pow(c.Beta2, power)))}
	ks := make([]int32, len(t.budgets))
	for i, b := range t.budgets {
		ks[i] = int32(c.KAt(b, t.step))
	}
	var last []any
	if t.parts == nil {
		for _, x := range t.fixed {
			last = append(last, x)
		}
		last = append(last, tensors.FromFlatDataAndDimensions(tokens, c.Batch, c.SeqLen+1))
	} else if err := t.sum(tokens); err != nil {
		return Metric{}, fmt.Errorf("step %d: %w", t.step, err)
	} else {
		for _, x := range t.parts.sums {
			last = append(last, x)
		}
		last = append(last, t.parts.losses)
	}
	args, err := t.given(t.weights, t.first, t.second)
	if err != nil {
		return Metric{}, fmt.Errorf("step %d: %w", t.step, err)
	}
	args = append(args, last...)
	if len(ks) == 0 {
		ks = []int32{0}
	}
	out, err := t.train.Call(append(args, knobs, ks)...)
	if err != nil {
		return Metric{}, fmt.Errorf("step %d: %w", t.step, err)
	}
	t.weights, t.first, t.second = out[:n:n], out[n:2*n:2*n], out[2*n:3*n:3*n]
	stats, err := tensors.CopyFlatData[float32](out[3*n])
	if err != nil {
		return Metric{}, fmt.Errorf("step %d: %w", t.step, err)
	}
	counts, err := tensors.CopyFlatData[int32](out[3*n+1])
	if err != nil {
		return Metric{}, fmt.Errorf("step %d: %w", t.step, err)
	}
	_ = out[3*n].FinalizeAll()
	_ = out[3*n+1].FinalizeAll()
	for i, f := range counts[:2*n] {
		if f == 0 {
			e := &NonFiniteError{Step: t.step, Tensor: t.params[i%n].Name, Of: "gradient"}
			if i >= n {
				e.Of = "weight"
			}
			return Metric{}, e
		}
	}
	met := Metric{Step: t.step, Loss: float64(stats[0]), LR: lr, GradRMS: float64(stats[1])}
	for _, x := range stats[2:] {
		met.Terms = append(met.Terms, float64(x))
	}
	met.count(t, ks[:len(t.budgets)], counts[2*n:3*n], counts[3*n:])
	t.step++
	met.TokensPerSecond = math.Round(float64(c.Batch*c.SeqLen) / time.Since(start).Seconds())
	return met, nil
}

// given are tensors as arguments whose buffers the program may write its outputs to.
func (t *trainer) given(groups ...[]*tensors.Tensor) (args []any, err error) {
	for _, group := range groups {
		for _, x := range group {
			d, err := DonateTensorBuffer(x, t.backend, 0)
			if err != nil {
				return nil, err
			}
			args = append(args, d)
		}
	}
	return args, nil
}

// validate returns the mean loss over windows [n, seq+1] and, per layer, how
// many neurons were zero at every token of them.
func (t *trainer) validate(windows []int32) (loss float64, dead []int, err error) {
	c := t.config
	per := c.rows() * (c.SeqLen + 1)
	peak := make([]float32, c.Model.Layers*c.Model.DMLP)
	batches := len(windows) / per
	for i := range batches {
		var args []any
		for _, w := range slices.Concat(t.weights, t.fixed) {
			args = append(args, w)
		}
		args = append(args, tensors.FromFlatDataAndDimensions(windows[i*per:(i+1)*per], c.rows(), c.SeqLen+1))
		out, err := t.valid.Call(args...)
		if err != nil {
			return 0, nil, fmt.Errorf("validation after step %d: %w", t.step, err)
		}
		loss += float64(tensors.ToScalar[float32](out[0])) / float64(batches)
		_ = out[0].FinalizeAll()
		if len(out) == 1 {
			continue
		}
		p, err := tensors.CopyFlatData[float32](out[1])
		if err != nil {
			return 0, nil, fmt.Errorf("validation after step %d: %w", t.step, err)
		}
		for j, x := range p {
			peak[j] = max(peak[j], x)
		}
		_ = out[1].FinalizeAll()
	}
	if t.extra.Frozen != nil {
		return loss, nil, nil
	}
	dead = make([]int, c.Model.Layers)
	for j, x := range peak {
		if x == 0 {
			dead[j/c.Model.DMLP]++
		}
	}
	return loss, dead, nil
}
