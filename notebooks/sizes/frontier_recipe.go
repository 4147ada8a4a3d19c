package sizes

import (
	"fmt"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/train"
	"circuitbook/viz"
	"circuitbook/viz/charts"
)

// A recipePart is the middle model of the grid with a part of the recipe left out or changed.
type recipePart struct {
	name, claim string
	seeds       int
	change      func(*train.Config)
}

// parts are the recipe, and it without each of its parts. The three that cost most with the
// first seed have two more.
func (f Frontier) parts() []recipePart {
	list := []recipePart{
		{"the recipe", "whole", 3, func(*train.Config) {}},
		{"no annealing: sparse from the first step", "constant", 1, func(c *train.Config) { c.Schedule = train.Constant }},
		{"no √ factor in the learning rate", "plain_rate", 3, func(c *train.Config) { c.PlainRate = true }},
		{"no attention sink", "no_sink", 3, func(c *train.Config) { c.Model.Sink = false }},
		{"no bigram table", "no_bigram", 1, func(c *train.Config) { c.Model.Bigram = false }},
		{"activations: a quarter kept", "quarter", 3, func(c *train.Config) { c.Model.AFrac = 0.25 }},
		{"activations: all kept", "all", 1, func(c *train.Config) { c.Model.AFrac, c.Model.ALocations = 0, nil }},
		{"no floor", "no_floor", 1, func(c *train.Config) { c.Density.Floor = 0 }},
		{"floor of 2", "floor_2", 1, func(c *train.Config) { c.Density.Floor = 2 }},
	}
	if f.Scale == "tiny" {
		list = list[:3]
		for i := range list {
			list[i].seeds = 1
		}
	}
	return list
}

func (p recipePart) of(seed int) string { return fmt.Sprintf("%s, seed %d", p.name, seed) }

// middle is the model of the grid that is varied.
func (f Frontier) middle() gridPoint {
	widths, l0s := f.grid()
	return gridPoint{widths[len(widths)/2-1], l0s[len(l0s)/2]}
}

// recipe are the middle model with each part left out or changed, over the part's seeds.
func (f Frontier) recipe() (points []experiment.Point) {
	m := f.middle()
	for _, p := range f.parts() {
		for s := range p.seeds {
			c := cell.Must(f.ofWidth(m.width, f.Seed+s).AtL0(m.l0))
			p.change(&c)
			points = append(points, experiment.Point{Name: p.of(s), Train: c, Examples: f.examples()})
		}
	}
	return points
}

// Recipe trains, or loads, the middle model of the grid with one part of the recipe left out or
// changed at a time, at the grid's learning rate. It states losses, their difference to the
// recipe of the same seeds, and how many tasks are solved.
func (f Frontier) Recipe() (r cell.Result) {
	middle := f.middle()
	rows := Sweep("ablations", f.Scale, f.recipe())
	t := viz.Table{Note: f.note("Parts of the recipe", fmt.Sprintf("Width %d, L0 %d. Means over seeds, and the lowest and the highest; the difference is to the recipe with the same seeds.", middle.width, middle.l0)),
		Columns: []viz.Column{{Name: "variant"}, {Name: "seeds"}, {Name: "L0"}, {Name: "validation loss", Format: "%.3f"}, {Name: "lowest", Format: "%.3f"}, {Name: "highest", Format: "%.3f"}, {Name: "difference", Format: "%+.3f", Bar: true}, {Name: "tasks solved"}, {Name: "kurtosis", Format: "%.1f"}}}
	picture := charts.Estimates{Note: f.note("What a part of the recipe is worth", "Validation loss with it left out or changed; small dots are seeds."), X: charts.Axis{Label: "validation loss, nats per token"}}
	whole := f.parts()[0]
	for _, p := range f.parts() {
		var loss, difference, kurtosis, low, high float64
		var runs []float64
		solved, total := "", 0
		for s := range p.seeds {
			row := rows[p.of(s)]
			n := solvedBy(row.Model)
			if s > 0 {
				solved += ", "
			}
			solved += fmt.Sprint(n)
			total += n
			runs = append(runs, row.Valid)
			loss += row.Valid / float64(p.seeds)
			difference += (row.Valid - rows[whole.of(s)].Valid) / float64(p.seeds)
			kurtosis += row.Model.Kurtosis / float64(p.seeds)
			if s == 0 {
				low, high = row.Valid, row.Valid
			}
			low, high = min(low, row.Valid), max(high, row.Valid)
		}
		t.Rows = append(t.Rows, []any{p.name, p.seeds, rows[p.of(0)].L0, loss, low, high, difference, solved, kurtosis})
		picture.Rows = append(picture.Rows, charts.Estimate{Name: p.name, Value: loss, Runs: runs})
		of := "recipe_" + p.claim
		r.State(of+"_valid", loss)
		r.State(of+"_lowest", low)
		r.State(of+"_highest", high)
		r.State(of+"_difference", difference)
		r.State(of+"_tasks", float64(total)/float64(p.seeds))
	}
	r.Show(picture, t)
	return r
}
