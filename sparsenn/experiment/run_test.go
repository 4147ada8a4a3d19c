package experiment

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
)

// TestRun: rows come in the order of the points and are loaded the second time;
// processes give the same.
func TestRun(t *testing.T) {
	list := points(t)
	runsIn(t)
	var last artifact.Progress
	rows, err := Run(context.Background(), list, Options{Progress: func(p artifact.Progress) {
		if p.Done < last.Done || p.Of != 3 || strings.Count(p.Note, ": ") > 1 {
			t.Errorf("%+v after %+v", p, last)
		}
		last = p
	}})
	if err != nil {
		t.Fatal(err)
	}
	if last.Done != 3 || last.Note != "" {
		t.Errorf("at the end %+v", last)
	}
	again, err := Run(context.Background(), []Point{list[2], list[0]}, Options{Progress: func(p artifact.Progress) { t.Error("it was made again") }})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again, []Row{rows[2], rows[0]}) {
		t.Errorf("loaded otherwise than made: %+v", again)
	}
	renamed := list[1]
	renamed.Name = "b"
	if again, err = Run(context.Background(), []Point{renamed}, Options{Processes: 1}); err != nil || again[0].Name != "b" || again[0].Run != rows[1].Run {
		t.Errorf("%+v, %v", again, err)
	}

	// The second process is the successor of the first.
	runsIn(t)
	last = artifact.Progress{}
	apart, err := Run(context.Background(), list, Options{Processes: 2, Threads: 1, PerProcess: 1, Progress: func(p artifact.Progress) {
		if p.Done < last.Done || p.Of != 3 || strings.Count(p.Note, "; ") > 2 {
			t.Errorf("%+v after %+v", p, last)
		}
		last = p
	}})
	if err != nil {
		t.Fatal(err)
	}
	if last.Done != 3 {
		t.Errorf("at the end %+v", last)
	}
	for i := range rows {
		if got, want := bare(apart[i]), bare(rows[i]); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: in processes\n%+v\nhere\n%+v", want.Name, got, want)
		}
		if apart[i].Seconds <= 0 {
			t.Error("no time was taken")
		}
	}
}

// TestRunRefuses: mistakes are told before anything is made.
func TestRunRefuses(t *testing.T) {
	runsIn(t)
	list := points(t)
	bad := list[0]
	bad.Name, bad.Task = "bad", "nonsense"
	for want, run := range map[string]func() error{
		"two points": func() error { _, err := Run(context.Background(), append(list, list[1]), Options{}); return err },
		`"bad"`:      func() error { _, err := Run(context.Background(), append(list, bad), Options{}); return err },
		"negative":   func() error { _, err := Run(context.Background(), list, Options{Threads: -1}); return err },
	} {
		if err := run(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
	if found, _ := artifact.List(mustRoot(t)); len(found) != 0 {
		t.Errorf("%d runs were begun", len(found))
	}
	if rows, err := Run(context.Background(), nil, Options{Processes: 2}); err != nil || len(rows) != 0 {
		t.Errorf("no points: %v, %v", rows, err)
	}
}

func mustRoot(t *testing.T) string {
	root, err := artifact.Root()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// TestStops: a cancelled sweep ends with the cause and goes on later.
func TestStops(t *testing.T) {
	for _, processes := range []int{0, 2} {
		runsIn(t)
		ctx, cancel := context.WithCancel(context.Background())
		_, err := Run(ctx, points(t), Options{Processes: processes, Threads: 1, Progress: func(p artifact.Progress) { cancel() }})
		if !errors.Is(err, context.Canceled) && (err == nil || !strings.Contains(err.Error(), context.Canceled.Error())) {
			t.Errorf("%d processes: %v", processes, err)
		}
		if rows, err := Run(context.Background(), points(t), Options{}); err != nil || len(rows) != 3 {
			t.Errorf("%d processes: going on: %v", processes, err)
		}
	}
}

// TestOrdered: a model comes before its circuits, and is added where only they ask
// for it.
func TestOrdered(t *testing.T) {
	_, todo, err := func() (map[string]*Row, []job, error) { runsIn(t); return load(points(t)) }()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, j := range ordered(todo, nil) {
		got = append(got, j.Task+"/"+j.Name)
		if j.extra != (j.Task == "" && j.Name == "quotes in b") || j.cost <= 0 {
			t.Errorf("%+v", j)
		}
	}
	want := []string{"/a", "bracket_counting/brackets in a", "/quotes in b", "single_double_quote/quotes in b"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	// The row of the model is there.
	there := map[string]*Row{"model b": {Run: todo[2].model, Model: &ModelFacts{}}}
	if list := ordered(todo[2:], there); len(list) != 1 {
		t.Errorf("%d jobs where the model is there", len(list))
	}
}

// TestProjected: what is there costs nothing, and more steps cost more.
func TestProjected(t *testing.T) {
	runsIn(t)
	list := points(t)
	missing, before, err := Projected(list)
	if err != nil || missing != 3 || before <= 0 {
		t.Fatalf("%d missing, %v s, %v", missing, before, err)
	}
	longer := points(t)
	for i := range longer {
		longer[i].Train.Steps *= 1000
	}
	if _, more, _ := Projected(longer); more <= before {
		t.Errorf("%v s for a thousand times the steps, %v before", more, before)
	}
	if _, err := Run(context.Background(), list[1:2], Options{}); err != nil {
		t.Fatal(err)
	}
	if missing, after, err := Projected(list); err != nil || missing != 2 || after >= before {
		t.Errorf("%d missing, %v s of %v, %v", missing, after, before, err)
	}
}

// TestCostOnGPU: a GPU takes less, and never nothing.
func TestCostOnGPU(t *testing.T) {
	for _, p := range points(t) {
		if cpu, gpu := cost(p, false), cost(p, true); gpu >= cpu || gpu < fixedSeconds {
			t.Errorf("%s: %v s on a core, %v on a GPU", p.Name, cpu, gpu)
		}
	}
}
