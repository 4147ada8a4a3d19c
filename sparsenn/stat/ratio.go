package stat

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Value is a positive quantity, such as the size of a circuit, on one task and seed.
type Value struct {
	Task string
	Seed uint64
	X    float64
}

// Pair is a quantity of two kinds of models on one task and seed, such as the edges
// of a dense model's circuit and of a sparse one's.
type Pair struct {
	Task string
	Seed uint64
	A, B float64
}

// overTasks is how the intervals here are made.
const overTasks = "bootstrap over tasks and the seeds of each"

// GeometricRatio is the geometric mean over tasks of A / B (Gao et al., Figs 2 and
// 3, average circuit sizes so), every task counting once, whatever the number of its
// seeds. The interval is of a bootstrap that draws tasks and, within a task, seeds. N
// is the number of tasks. Quantities have to be positive; add one to those that may be
// 0. The result is a function of the pairs, not of their order.
func GeometricRatio(pairs []Pair) (Estimate, error) {
	values := make([]Value, len(pairs))
	for i, p := range pairs {
		if !(p.A > 0 && p.B > 0) || math.IsInf(p.A, 0) || math.IsInf(p.B, 0) {
			return Estimate{}, fmt.Errorf("geometric mean: %v / %v of task %s, seed %d; both have to be positive", p.A, p.B, p.Task, p.Seed)
		}
		values[i] = Value{p.Task, p.Seed, p.A / p.B}
	}
	return GeometricMean(values)
}

// GeometricMean is [GeometricRatio] of one quantity.
func GeometricMean(values []Value) (Estimate, error) {
	_, logs, err := byTask(values)
	if err != nil {
		return Estimate{}, err
	}
	e := Nested(logs)
	e.Mean, e.Lo, e.Hi, e.How = math.Exp(e.Mean), math.Exp(e.Lo), math.Exp(e.Hi), overTasks
	return e, nil
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
	return math.Exp(stat.StdDev(means, nil)), nil
}

// SpreadRatio is the quotient of the spreads of two quantities of the same tasks; its
// bootstrap draws tasks, the same for both. N is the number of tasks.
func SpreadRatio(a, b []Value) (Estimate, error) {
	tasks, x, err := taskMeans(a)
	if err != nil {
		return Estimate{}, err
	}
	others, y, err := taskMeans(b)
	if err != nil {
		return Estimate{}, err
	}
	if !slices.Equal(tasks, others) {
		return Estimate{}, fmt.Errorf("spreads over the tasks %v and over %v; they have to be the same", tasks, others)
	}
	ratio := func(x, y []float64) float64 { return math.Exp(stat.StdDev(x, nil) - stat.StdDev(y, nil)) }
	p, q := make([]float64, len(x)), make([]float64, len(x))
	e := Bootstrap(ratio(x, y), len(x), func(index func(n int) int) float64 {
		for k := range p {
			j := index(len(x))
			p[k], q[k] = x[j], y[j]
		}
		return ratio(p, q)
	})
	e.How = "bootstrap over tasks"
	return e, nil
}

// byTask lists tasks by name, and for each the logarithms, by seed and size.
func byTask(values []Value) (tasks []string, logs [][]float64, err error) {
	sorted := slices.SortedFunc(slices.Values(values), func(a, b Value) int {
		return cmp.Or(cmp.Compare(a.Task, b.Task), cmp.Compare(a.Seed, b.Seed), cmp.Compare(a.X, b.X))
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

// taskMeans lists tasks by name, two at least, and for each the mean of the logarithm
// over seeds.
func taskMeans(values []Value) (tasks []string, means []float64, err error) {
	tasks, groups, err := byTask(values)
	if err != nil {
		return nil, nil, err
	}
	if len(tasks) < 2 {
		return nil, nil, fmt.Errorf("spread over %d task; it takes two", len(tasks))
	}
	for _, g := range groups {
		means = append(means, stat.Mean(g, nil))
	}
	return tasks, means, nil
}
