package variabletype

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"context"
	"strings"
)

// The run, the task, and how its circuit is found and proved.

// subject is the task of this notebook.
func subject() task.Task { return task.SetOrStringFixedVarname() }

// grown is how the sparse model of this notebook is trained. At laptop scale that
// of notebook 01 is at chance in this task, so this one has the same sizes and
// budget but is fed otherwise: four times as many windows a step, of half the
// length, and synthetic programs alone.
func (ts study) grown() train.Config {
	c := cell.Must(train.Scale(ts.Scale, uint64(ts.Seed)))
	if ts.Scale == "laptop" {
		c.Batch, c.SeqLen, c.Model.Context = 32, 64, 64
		c.Corpus.Parts = []corpus.Part{{Kind: corpus.KindSynthetic, Weight: 1, Bytes: 8 << 20}}
	}
	return c
}

// sparse makes the run, or loads it.
func (ts study) sparse(ctx context.Context) *train.Result {
	return cell.Must(train.Run(ctx, ts.grown(), artifact.Options{}))
}

// twin makes the dense model of notebook 01, or loads it.
func (ts study) twin(ctx context.Context) *train.Result {
	return cell.Must(train.Run(ctx, cell.Must(train.Scale(ts.Scale, uint64(ts.Seed))).Dense(), artifact.Options{}))
}

// searching is how every circuit is found and measured.
func (ts study) searching() experiment.Config {
	return cell.Must(experiment.Scale(ts.Scale, float64(ts.Budget)))
}

// watched does work under a progress bar.
func watched[T any](name string, work func(artifact.Options) (T, error)) T {
	bar := book.NewProgress(name, 1000)
	out, err := work(artifact.Options{Progress: func(p artifact.Progress) {
		bar.Step(int(1000*p.Share()), strings.TrimSpace(p.Stage+" "+p.Note))
	}})
	if err == nil {
		bar.Step(1000, "done")
	}
	cell.Check(bar.Done())
	cell.Check(err)
	return out
}

// found is the proved circuit of the task, once it was found.
func (ts study) found(ctx context.Context, run *train.Result) *experiment.Finding {
	return cell.Must(experiment.Circuit(ctx, run, subject(), ts.searching(), artifact.Options{}))
}

// note is what stands with every figure.
func note(run *train.Result, title, caption string) viz.Note {
	return viz.Note{Title: title, Caption: caption, Provenance: viz.ProvenanceLine(map[string]any{
		"run": run.Name, "seed": run.Config.Seed, "plugin": run.Provenance.Plugin})}
}

// claimLosses claims the losses and the other numbers of a circuit.
func (ts study) claimLosses(prefix string, f *experiment.Finding) {
	for _, x := range f.Losses() {
		ts.res.State(prefix+"_loss_"+x.Name, x.Estimate)
	}
	for _, x := range f.Others() {
		ts.res.State(prefix+"_"+x.Name, x.Estimate)
	}
}

// lossColumns and lossCells are a proof's losses in a table.
func lossColumns(f *experiment.Finding) (out []viz.Column) {
	for _, x := range f.Losses() {
		out = append(out, viz.Column{Name: x.Label, Format: "%.3f"})
	}
	return out
}

func lossCells(f *experiment.Finding) (out []any) {
	for _, x := range f.Losses() {
		out = append(out, x.Mean)
	}
	return out
}

func (ts study) trainedStudy() cell.Result {
	ctx, stop := book.Interruptible()
	defer stop()

	run := ts.sparse(ctx)
	ts.res.State("l0", run.Model.L0())
	ts.res.State("valid_loss", run.Valid())

	return *ts.res
}
