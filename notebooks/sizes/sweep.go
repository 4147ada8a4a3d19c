package sizes

import (
	"context"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/experiment"
)

// Sweep makes a row of numbers for every model and circuit of a list, in as many processes
// as there are cores, and goes on where it was stopped. Rows come by their points' names.
// Points of the scale "tiny" are made in this process, where they take less than a start.
func Sweep(name, scale string, points []experiment.Point) map[string]experiment.Row {
	o := experiment.Workers()
	if scale == "tiny" {
		o = experiment.Options{}
	}
	b := cell.NewBar(name, len(points))
	o.Progress = func(p artifact.Progress) { b.Step(int(p.Done), p.Note) }
	list := cell.Interruptible(func(ctx context.Context) ([]experiment.Row, error) { return experiment.Run(ctx, points, o) })
	cell.Check(b.Done(true))
	rows := map[string]experiment.Row{}
	for _, r := range list {
		rows[r.Name] = r
	}
	return rows
}

// areThere says whether all points are made.
func areThere(points []experiment.Point) bool {
	n, _, err := experiment.Projected(points)
	cell.Check(err)
	return n == 0
}
