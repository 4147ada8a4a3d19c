package sweep

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"circuitbook/sparsenn/circuit"
)

const resamples = 10000

// Pair is a quantity of two kinds of models on one task and seed, such as the edges
// of a dense model's circuit and of a sparse one's.
type Pair struct {
	Task string
	Seed uint64
	A, B float64
}

// GeometricRatio is the geometric mean over tasks of A / B (Gao et al., Figs 2 and
// 3, average circuit sizes so), every task counting once, whatever the number of its
// seeds. The interval is the 95 % percentile bootstrap that draws tasks and, within
// a task, seeds. N is the number of tasks. Quantities have to be positive; Add one
// to those that may be 0. The result is a function of the pairs, not of their order.
func GeometricRatio(pairs []Pair) (circuit.Estimate, error) {
	logs := make([]Value, len(pairs))
	for i, p := range pairs {
		if !(p.A > 0 && p.B > 0) || math.IsInf(p.A, 0) || math.IsInf(p.B, 0) {
			return circuit.Estimate{}, fmt.Errorf("geometric mean: %v / %v of task %s, seed %d; both have to be positive", p.A, p.B, p.Task, p.Seed)
		}
		logs[i] = Value{p.Task, p.Seed, p.A / p.B}
	}
	return GeometricMean(logs)
}

// Value is a quantity on one task and seed.
type Value struct {
	Task string
	Seed uint64
	X    float64
}

// GeometricMean is GeometricRatio of one quantity.
func GeometricMean(values []Value) (circuit.Estimate, error) {
	_, groups, err := byTask(values)
	if err != nil {
		return circuit.Estimate{}, err
	}
	rng := rand.New(rand.NewPCG(uint64(len(values)), 0x6765)) // of the number alone: the same every time
	means := make([]float64, resamples)
	for i := range means {
		sum := 0.0
		for range groups {
			g := groups[rng.IntN(len(groups))]
			part := 0.0
			for range g {
				part += g[rng.IntN(len(g))]
			}
			sum += part / float64(len(g))
		}
		means[i] = math.Exp(sum / float64(len(groups)))
	}
	total := 0.0
	for _, g := range groups {
		total += mean(g)
	}
	m := math.Exp(total / float64(len(groups)))
	lo, hi := circuit.PercentileInterval(means, m)
	return circuit.Estimate{Mean: m, Lo: lo, Hi: hi, N: len(groups)}, nil
}

// byTask lists tasks by name, and for each the logarithms, by seed and size.
func byTask(values []Value) (tasks []string, logs [][]float64, err error) {
	sorted := slices.Clone(values)
	slices.SortFunc(sorted, func(a, b Value) int {
		switch {
		case a.Task != b.Task:
			if a.Task < b.Task {
				return -1
			}
			return 1
		case a.Seed != b.Seed:
			if a.Seed < b.Seed {
				return -1
			}
			return 1
		case a.X < b.X:
			return -1
		case a.X > b.X:
			return 1
		}
		return 0
	})
	for i, v := range sorted {
		if !(v.X > 0) || math.IsInf(v.X, 0) {
			return nil, nil, fmt.Errorf("geometric mean: %v of task %s, seed %d; it has to be positive", v.X, v.Task, v.Seed)
		}
		if i == 0 || v.Task != sorted[i-1].Task {
			tasks, logs = append(tasks, v.Task), append(logs, nil)
		}
		logs[len(logs)-1] = append(logs[len(logs)-1], math.Log(v.X))
	}
	if len(logs) == 0 {
		return nil, nil, fmt.Errorf("geometric mean of nothing: no task is left")
	}
	return tasks, logs, nil
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v / float64(len(x))
	}
	return sum
}

// Spread is how irregular a quantity is over tasks: the standard deviation of the
// logarithm of its task means, as a factor, so that 1 is no spread at all. The
// article finds that sizes in dense models jump from task to task, and that those in
// sparse ones keep to a band (Fig 5). It takes at least two tasks.
func Spread(values []Value) (float64, error) {
	_, means, err := taskMeans(values)
	if err != nil {
		return 0, err
	}
	if len(means) < 2 {
		return 0, fmt.Errorf("spread over %d task; it takes two", len(means))
	}
	return math.Exp(deviation(means)), nil
}

// SpreadRatio is the quotient of the spreads of two quantities of the same tasks,
// with the 95 % percentile bootstrap that draws tasks, the same for both. N is
// the number of tasks.
func SpreadRatio(a, b []Value) (circuit.Estimate, error) {
	tasks, x, err := taskMeans(a)
	if err != nil {
		return circuit.Estimate{}, err
	}
	others, y, err := taskMeans(b)
	if err != nil {
		return circuit.Estimate{}, err
	}
	if !slices.Equal(tasks, others) {
		return circuit.Estimate{}, fmt.Errorf("spreads over the tasks %v and over %v; they have to be the same", tasks, others)
	}
	if len(x) < 2 {
		return circuit.Estimate{}, fmt.Errorf("spreads over %d task; it takes two", len(x))
	}
	rng := rand.New(rand.NewPCG(uint64(len(x)), 0x7370)) // of the number alone: the same every time
	ratios := make([]float64, resamples)
	p, q := make([]float64, len(x)), make([]float64, len(x))
	for i := range ratios {
		for k := range p {
			j := rng.IntN(len(x))
			p[k], q[k] = x[j], y[j]
		}
		ratios[i] = math.Exp(deviation(p) - deviation(q))
	}
	m := math.Exp(deviation(x) - deviation(y))
	lo, hi := circuit.PercentileInterval(ratios, m)
	return circuit.Estimate{Mean: m, Lo: lo, Hi: hi, N: len(x)}, nil
}

// taskMeans lists tasks by name, and for each the mean of the logarithm over seeds.
func taskMeans(values []Value) (tasks []string, means []float64, err error) {
	tasks, groups, err := byTask(values)
	if err != nil {
		return nil, nil, err
	}
	for _, g := range groups {
		means = append(means, mean(g))
	}
	return tasks, means, nil
}

// deviation is the standard deviation of a sample.
func deviation(x []float64) float64 {
	m, sum := mean(x), 0.0
	for _, v := range x {
		sum += (v - m) * (v - m)
	}
	return math.Sqrt(sum / float64(len(x)-1))
}

// Overlap is how much circuits of one model share: the mean over pairs of them of the
// nodes that are in both by those that are in either. It takes at least two
// circuits that are not both empty.
func Overlap(circuits ...[]string) (float64, error) {
	if len(circuits) < 2 {
		return 0, fmt.Errorf("overlap of %d circuit; it takes two", len(circuits))
	}
	sum, n := 0.0, 0
	for i, a := range circuits {
		in := map[string]bool{}
		for _, node := range a {
			in[node] = true
		}
		for _, b := range circuits[:i] {
			both := 0
			for _, node := range b {
				if in[node] {
					both++
				}
			}
			if either := len(a) + len(b) - both; either > 0 {
				sum += float64(both) / float64(either)
				n++
			}
		}
	}
	if n == 0 {
		return 0, fmt.Errorf("overlap of circuits without nodes")
	}
	return sum / float64(n), nil
}
