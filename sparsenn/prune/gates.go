package prune

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/task"
)

// gates is gate training under way: one τ per node (Gao et al., §3.3). A gate is
// H(τ) with H(0) = 1, so that with all gates open the loss is the plain one to
// the bit; the derivative of H is replaced by that of sigmoid(τ/T).
type gates struct {
	hyper    Hyper
	seed     uint64
	on       *ablate.Evaluator // the model; its examples are replaced at every step
	examples []task.Example
	length   int
	step     int // steps done

	// calibrate has the loss taken after the calibration that follows the batches.
	calibrate   bool
	calibration ablate.Calibration

	tau, first, second []float64
}

// newGates starts at τ = N(InitBias, InitScale²), clamped to [−1, 1].
func newGates(on *ablate.Evaluator, examples []task.Example, h Hyper, seed uint64) (*gates, error) {
	if err := h.Validate(); err != nil {
		return nil, err
	}
	n := on.Space.Len()
	g := &gates{hyper: h, seed: seed, on: on, examples: examples, length: ablate.LengthOf(examples), calibration: ablate.Plain,
		tau: make([]float64, n), first: make([]float64, n), second: make([]float64, n)}
	rng := rand.New(rand.NewPCG(seed, 0x67617465))
	for i := range g.tau {
		g.tau[i] = clamp(h.InitBias + h.InitScale*rng.NormFloat64())
	}
	return g, nil
}

func clamp(tau float64) float64 { return min(1, max(-1, tau)) }

// open is the mask of the gates that are open.
func (g *gates) open() ablate.Mask {
	m := make(ablate.Mask, len(g.tau))
	for i, t := range g.tau {
		m[i] = t >= 0
	}
	return m
}

// draw takes the examples of the step under way, a function of seed and step.
func (g *gates) draw() []task.Example {
	rng := rand.New(rand.NewPCG(g.seed, uint64(g.step)*0x9e3779b97f4a7c15+0x70616972))
	chosen := make([]task.Example, g.hyper.Pairs)
	for i := range chosen {
		chosen[i] = g.examples[rng.IntN(len(g.examples))]
	}
	return chosen
}

// do is one step; it returns the task loss before it, in nats per example.
func (g *gates) do() (loss float64, err error) {
	e, err := g.on.Of(g.draw(), g.length)
	if err != nil {
		return 0, err
	}
	open := g.open()
	loss, gradient, margins, err := e.GradientUnder(open, g.calibration)
	if err != nil {
		return 0, fmt.Errorf("gate step %d: %w", g.step, err)
	}
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return 0, fmt.Errorf("gate step %d: the loss is %v; lower the learning rate", g.step, loss)
	}
	if g.calibrate {
		g.follow(ablate.Calibrate(margins))
	}
	h := g.hyper
	price, norm := h.price(g.step, open.Count()), 0.0
	for i, x := range gradient {
		gradient[i] = (x + price) * slope(g.tau[i], h.Temperature)
		norm += gradient[i] * gradient[i]
	}
	scale := min(1, h.Clip/(math.Sqrt(norm)+1e-20))
	rate := h.rate(g.step)
	g.step++
	fix1, fix2 := 1-math.Pow(h.Beta1, float64(g.step)), 1-math.Pow(h.Beta2, float64(g.step))
	for i, x := range gradient {
		x *= scale
		g.first[i] += (1 - h.Beta1) * (x - g.first[i])
		g.second[i] += (1 - h.Beta2) * (x*x - g.second[i])
		update := g.first[i] / fix1 / (math.Sqrt(g.second[i]/fix2) + h.Epsilon)
		g.tau[i] = clamp(g.tau[i] - rate*(update+h.WeightDecay*g.tau[i]))
	}
	return loss, nil
}

// follow moves the calibration a part of the way to one that suits a batch. A
// batch without a mistake asks for more than the next one bears.
func (g *gates) follow(c ablate.Calibration) {
	const part, most = 0.2, 10
	g.calibration.Scale += part * (min(most, max(1/most, c.Scale)) - g.calibration.Scale)
	g.calibration.Shift += part * (min(most, max(-most, c.Shift)) - g.calibration.Shift)
}

// slope is the derivative of sigmoid(τ/T), which stands in for that of the step
// function.
func slope(tau, temperature float64) float64 {
	s := 1 / (1 + math.Exp(-tau/temperature))
	return s * (1 - s) / temperature
}

// all does the remaining steps, or stops when ctx is cancelled.
func (g *gates) all(ctx context.Context, progress func(step, steps int, loss float64)) error {
	for g.step < g.hyper.Steps {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("gate step %d of %d: %w", g.step, g.hyper.Steps, err)
		}
		loss, err := g.do()
		if err != nil {
			return err
		}
		if progress != nil {
			progress(g.step, g.hyper.Steps, loss)
		}
	}
	return nil
}
