package ablate

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"circuitbook/sparsenn/backend"
	"circuitbook/sparsenn/internal/finite"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"golang.org/x/sync/errgroup"
)

// ChunkPairs is how many pairs a program takes at once; more are cut up, and
// two programs run side by side.
const ChunkPairs = 32

// Evaluator runs a set of examples through a model under masks. It is safe for
// concurrent use.
type Evaluator struct {
	Space   Space
	Options Options

	model   *model.Model
	means   *tensors.Tensor
	batches []*Batch
	backend compute.Backend
	pairs   int

	examples  []task.Example
	flatMeans []float32
}

// NewEvaluator prepares examples of one task for a model whose nodes, when left
// out, are held at the means of stats (at zero under Options.Zero; stats may
// then be nil).
func NewEvaluator(m *model.Model, stats *Stats, examples []task.Example, o Options) (*Evaluator, error) {
	sp, err := NewSpace(m.Config, o.Final)
	if err != nil {
		return nil, err
	}
	b, err := backend.Open()
	if err != nil {
		return nil, err
	}
	e := &Evaluator{Space: sp, Options: o, model: m, backend: b}
	means := make([]float32, sp.Len())
	if !o.Zero {
		if stats == nil {
			return nil, fmt.Errorf("evaluator: mean ablation needs the run's stats; make them with Measure, or ask for zero ablation")
		}
		if means = stats.Flat(sp); len(means) != sp.Len() {
			return nil, fmt.Errorf("evaluator: stats of %d nodes for a model of %d; they are of another model", len(means), sp.Len())
		}
		if digest := m.Digest(); stats.Weights != "" && stats.Weights != digest {
			return nil, fmt.Errorf("evaluator: stats of weights of digest %s for a model of %s; they are of another model", stats.Weights, digest)
		}
		if i := finite.First(means); i >= 0 {
			return nil, fmt.Errorf("evaluator: the mean of node %s is %v; measure the stats anew", sp.Node(i), means[i])
		}
	}
	e.flatMeans = means
	if e.means, err = backend.Tensor(means, sp.Len()); err != nil {
		return nil, fmt.Errorf("evaluator: means: %w", err)
	}
	return e.Of(examples, LengthOf(examples))
}

// Of is an evaluator of other examples for the same model and means, padded to
// length tokens (see [LengthOf]).
func (e *Evaluator) Of(examples []task.Example, length int) (*Evaluator, error) {
	if len(examples) == 0 {
		return nil, errors.New("evaluator: no examples given")
	}
	n := *e
	n.pairs, n.batches, n.examples = len(examples), nil, examples
	for chunk := range slices.Chunk(examples, ChunkPairs) {
		b, err := NewBatch(e.model.Config, chunk, length)
		if err != nil {
			return nil, fmt.Errorf("evaluator: %w", err)
		}
		n.batches = append(n.batches, b)
	}
	return &n, nil
}

// Pairs is the number of examples.
func (e *Evaluator) Pairs() int { return e.pairs }

// With is an evaluator of the same examples, masks and means for a model that
// differs in the values of its parameters only.
func (e *Evaluator) With(m *model.Model) *Evaluator {
	n := *e
	n.model = m
	return &n
}

// Margins runs all examples with the nodes of the mask kept and the others held
// at their means.
func (e *Evaluator) Margins(mask Mask) (Margins, error) {
	z, err := e.gates(mask)
	if err != nil {
		return nil, err
	}
	parts := make([][]float32, len(e.batches))
	err = e.each(z, "margins", func(i int, out []*tensors.Tensor) (err error) {
		parts[i], err = tensors.CopyFlatData[float32](out[0])
		return err
	})
	if err != nil {
		return nil, err
	}
	return checked(slices.Concat(parts...))
}

// Gradient returns the mean task loss under a mask, in nats per example, and its
// derivative with respect to z of every node, where a node is z·x + (1−z)·mean:
// to first order, what keeping a node would add to the loss.
func (e *Evaluator) Gradient(mask Mask) (loss float64, gradient []float64, err error) {
	loss, gradient, _, err = e.GradientUnder(mask, Plain)
	return loss, gradient, err
}

// GradientUnder is Gradient of the loss after a calibration, with the margins
// before it.
func (e *Evaluator) GradientUnder(mask Mask, c Calibration) (loss float64, gradient []float64, m Margins, err error) {
	z, err := e.gates(mask)
	if err != nil {
		return 0, nil, nil, err
	}
	if loss, gradient, m, err = e.gradient(z, c); err != nil {
		return 0, nil, nil, err
	}
	if m, err = checked(m); err != nil {
		return 0, nil, nil, err
	}
	return loss, gradient, m, nil
}

