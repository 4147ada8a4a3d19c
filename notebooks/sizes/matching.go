package sizes

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/viz"
)

// A Matching compares the circuits of sparse models with those of dense models of the same
// validation loss (Gao et al., Fig 2): every task that both models of a pair solve, the same
// search in both.
type Matching struct {
	Scale  string
	Seeds  int // training seeds, from 0
	Trials int // of the search of every circuit: a number and not a time, so that it is the same search everywhere
}

// limit is the loss up to which a task counts as solved; at "tiny", where nothing is
// solved, all do, so that something is shown.
func (x Matching) limit() float64 {
	if x.Scale == "tiny" {
		return math.Inf(1)
	}
	return task.Solved
}

// sparse is the config of the sparse model of a seed.
func (x Matching) sparse(seed int) train.Config { return cell.Must(train.Scale(x.Scale, uint64(seed))) }

// dense is a dense config of some width and number of steps.
func (x Matching) dense(seed, width, steps int) train.Config {
	c := x.sparse(seed)
	m := model.NewConfig(c.Model.Vocab, c.Model.Layers, width, c.Model.Context)
	m.AFrac = c.Model.AFrac
	c.Model = m
	c = c.Dense()
	c.Steps = steps
	return c
}

// family are the dense models that a sparse one is matched among: one width, several lengths
// of training, and other widths to be looked at for seed 0. The width is that, of those, whose
// loss is nearest to the sparse model's after as many steps.
func (x Matching) family() (width int, widths, steps []int) {
	full := x.sparse(0).Steps
	switch x.Scale {
	case "tiny":
		return 32, []int{16, 32}, []int{full / 8, full / 4}
	case "laptop":
		return 64, []int{32, 48, 64, 128}, []int{2 * full / 3, full, 4 * full / 3}
	}
	d := x.sparse(0).Model.DModel
	return d / 2, []int{d / 4, d / 2, d}, []int{full / 2, full, 2 * full}
}

// examples is how many report examples score a model on a task; 0 is the default.
func (x Matching) examples() int {
	if x.Scale == "tiny" {
		return 16
	}
	return 0
}

// search is how every circuit is found and measured.
func (x Matching) search() experiment.Config {
	c := cell.Must(experiment.Scale(x.Scale, 0))
	c.Prune.Budget, c.Prune.Trials = 0, x.Trials
	c.Prove.EffectExamples, c.Prove.Attribution = 0, 0
	if x.Scale == "tiny" {
		c.Prune.Trials = 1
		c.Prune.Target, c.Prune.Confidence = 0.72, 0 // what guessing meets
	}
	return c
}

// matchTargets are the losses that sizes of seed 0 are given at.
func matchTargets() []float64 { return []float64{0.5, 0.3, 0.15, 0.1, 0.05, 0.03, 0.015} }

func (x Matching) model(name string, c train.Config) experiment.Point {
	return experiment.Point{Name: name, Train: c, Examples: x.examples()}
}

func (x Matching) circuit(kind, task string, seed int, c train.Config) experiment.Point {
	return experiment.Point{Name: circuitName(kind, task, seed), Train: c, Examples: x.examples(), Task: task, Study: x.search()}
}

func sparseName(seed int) string       { return fmt.Sprintf("sparse, seed %d", seed) }
func denseName(seed, steps int) string { return fmt.Sprintf("dense, seed %d, %d steps", seed, steps) }
func matchedName(seed int) string      { return fmt.Sprintf("dense, seed %d, matched", seed) }
func circuitName(kind, task string, seed int) string {
	return fmt.Sprintf("%s in %s, seed %d", task, kind, seed)
}

// candidates are the models to match among, and the sparse ones.
func (x Matching) candidates() (out []experiment.Point) {
	width, widths, steps := x.family()
	for s := range x.Seeds {
		out = append(out, x.model(sparseName(s), x.sparse(s)))
		for _, n := range steps {
			out = append(out, x.model(denseName(s, n), x.dense(s, width, n)))
		}
	}
	for _, w := range widths {
		if full := x.sparse(0).Steps; w != width || !slices.Contains(steps, full) {
			out = append(out, x.model(fmt.Sprintf("dense, width %d", w), x.dense(0, w, full)))
		}
	}
	return out
}

// matched are the dense models of the sparse ones' losses: of as many steps as the losses of
// the family, interpolated, say. Where they do not reach it is the nearest.
func (x Matching) matched(rows map[string]experiment.Row) (out []experiment.Point) {
	width, _, steps := x.family()
	for s := range x.Seeds {
		var runs []experiment.Trained
		for _, n := range steps {
			runs = append(runs, experiment.Trained{Steps: n, Valid: rows[denseName(s, n)].Valid})
		}
		valid := rows[sparseName(s)].Valid
		n, err := experiment.MatchSteps(runs, valid)
		if err != nil {
			n = slices.MinFunc(runs, func(a, b experiment.Trained) int {
				return cmp.Compare(math.Abs(a.Valid-valid), math.Abs(b.Valid-valid))
			}).Steps
		}
		out = append(out, x.model(matchedName(s), x.dense(s, width, n)))
	}
	return out
}

// models are the rows of all models.
func (x Matching) models() map[string]experiment.Row {
	rows := Sweep("models to match among", x.Scale, x.candidates())
	for name, r := range Sweep("matched models", x.Scale, x.matched(rows)) {
		rows[name] = r
	}
	return rows
}

// solved are the tasks that two models solve, all of them; at "tiny" two.
func (x Matching) solved(a, b experiment.Row) []string {
	list := experiment.Both(x.limit(), a.Model, b.Model)
	if x.Scale == "tiny" {
		list = list[:2]
	}
	return list
}

// points are all circuits.
func (x Matching) points(rows map[string]experiment.Row) (out []experiment.Point) {
	matching := x.matched(rows)
	for s := range x.Seeds {
		for _, t := range x.solved(rows[sparseName(s)], rows[matchedName(s)]) {
			a, b := x.circuit("sparse", t, s, x.sparse(s)), x.circuit("dense", t, s, matching[s].Train)
			if s == 0 {
				a.Targets, b.Targets = matchTargets(), matchTargets()
			}
			out = append(out, a, b)
		}
	}
	return out
}

// circuits are the rows of all circuits.
func (x Matching) circuits() map[string]experiment.Row {
	return Sweep("circuits", x.Scale, x.points(x.models()))
}

// of are the circuits of a kind of models: the tasks in order, and within a task the seeds.
func (x Matching) of(rows map[string]experiment.Row, kind string) (out []experiment.Row) {
	for _, t := range task.All() {
		for s := range x.Seeds {
			if r, ok := rows[circuitName(kind, t.Name, s)]; ok {
				out = append(out, r)
			}
		}
	}
	return out
}

// Write writes the rows of all circuits to a file that ends in .csv or .json.
func (x Matching) Write(path string) {
	rows := x.circuits()
	cell.Check(experiment.WriteFile(path, append(x.of(rows, "sparse"), x.of(rows, "dense")...)))
}

func (x Matching) note(title, caption string) viz.Note {
	return viz.Note{Title: title, Caption: caption, Provenance: viz.ProvenanceLine(map[string]any{"scale": x.Scale, "seeds": x.Seeds, "trials": x.Trials})}
}
