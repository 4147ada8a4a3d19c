package experiment

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/prune"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/verify"
)

// TestCircuit: the finding is what pruning and proving give for the config, and
// the second call loads both.
func TestCircuit(t *testing.T) {
	runsIn(t)
	run, c := untrained(t), quick(t)
	var seen []artifact.Progress
	f, err := Circuit(context.Background(), run, brackets(), c, rising(t, &seen))
	if err != nil {
		t.Fatal(err)
	}
	if f.Run != run || f.Task.Name != "bracket_counting" || f.Name != "seed 1" {
		t.Errorf("%s: %s in %s", f.Name, f.Task.Name, f.Run.Name)
	}
	if !f.Reached() || f.Nodes() == 0 || f.Nodes() != len(f.Pruned.Circuit.Nodes) || f.Edges() != len(f.Pruned.Circuit.Edges) {
		t.Errorf("reached %v, %d nodes and %d edges", f.Reached(), f.Nodes(), f.Edges())
	}
	if f.Circuit().Proof == nil || f.Proved.Attribution == nil || f.Circuit().Nodes[0].Effect == nil {
		t.Error("not all was measured")
	}
	if len(seen) < c.Prune.Hyper.Steps || seen[len(seen)-1].Share() != 1 || seen[0].Stage != "pruning" || seen[len(seen)-1].Stage != "measuring" {
		t.Errorf("%d reports, from %+v to %+v", len(seen), seen[0], seen[len(seen)-1])
	}
	pruned, err := prune.Open(run, brackets(), c.Prune)
	if err != nil {
		t.Fatal(err)
	}
	proved, err := verify.Run(context.Background(), run, brackets(), pruned.Circuit, c.Prove, artifact.Options{Progress: func(artifact.Progress) { t.Error("it was not proved with this config") }})
	if err != nil {
		t.Fatal(err)
	}
	p := f.Circuit().Proof
	if raw, ok := f.Number("loss_raw"); !ok || p.Raw == nil || *p.Raw != raw.Estimate || p.Faithfulness == nil {
		t.Errorf("its raw loss is %+v, the proof's %+v", raw, p.Raw)
	}
	p.Raw, p.Faithfulness = nil, nil // which verify.Measured gives
	if !reflect.DeepEqual(f.Pruned, pruned) || !reflect.DeepEqual(f.Proved, proved) {
		t.Error("not what the two packages give")
	}

	seen = nil
	again, err := Circuit(context.Background(), run, brackets(), c, rising(t, &seen))
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) != 2 || !reflect.DeepEqual(again, f) && again.Proved.Name != f.Proved.Name {
		t.Errorf("loading: %+v", seen)
	}

	// Effects of single nodes are for circuits that are small enough.
	c.MaxEffects = f.Nodes() + f.Edges()
	if same, err := Circuit(context.Background(), run, brackets(), c, artifact.Options{}); err != nil || same.Proved.Name != f.Proved.Name {
		t.Errorf("at the limit: %v, %+v", err, same)
	}
	c.MaxEffects--
	large, err := Circuit(context.Background(), run, brackets(), c, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if large.Circuit().Nodes[0].Effect != nil || large.Circuit().Proof == nil || large.Proved.Attribution == nil {
		t.Errorf("beyond the limit: %+v", large.Proved.Facts)
	}
	bare, err := Selecting(context.Background(), large, c, artifact.Options{})
	if err != nil || bare.Proof != nil || bare.Nodes[0].Effect != nil {
		t.Errorf("selecting beyond the limit: %v", err)
	}
	c.MaxEffects++

	// What nodes are chosen by is no number of the proof.
	chosen, err := Selecting(context.Background(), f, c, artifact.Options{})
	if err != nil || chosen.Proof != nil || len(chosen.Nodes) != f.Nodes() || len(chosen.Edges) != f.Edges() {
		t.Fatalf("selecting: %v", err)
	}
	same := true
	for i, n := range chosen.Nodes {
		if n.Effect == nil {
			t.Fatalf("%s has no effect", n.Node)
		}
		same = same && *n.Effect == *f.Circuit().Nodes[i].Effect
	}
	if same {
		t.Error("selecting gives the effects of the report split")
	}
}

