package experiment

import (
	"context"
	"errors"
	"fmt"
	"sort"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/train"
)

// Options are what does not change the rows of a sweep, but for their seconds.
type Options struct {
	// Processes is the number of processes that work at once; 0 works in this one,
	// a point after the other. [Workers] says what suits a machine.
	Processes int
	// Threads is how many processors a process may use; 0 is all of them. On
	// systems other than Linux it bounds Go's threads only.
	Threads int
	// PerProcess is after how many points a process is replaced; default 8.
	PerProcess int
	// Progress is called now and then, from the goroutine of Run: points done of all,
	// those that were there among them, and as a note how long the rest may take and
	// what each process does.
	Progress func(artifact.Progress)
}

// job is a point that is to be made.
type job struct {
	Point
	model string // name of the training run
	cost  float64
	extra bool // a model that no point asks for
}

// Run returns the rows of points, in their order: loaded where they are there,
// made otherwise. Where several points are of one model, it is made once. When ctx
// is cancelled, Run stops within a second or a training step; what is finished is
// kept, and the next call goes on. The first point that fails ends the sweep with
// an error that names it.
func Run(ctx context.Context, points []Point, o Options) ([]Row, error) {
	if o.Processes < 0 || o.Threads < 0 || o.PerProcess < 0 {
		return nil, fmt.Errorf("sweep: %d processes of %d threads, replaced after %d points; none may be negative", o.Processes, o.Threads, o.PerProcess)
	}
	rows, todo, err := load(points)
	if err != nil {
		return nil, err
	}
	if len(todo) == 0 {
		return collect(points, rows)
	}
	jobs := ordered(todo, rows)
	w := newWatch(o.Progress, len(points), len(points)-len(todo), jobs)
	if o.Processes == 0 {
		for _, j := range jobs {
			if err := context.Cause(ctx); err != nil {
				return nil, fmt.Errorf("sweep: %w", err)
			}
			r, err := makeRow(ctx, j.Point, artifact.Options{Progress: func(p artifact.Progress) { w.step(0, j, p) }, Log: func(line string) { w.step(0, j, artifact.Progress{Stage: line}) }})
			if err != nil {
				return nil, err
			}
			rows[key(j.Point)] = r
			w.done(0, j)
		}
		return collect(points, rows)
	}
	if err := inProcesses(ctx, jobs, o, w, func(j job, r *Row) { rows[key(j.Point)] = r }); err != nil {
		return nil, err
	}
	return collect(points, rows)
}

// key tells points apart; names are unique in a sweep, and the row of a model
// that only its circuits ask for has no name of its own.
func key(p Point) string {
	if p.Task == "" {
		return "model " + p.Name
	}
	return p.Name
}

// load loads what is there and lists what is not.
func load(points []Point) (rows map[string]*Row, todo []job, err error) {
	rows = map[string]*Row{}
	seen := map[string]bool{}
	for _, p := range points {
		if seen[p.Name] {
			return nil, nil, fmt.Errorf("sweep: two points are named %q", p.Name)
		}
		seen[p.Name] = true
		r, err := Open(p)
		switch {
		case err == nil:
			rows[key(p)] = r
		case errors.Is(err, artifact.ErrNotFound):
			name, err := train.Name(p.Train)
			if err != nil {
				return nil, nil, err
			}
			todo = append(todo, job{Point: p, model: name})
		default:
			return nil, nil, err
		}
	}
	return rows, todo, nil
}

// ordered puts every model before its circuits: of models that no point asks for
// one is added, since what its circuits share must be made once. Models come in
// the order of their first points.
func ordered(todo []job, rows map[string]*Row) []job {
	gpu := onGPU()
	place := map[string]int{}
	whole := map[string]bool{}
	for _, j := range todo {
		if _, ok := place[j.model]; !ok {
			place[j.model] = len(place)
		}
		whole[j.model] = whole[j.model] || j.Task == ""
	}
	for _, r := range rows {
		if r.Model != nil {
			whole[r.Run] = true
		}
	}
	out := append([]job(nil), todo...)
	for _, j := range todo {
		if !whole[j.model] {
			whole[j.model] = true
			p := j.modelPoint()
			out = append(out, job{Point: p, model: j.model, extra: true})
		}
	}
	for i, j := range out {
		out[i].cost = cost(j.Point, gpu)
		if j.Task != "" {
			continue
		}
		if _, err := train.Open(j.Train); err == nil {
			out[i].cost = fixedSeconds // it was trained before
		}
	}
	sort.SliceStable(out, func(a, b int) bool {
		if out[a].model != out[b].model {
			return place[out[a].model] < place[out[b].model]
		}
		return out[a].Task == "" && out[b].Task != ""
	})
	return out
}

func collect(points []Point, rows map[string]*Row) ([]Row, error) {
	out := make([]Row, 0, len(points))
	for _, p := range points {
		r := rows[key(p)]
		if r == nil {
			return nil, fmt.Errorf("sweep point %q has no row", p.Name)
		}
		r.Name = p.Name
		out = append(out, *r)
	}
	return out, nil
}

// What a point takes on one core of a laptop, in seconds: a guess that the order
// of work and the time left are reckoned by. A training step costs by tokens and
// parameters, a trial of a search by parameters, and every point what compiling
// takes. A GPU is taken to do what 500 cores do, which was not measured at the
// sizes that want one.
const (
	flopsPerSecond = 40e9
	gpuCores       = 500
	fixedSeconds   = 15
	trialSeconds   = 8
	trialSize      = 500e3 // parameters at which a trial takes twice that
)

func cost(p Point, gpu bool) float64 {
	size := float64(p.Train.Model.Size(false))
	flopsPerSecond, trialSeconds := float64(flopsPerSecond), float64(trialSeconds)
	if gpu {
		flopsPerSecond, trialSeconds = gpuCores*flopsPerSecond, trialSeconds/gpuCores
	}
	if p.Task == "" {
		return fixedSeconds + 6*size*float64(p.Train.Steps)*float64(p.Train.Batch)*float64(p.Train.SeqLen)/flopsPerSecond
	}
	c := p.Study.Prune
	trials := max(1, float64(c.Trials))
	if c.Budget > 0 {
		return fixedSeconds + c.Budget
	}
	return fixedSeconds + trials*trialSeconds*(1+size/trialSize)*float64(c.Hyper.Steps*c.Hyper.Pairs)/(200*32)
}

// Projected says how many of the points have no row yet, and how many seconds of
// one core, or of the GPU where there is one, making them will take: a guess,
// before anything was measured.
func Projected(points []Point) (missing int, coreSeconds float64, err error) {
	rows, todo, err := load(points)
	if err != nil {
		return 0, 0, err
	}
	for _, j := range ordered(todo, rows) {
		coreSeconds += j.cost
	}
	return len(todo), coreSeconds, nil
}