func (e *Evaluator) gradient(z []float32, c Calibration) (loss float64, gradient []float64, m Margins, err error) {
	losses, parts, margins := make([]float64, len(e.batches)), make([][]float32, len(e.batches)), make([][]float32, len(e.batches))
	err = e.each(z, "gradient", func(i int, out []*tensors.Tensor) (err error) {
		losses[i] = float64(tensors.ToScalar[float32](out[0]))
		if parts[i], err = tensors.CopyFlatData[float32](out[1]); err == nil {
			margins[i], err = tensors.CopyFlatData[float32](out[2])
		}
		return err
	}, float32(c.Scale), float32(c.Shift))
	if err != nil {
		return 0, nil, nil, err
	}
	gradient = make([]float64, e.Space.Len())
	for i, b := range e.batches {
		share := float64(b.Pairs) / float64(e.pairs)
		loss += share * losses[i]
		for j, x := range parts[i] {
			gradient[j] += share * float64(x)
		}
	}
	return loss, gradient, slices.Concat(margins...), nil
}

// gates is a mask as numbers.
func (e *Evaluator) gates(mask Mask) ([]float32, error) {
	if len(mask) != e.Space.Len() {
		return nil, fmt.Errorf("evaluator: a mask of %d nodes for a space of %d", len(mask), e.Space.Len())
	}
	z := make([]float32, len(mask))
	for i, kept := range mask {
		if kept {
			z[i] = 1
		}
	}
	return z, nil
}

// each runs a program over every batch, two at a time: XLA on a CPU leaves a
// core idle half of the time. The order of sums does not depend on it.
func (e *Evaluator) each(z []float32, what string, take func(i int, out []*tensors.Tensor) error, more ...any) error {
	var group errgroup.Group
	group.SetLimit(2)
	for i, b := range e.batches {
		group.Go(func() error {
			exec, err := e.program(b, what)
			if err != nil {
				return err
			}
			args := append(e.model.Inputs(), z, e.means)
			out, err := exec.Call(append(append(args, b.Args()...), more...)...)
			if err != nil {
				return err
			}
			defer func() {
				for _, t := range out {
					_ = t.FinalizeAll()
				}
			}()
			return take(i, out)
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("evaluator: %w", err)
	}
	return nil
}

// Loss is the mean task loss under a mask in nats per example, and its standard
// error over examples.
func (e *Evaluator) Loss(mask Mask) (loss, standardError float64, err error) {
	m, err := e.Margins(mask)
	if err != nil {
		return 0, 0, err
	}
	loss, standardError = m.Mean()
	return loss, standardError, nil
}

// All is the mask that keeps every node.
func (e *Evaluator) All() Mask { return make(Mask, e.Space.Len()).Not() }

// programKey is all that shapes a program of an evaluator.
type programKey struct {
	what          string
	config        string
	options       Options
	pairs, length int
	oneAnswer     bool
}

var programs struct {
	sync.Mutex
	m map[programKey]*graph.Exec
}

func (e *Evaluator) program(b *Batch, what string) (*graph.Exec, error) {
	c, o, sp := e.model.Config, e.Options, e.Space
	config, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	o.Zero = false // the means are an input
	key := programKey{what, string(config), o, b.Pairs, b.Length, b.OneAnswer}
	programs.Lock()
	defer programs.Unlock()
	if x, ok := programs.m[key]; ok {
		return x, nil
	}
	x, err := graph.NewExec(e.backend, func(in []*graph.Node) []*graph.Node {
		vars, rest := c.Vars(in)
		z := rest[0]
		margins := gated(c, sp, o, b.OneAnswer, vars, z, rest[1], rest[2:])
		if what == "margins" {
			return []*graph.Node{margins}
		}
		scale, shift := rest[len(rest)-2], rest[len(rest)-1]
		sides := graph.Const(z.Graph(), [][]float32{{1, -1}})
		m := graph.Reshape(graph.Mul(margins, scale), b.Pairs, 2)
		m = graph.Add(m, graph.Mul(sides, shift))
		loss := graph.ReduceAllMean(softplusOf(graph.Neg(m)))
		return []*graph.Node{loss, graph.Gradient(loss, z)[0], margins}
	})
	if err != nil {
		return nil, fmt.Errorf("building the program: %w", err)
	}
	if programs.m == nil {
		programs.m = map[programKey]*graph.Exec{}
	}
	programs.m[key] = x.WithName(what)
	return x, nil
}