// TestNotReached: a target that no circuit meets is told, not an error, and the
// circuit then is the whole model.
func TestNotReached(t *testing.T) {
	runsIn(t)
	run, c := untrained(t), quick(t)
	c.Prune.Target, c.Prune.Calibrate = 1e-6, false // a fitted scale and shift would set the two losses apart
	f, err := Circuit(context.Background(), run, brackets(), c, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f.Reached() || f.Nodes() < 100 || len(f.Losses()) != 6 {
		t.Errorf("reached %v with %d nodes, %d losses", f.Reached(), f.Nodes(), len(f.Losses()))
	}
	if p := f.Circuit().Proof; p.Alone.Mean != p.Full.Mean {
		t.Errorf("all nodes kept: %v, the model %v", p.Alone.Mean, p.Full.Mean)
	}
}

// TestNulls: the two controls are the shuffled task on the same run and the same
// task on the model before its first step, and get the same search.
func TestNulls(t *testing.T) {
	runsIn(t)
	run, c := untrained(t), quick(t)
	var seen []artifact.Progress
	nulls, err := Nulls(context.Background(), run, brackets(), c, rising(t, &seen))
	if err != nil {
		t.Fatal(err)
	}
	initial, err := train.Untrained(run.Config)
	if err != nil {
		t.Fatal(err)
	}
	if len(nulls) != 2 {
		t.Fatalf("%d controls", len(nulls))
	}
	for i, want := range []struct{ name, task, run string }{
		{"shuffled labels", task.Shuffled(brackets()).Name, run.Name},
		{"untrained model", brackets().Name, initial.Name},
	} {
		f := nulls[i]
		if f.Name != want.name || f.Task.Name != want.task || f.Run.Name != want.run || f.Circuit().Task != want.task || f.Circuit().Run != want.run {
			t.Errorf("control %d: %s, %s on %s; want %+v", i, f.Name, f.Task.Name, f.Run.Name, want)
		}
		if !reflect.DeepEqual(f.Pruned.Config, c.Prune) {
			t.Errorf("%s: searched with %+v", f.Name, f.Pruned.Config)
		}
		if f.Circuit().Proof == nil || f.Proved.Attribution != nil {
			t.Errorf("%s: %+v", f.Name, f.Proved.Facts)
		}
		if len(f.Circuit().Nodes) > 0 && f.Circuit().Nodes[0].Effect != nil {
			t.Errorf("%s: effects were measured", f.Name)
		}
	}
	if last := seen[len(seen)-1]; last.Share() != 1 || last.Stage != "untrained model: measuring" {
		t.Errorf("ends at %+v", last)
	}
}

// TestTwin: the twin is the dense run of the same config and seed, and is
// trained once.
func TestTwin(t *testing.T) {
	runsIn(t)
	run, c := untrained(t), quick(t).light()
	var seen []artifact.Progress
	f, err := Twin(context.Background(), run, brackets(), c, rising(t, &seen))
	if err != nil {
		t.Fatal(err)
	}
	if !f.Run.Config.IsDense() || !reflect.DeepEqual(f.Run.Config, run.Config.Dense()) || f.Name != "dense twin" {
		t.Errorf("%s: %+v", f.Name, f.Run.Config)
	}
	if seen[0].Stage != "dense twin: training" {
		t.Errorf("begins with %+v", seen[0])
	}
	seen = nil
	if _, err := Twin(context.Background(), run, brackets(), c, rising(t, &seen)); err != nil || len(seen) != 2 {
		t.Errorf("the second time: %v, %+v", err, seen)
	}
}

// TestSeeds: one finding a seed, in the order asked for, on runs that differ in
// the seed alone.
func TestSeeds(t *testing.T) {
	runsIn(t)
	c := quick(t).light()
	base := short(t, 9)
	var seen []artifact.Progress
	list, err := Seeds(context.Background(), base, []uint64{3, 1}, brackets(), c, rising(t, &seen))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 || list[0].Name != "seed 3" || list[1].Name != "seed 1" || list[0].Run.Name == list[1].Run.Name {
		t.Fatalf("%d findings, %s first", len(list), list[0].Name)
	}
	for i, s := range []uint64{3, 1} {
		want := base
		want.Seed = s
		if !reflect.DeepEqual(list[i].Run.Config, want) {
			t.Errorf("%s has config %+v", list[i].Name, list[i].Run.Config)
		}
	}
	if seen[len(seen)-1].Share() != 1 || base.Seed != 9 {
		t.Errorf("ends at %+v", seen[len(seen)-1])
	}
}

// TestCancelled: a cancelled call says so and is gone on with later.
func TestCancelled(t *testing.T) {
	runsIn(t)
	run, c := untrained(t), quick(t)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Circuit(ctx, run, brackets(), c, artifact.Options{Progress: func(p artifact.Progress) {
		if p.Share() > 0.1 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled while pruning: %v", err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	_, err = Circuit(ctx, run, brackets(), c, artifact.Options{Progress: func(p artifact.Progress) {
		if p.Stage == "measuring" {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled while measuring: %v", err)
	}
	again := 0
	if _, err = Circuit(context.Background(), run, brackets(), c, artifact.Options{Progress: func(p artifact.Progress) {
		if p.Stage == "pruning" {
			again++
		}
	}}); err != nil || again != 1 {
		t.Errorf("going on: %v, with %d reports of pruning", err, again)
	}
}

// TestErrorsSayWhat: what is refused is named.
func TestErrorsSayWhat(t *testing.T) {
	runsIn(t)
	run, c, ctx := untrained(t), quick(t), context.Background()
	bad := c
	bad.Prune.Target = -1
	broken := brackets()
	broken.Draw = nil
	for name, x := range map[string]struct {
		call func() error
		want string
	}{
		"no run":          {func() error { _, err := Circuit(ctx, nil, brackets(), c, artifact.Options{}); return err }, "no run given"},
		"nulls of no run": {func() error { _, err := Nulls(ctx, nil, brackets(), c, artifact.Options{}); return err }, "no run given"},
		"twin of no run":  {func() error { _, err := Twin(ctx, nil, brackets(), c, artifact.Options{}); return err }, "no run given"},
		"no seeds":        {func() error { _, err := Seeds(ctx, run.Config, nil, brackets(), c, artifact.Options{}); return err }, "no seeds given"},
		"config":          {func() error { _, err := Circuit(ctx, run, brackets(), bad, artifact.Options{}); return err }, "target is -1"},
		"task":            {func() error { _, err := Nulls(ctx, run, broken, c, artifact.Options{}); return err }, "shuffled labels"},
		"dense":           {func() error { _, err := Twin(ctx, run, brackets(), bad, artifact.Options{}); return err }, "dense twin"},
	} {
		if err := x.call(); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %q in it", name, err, x.want)
		}
	}
}
