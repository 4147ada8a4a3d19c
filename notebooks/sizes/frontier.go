package sizes

import (
	"fmt"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/train"
	"circuitbook/viz"
)

// A Frontier is a grid of models of several widths and numbers of nonzero weights (L0), and
// dense ones of the same widths, with a few tasks pruned in each under fixed penalties (Gao et
// al., Fig 3). One seed a point, half of the scale's steps, no search.
type Frontier struct {
	Scale string
	Seed  int
}

// base is the config that all models are made from, with a floor of 1, since the sparsest of
// the widest models has no room for 2.
func (f Frontier) base() train.Config {
	c := cell.Must(train.Scale(f.Scale, uint64(f.Seed)))
	c.Density.Floor = 1
	if f.Scale == "tiny" {
		c.Steps /= 4
	} else {
		c.Steps /= 2
	}
	return c
}

// grid are the widths and the numbers of nonzero weights.
func (f Frontier) grid() (widths, l0s []int) {
	switch f.Scale {
	case "tiny":
		return []int{16, 32}, []int{5000, 6000}
	case "laptop":
		return []int{48, 96, 144, 192}, []int{14000, 20000, 28000, 40000}
	}
	return []int{512, 1024, 1536, 2048}, []int{1000000, 2000000, 4000000, 8000000} // the paper's go from .9 to 15 million
}

// tasks are the six that the laptop's sparse models solve best, by the worst of three seeds:
// chosen before the grid was trained.
func (f Frontier) tasks() []string {
	if f.Scale == "tiny" {
		return []string{"single_double_quote"}
	}
	return []string{"while_return_true", "var_if", "indent_for", "single_double_quote", "with_as", "enumerate_range"}
}

// penalties are the prices of a node that each circuit is sought under, in nats.
func (f Frontier) penalties() []float64 {
	if f.Scale == "tiny" {
		return []float64{0.02}
	}
	return []float64{0.02, 0.005}
}

func (f Frontier) ofWidth(width, seed int) train.Config {
	c := f.base()
	c.Seed = uint64(seed)
	m := model.NewConfig(c.Model.Vocab, c.Model.Layers, width, c.Model.Context)
	m.AFrac = c.Model.AFrac
	c.Model = m
	return c
}

func (f Frontier) search(penalty float64) experiment.Config {
	c := cell.Must(experiment.Scale(f.Scale, 0))
	c.Prune.Budget, c.Prune.Eliminate = 0, false
	c.Prune.Hyper.Penalty = penalty
	c.Prove.EffectExamples, c.Prove.Attribution = 0, 0
	switch f.Scale {
	case "laptop":
		c.Prune.Hyper.Steps, c.Prune.Hyper.LR = 100, 2*c.Prune.Hyper.LR
		c.Prove.Examples, c.Prove.Random = 128, 4
	case "tiny":
		c.Prune.Target, c.Prune.Confidence = 0.72, 0 // what guessing meets: nothing is solved there
		c.Prune.Hyper.Steps = 5
	}
	return c
}

func (f Frontier) examples() int {
	if f.Scale == "tiny" {
		return 16
	}
	return 0 // the default
}

// A gridPoint is a model of the grid; l0 is 0 for a dense one.
type gridPoint struct{ width, l0 int }

func (f Frontier) train(m gridPoint) train.Config {
	if m.l0 == 0 {
		return f.ofWidth(m.width, f.Seed).Dense()
	}
	return cell.Must(f.ofWidth(m.width, f.Seed).AtL0(m.l0))
}

func (m gridPoint) name() string {
	if m.l0 == 0 {
		return fmt.Sprintf("width %d, dense", m.width)
	}
	return fmt.Sprintf("width %d, L0 %d", m.width, m.l0)
}

// claim begins the names of what is stated of a model.
func (m gridPoint) claim() string {
	if m.l0 == 0 {
		return fmt.Sprintf("width%d_dense_", m.width)
	}
	return fmt.Sprintf("width%d_l0_%d_", m.width, m.l0)
}

func (f Frontier) points() (out []gridPoint) {
	widths, l0s := f.grid()
	for _, w := range widths {
		for _, k := range l0s {
			out = append(out, gridPoint{w, k})
		}
		out = append(out, gridPoint{w, 0})
	}
	return out
}

func gridCircuit(m gridPoint, task string, penalty float64) string {
	return fmt.Sprintf("%s, %s, penalty %g", m.name(), task, penalty)
}

// sweep is all models, and all circuits in them.
func (f Frontier) sweep() (out []experiment.Point) {
	for _, m := range f.points() {
		out = append(out, experiment.Point{Name: m.name(), Train: f.train(m), Examples: f.examples()})
		for _, t := range f.tasks() {
			for _, p := range f.penalties() {
				out = append(out, experiment.Point{Name: gridCircuit(m, t, p), Train: f.train(m), Examples: f.examples(), Task: t, Study: f.search(p)})
			}
		}
	}
	return out
}

func (f Frontier) rows() map[string]experiment.Row { return Sweep("the grid", f.Scale, f.sweep()) }

// Write writes all rows of the grid to a file that ends in .csv or .json.
func (f Frontier) Write(path string) {
	rows := f.rows()
	var list []experiment.Row
	for _, p := range f.sweep() {
		list = append(list, rows[p.Name])
	}
	cell.Check(experiment.WriteFile(path, list))
}

// best is the smaller of a task's circuits under the penalties, by edges; ok is false where
// none reached the target, and the size is then the whole model's.
func (f Frontier) best(rows map[string]experiment.Row, m gridPoint, task string) (c experiment.CircuitFacts, ok bool) {
	for i, p := range f.penalties() {
		x := *rows[gridCircuit(m, task, p)].Circuit
		if i == 0 || x.Reached && (!ok || x.Edges < c.Edges) {
			c = x
		}
		ok = ok || x.Reached
	}
	return c, ok
}

// gridSizes are a model's circuits over the tasks.
type gridSizes struct {
	reached      int
	edges, nodes stat.Estimate
}

func (f Frontier) sizes(rows map[string]experiment.Row, m gridPoint) (s gridSizes) {
	var e, n []stat.Value
	for _, t := range f.tasks() {
		c, ok := f.best(rows, m, t)
		if ok {
			s.reached++
		}
		e, n = append(e, stat.Value{Task: t, X: edges(&c)}), append(n, stat.Value{Task: t, X: nodes(&c)})
	}
	s.edges, s.nodes = cell.Must(stat.GeometricMean(e)), cell.Must(stat.GeometricMean(n))
	return s
}

// ratio is how many times the edges of one model's circuits those of another are.
func (f Frontier) ratio(rows map[string]experiment.Row, a, b gridPoint) stat.Estimate {
	var list []stat.Pair
	for _, t := range f.tasks() {
		x, _ := f.best(rows, a, t)
		y, _ := f.best(rows, b, t)
		list = append(list, stat.Pair{Task: t, A: edges(&y), B: edges(&x)})
	}
	return cell.Must(stat.GeometricRatio(list))
}

func (f Frontier) note(title, caption string) viz.Note {
	return viz.Note{Title: title, Caption: caption, Provenance: viz.ProvenanceLine(map[string]any{"scale": f.Scale, "seed": f.Seed})}
}
