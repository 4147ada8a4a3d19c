package verify

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/internal/tinytest"
	"circuitbook/sparsenn/prune"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// pruned finds a circuit in a second or two, of a loss just below guessing.
func pruned(t *testing.T, run *train.Result, of task.Task, o ablate.Options) *prune.Result {
	t.Helper()
	c := prune.DefaultConfig()
	c.Target, c.Confidence, c.Calibrate, c.Ablation = 0.68, 0, false, o
	c.Fit, c.Select, c.FitTokens, c.MaxTokens = 40, 16, 32, 32
	c.Hyper.Steps, c.Hyper.Pairs, c.Hyper.LR, c.Hyper.Penalty = 40, 8, 0.1, 1e-4
	r, err := prune.Run(context.Background(), run, of, c, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Best.Reached || len(r.Circuit.Nodes) == 0 {
		t.Fatalf("%+v of %d nodes: the test shows nothing", r.Best, len(r.Circuit.Nodes))
	}
	return r
}

// TestPrunedIsProvedAlike: what a circuit was found under, it is proved under. The
// losses of both ends are those of an evaluator with the options given, and not
// those of one without.
func TestPrunedIsProvedAlike(t *testing.T) {
	for _, o := range []ablate.Options{{}, {Zero: true}, {FreezeNorms: true}, {Zero: true, FreezeNorms: true}} {
		t.Run(fmt.Sprintf("zero %v frozen %v", o.Zero, o.FreezeNorms), func(t *testing.T) {
			tinytest.Runs(t)
			// Some choices of this one's nodes do better than guessing under all four.
			run, config := tinytest.Untrained(t, func(c *train.Config) { c.Seed = 11 }), quick()
			stats, err := ablate.Measure(context.Background(), run)
			if err != nil {
				t.Fatal(err)
			}
			lossUnder := func(o ablate.Options, c *circuit.Circuit, list []task.Example) float64 {
				e, err := ablate.NewEvaluator(run.Model, stats, list, o)
				if err != nil {
					t.Fatal(err)
				}
				m, err := e.Space.MaskOf(nodesOf(c))
				if err != nil {
					t.Fatal(err)
				}
				loss, _, err := e.Loss(m)
				if err != nil {
					t.Fatal(err)
				}
				return loss
			}
			found := pruned(t, run, task.BracketCounting(), o)
			c := found.Circuit
			want := map[bool]string{false: circuit.MeanAblation, true: circuit.ZeroAblation}[o.Zero]
			if c.Ablation != want || c.FreezeNorms != o.FreezeNorms {
				t.Errorf("the circuit says %q and frozen norms %v", c.Ablation, c.FreezeNorms)
			}
			chosen, err := task.BracketCounting().Examples(task.Select, run.Tokenizer, task.Options{N: 16, MaxTokens: 32})
			if err != nil {
				t.Fatal(err)
			}
			if loss := lossUnder(o, c, chosen); !near(found.Best.Loss, loss) {
				t.Errorf("pruning says %v, under its options it is %v", found.Best.Loss, loss)
			}
			r, err := Run(context.Background(), run, task.BracketCounting(), c, config, artifact.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Circuit.Check(); err != nil || r.Circuit.Ablation != c.Ablation || r.Circuit.FreezeNorms != c.FreezeNorms {
				t.Errorf("proved as %q and frozen norms %v, %v", r.Circuit.Ablation, r.Circuit.FreezeNorms, err)
			}
			got, reported := r.Circuit.Proof.Alone.Mean, reportOf(t, run, config)
			if loss := lossUnder(o, c, reported); !near(got, loss) {
				t.Errorf("proved at %v, under the options of its pruning it is %v", got, loss)
			}
			for _, other := range []ablate.Options{{}, {Zero: true}, {FreezeNorms: true}, {Zero: true, FreezeNorms: true}} {
				if other != o && near(got, lossUnder(other, c, reported)) {
					t.Errorf("under %+v the loss is the same: the test shows nothing", other)
				}
			}
			for name, make := range map[string]func(context.Context, *train.Result, *circuit.Circuit) (*Submodel, error){"alone": Alone, "without": Without} {
				part, err := make(context.Background(), run, c)
				switch {
				case o.FreezeNorms && (err == nil || !strings.Contains(err.Error(), "freeze_norms")):
					t.Errorf("%s: frozen norms give %v", name, err)
				case !o.FreezeNorms && err != nil:
					t.Error(err)
				case !o.FreezeNorms && name == "alone":
					if loss := lossOf(t, part, reported); !near(got, loss) {
						t.Errorf("proved at %v, the part runs at %v", got, loss)
					}
				}
			}
		})
	}
}

// TestOwnTask: a task of a user's own file goes the whole way, from its splits to a
// proof.
func TestOwnTask(t *testing.T) {
	tinytest.Runs(t)
	var lines strings.Builder
	for i := range 120 {
		fmt.Fprintf(&lines, `{"prompt": "ages = [%d", "counter": "ages = {%d", "target": ",", "alt": ":"}`+"\n", i, i)
	}
	path := filepath.Join(t.TempDir(), "ages.jsonl")
	if err := os.WriteFile(path, []byte(lines.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	ages, err := task.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	run := tinytest.Untrained(t, nil)
	found := pruned(t, run, ages, ablate.Options{})
	r, err := Run(context.Background(), run, ages, found.Circuit, quick(), artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Circuit.Task != "ages" || len(r.Circuit.Nodes) != len(found.Circuit.Nodes) {
		t.Errorf("a circuit of %q with %d nodes, of %d", r.Circuit.Task, len(r.Circuit.Nodes), len(found.Circuit.Nodes))
	}
	reported, err := ages.Report(run.Tokenizer, task.Options{N: 16, MaxTokens: 32})
	if err != nil {
		t.Fatal(err)
	}
	alone, err := Alone(context.Background(), run, found.Circuit)
	if err != nil {
		t.Fatal(err)
	}
	p := r.Circuit.Proof
	if loss := lossOf(t, alone, reported.ForMeasuring()); p.Alone.N != reported.Len() || !near(p.Alone.Mean, loss) {
		t.Errorf("proved on %d pairs at %v; the file has %d, at %v", p.Alone.N, p.Alone.Mean, reported.Len(), loss)
	}
	if full := lossOf(t, run.Model, reported.ForMeasuring()); !near(p.Full.Mean, full) || p.Full.Mean == p.Alone.Mean {
		t.Errorf("the whole model at %v, the slow way %v", p.Full.Mean, full)
	}
}
