package experiment

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/prune"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/verify"
)

var _ Reader = (*model.Model)(nil)

// TestViews: the first view is the circuit as it is read, the second the model,
// and both predict.
func TestViews(t *testing.T) {
	runsIn(t)
	run, c := untrained(t), quick(t)
	pruned, err := prune.Run(context.Background(), run, brackets(), c.Prune, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	small := pruned.Circuit
	small.Calibrated, small.LogitScale, small.LogitShift = true, 0.25, 0.5
	views, err := Views(context.Background(), run, brackets(), small)
	if err != nil {
		t.Fatal(err)
	}
	if len(views) != 2 || views[0].Claim != "circuit" || views[1].Claim != "full" {
		t.Fatalf("%+v", views)
	}
	alone, err := verify.Alone(context.Background(), run, small)
	if err != nil {
		t.Fatal(err)
	}
	e := mustSelect(t, brackets(), c)[0]
	prompts := [][]int32{e.Prompt, e.Counter}
	for i, want := range []Reader{alone, run.Model} {
		was, err := want.Next(prompts)
		if err != nil {
			t.Fatal(err)
		}
		is, err := views[i].Next(prompts)
		if err != nil {
			t.Fatal(err)
		}
		for k := range prompts {
			a, b := float64(was[k][e.Target]-was[k][e.Alt]), float64(is[k][e.Target]-is[k][e.Alt])
			if i == 0 {
				a = 0.25*a + 0.5
			}
			if math.Abs(a-b) > 1e-4 {
				t.Errorf("%s, side %d: the answers are %v apart, want %v", views[i].Name, k, b, a)
			}
		}
	}
	small.Calibrated = false
	if views, err = Views(context.Background(), run, brackets(), small); err != nil {
		t.Fatal(err)
	}
	was, err := alone.Next(prompts)
	if err != nil {
		t.Fatal(err)
	}
	if is, err := views[0].Next(prompts); err != nil || !slices.Equal(is[0], was[0]) {
		t.Errorf("a circuit without scale and shift is read otherwise, %v", err)
	}
}

// TestViewsErrors: a circuit of another run is none of this one's, and a scale and
// a shift of two logits say nothing of a task whose answers vary.
func TestViewsErrors(t *testing.T) {
	runsIn(t)
	run, c := untrained(t), quick(t)
	pruned, err := prune.Run(context.Background(), run, brackets(), c.Prune, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	x := *pruned.Circuit
	x.Calibrated, x.LogitScale = true, 1
	var pairs []task.Pair
	for i := range 60 {
		p := task.Pair{Prompt: fmt.Sprintf("x = [%d, ", 2*i), Counter: fmt.Sprintf("x = [%d, ", 2*i+1), Target: "1", Alt: "2"}
		if i%2 == 1 {
			p.Target, p.Alt = "3", "4"
		}
		pairs = append(pairs, p)
	}
	varying, err := task.FromPairs("varying", "nothing", pairs)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Views(context.Background(), run, varying, &x); err == nil || !strings.Contains(err.Error(), "Between") {
		t.Errorf("answers that vary: %v", err)
	}
	x.Run = "train-other"
	if _, err := Views(context.Background(), run, brackets(), &x); err == nil {
		t.Error("a circuit of another run was taken")
	}
}

func mustSelect(t *testing.T, tk task.Task, c Config) []task.Example {
	t.Helper()
	list, err := tk.Examples(task.Select, untrained(t).Tokenizer, task.Options{N: answersSeen, MaxTokens: c.Prune.MaxTokens})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
