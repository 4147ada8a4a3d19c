package notebooks

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/backend"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/suitetest"
	"circuitbook/sparsenn/train"
)

const (
	denseBegin = "<!-- from 05_dense_vs_sparse.results.json -->\n"
	denseEnd   = "<!-- end dense -->"

	frontierBegin = "<!-- from 06_frontier.results.json -->\n"
	frontierEnd   = "<!-- end frontier -->"

	dilutionBegin = "<!-- from 03_brackets.results.json -->\n"
	dilutionEnd   = "<!-- end dilution -->"
)

// TestReadmeDense: the README's table of dense against sparse is what the executed
// notebook found.
func TestReadmeDense(t *testing.T) {
	r := read(t, "05_dense_vs_sparse.results.json")
	var b strings.Builder
	b.WriteString("| | sparse | dense | dense / sparse (95 % interval) |\n|---|---|---|---|\n")
	of := func(name string) string {
		return r.number(name, "%.1f") + " (" + r.number(name+"_lo", "%.1f") + "–" + r.number(name+"_hi", "%.1f") + ")"
	}
	for _, x := range []string{"edges", "nodes"} {
		fmt.Fprintf(&b, "| %s, geometric mean over %s tasks | %s | %s | %s |\n", x, r.number("tasks_both", "%.0f"), r.number(x+"_sparse", "%.1f"), r.number(x+"_dense", "%.1f"), of(x+"_ratio"))
		fmt.Fprintf(&b, "| spread of %s over tasks, a factor; sparse / dense | %s | %s | %s (%s–%s) |\n", x, r.number(x+"_spread_sparse", "%.2f"), r.number(x+"_spread_dense", "%.2f"),
			r.number(x+"_spread_ratio", "%.2f"), r.number(x+"_spread_ratio_lo", "%.2f"), r.number(x+"_spread_ratio_hi", "%.2f"))
	}
	for s := range 3 {
		seed := fmt.Sprintf("_seed%d", s)
		fmt.Fprintf(&b, "| validation loss, seed %d | %s | %s | |\n", s, r.number("sparse_valid"+seed, "%.3f"), r.number("dense_valid"+seed, "%.3f"))
		fmt.Fprintf(&b, "| edges, %s tasks of seed %d | | | %s |\n", r.number("tasks_both"+seed, "%.0f"), s, of("edges_ratio"+seed))
	}
	fmt.Fprintf(&b, "| edges, dense model of as many parameters (its loss: %s), %s tasks of seed 0 | | | %s |\n", r.number("match_parameters_valid", "%.3f"), r.number("match_parameters_tasks", "%.0f"), of("match_parameters_edges_ratio"))
	fmt.Fprintf(&b, "| edges, dense model of as many nonzero weights (its loss: %s), %s tasks of seed 0 | | | %s |\n", r.number("match_l0_valid", "%.3f"), r.number("match_l0_tasks", "%.0f"), of("match_l0_edges_ratio"))
	section(t, denseBegin, denseEnd, b.String())
}

// TestReadmeDilution: the README's table of predicted failures is what the executed
// notebook found.
func TestReadmeDilution(t *testing.T) {
	r := read(t, "03_brackets.results.json")
	rank := func(name string) string {
		name = "brackets_dilution_rank_" + name
		p := "p " + r.number(name+"_p", "%.3f")
		if p == "p 0.000" {
			p = "p < 0.001"
		}
		return r.number(name, "%.2f") + " (" + p + ")"
	}
	side := func(name string) string {
		name = "brackets_dilution_side_" + name
		return r.number(name+"_right", "%.0f") + " of " + r.number(name+"_cases", "%.0f")
	}
	var b strings.Builder
	b.WriteString("| lengths of failure, predicted and measured | circuit | sparse model | dense model | both models |\n|---|---|---|---|---|\n")
	fmt.Fprintf(&b, "| rank correlation, by the circuit | %s | %s | %s | %s |\n", rank("circuit"), rank("sparse"), rank("dense"), rank("both"))
	fmt.Fprintf(&b, "| rank correlation, by the model's own lead | | %s | %s | %s |\n", rank("sparse_lead"), rank("dense_lead"), rank("both_lead"))
	fmt.Fprintf(&b, "| the predicted side fails, of those that fail | %s | %s | %s | |\n", side("circuit"), side("sparse"), side("dense"))
	section(t, dilutionBegin, dilutionEnd, b.String())
}

// TestReadmeFrontier: the README's table of widths is what the executed notebook found.
func TestReadmeFrontier(t *testing.T) {
	r := read(t, "06_frontier.results.json")
	var b strings.Builder
	b.WriteString("| nonzero weights | | width 48 | 96 | 144 | 192 | 192 / 48 (95 % interval) |\n|---|---|---|---|---|---|---|\n")
	for _, l0 := range []string{"l0_14000", "l0_20000", "l0_28000", "l0_40000", "dense"} {
		name := "all (dense)"
		if n, ok := strings.CutPrefix(l0, "l0_"); ok {
			name = n[:2] + "," + n[2:]
		}
		for i, row := range []struct{ label, claim, format string }{
			{"validation loss", "valid", "%.3f"}, {"edges", "edges", "%.0f"}, {"tasks reached, of " + r.number("tasks", "%.0f"), "reached", "%.0f"},
		} {
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(&b, "| %s | %s |", name, row.label)
			for _, width := range []int{48, 96, 144, 192} {
				fmt.Fprintf(&b, " %s |", r.number(fmt.Sprintf("width%d_%s_%s", width, l0, row.claim), row.format))
			}
			if row.claim == "edges" {
				ends := "ends_" + l0 + "_edges_times"
				if l0 == "dense" {
					ends = "dense_ends_edges_times"
				}
				fmt.Fprintf(&b, " %s (%s–%s) |\n", r.number(ends, "%.2f"), r.number(ends+"_lo", "%.2f"), r.number(ends+"_hi", "%.2f"))
			} else {
				b.WriteString(" |\n")
			}
		}
	}
	section(t, frontierBegin, frontierEnd, b.String())
}

// TestRowIsRemade: a committed row of notebook 05 comes out the same when it is
// made again from the committed model: bit for bit with the same plugin and
// processor features, nearly elsewhere. In half a minute on idle cores, so that only
// the long form does it.
func TestRowIsRemade(t *testing.T) {
	if !suitetest.Long {
		t.Skip("prunes a circuit of the laptop scale: CIRCUITBOOK_LONG=1 runs it")
	}
	c, err := train.Scale("laptop", 1)
	if err != nil {
		t.Fatal(err)
	}
	how, err := experiment.Scale("laptop", 0)
	if err != nil {
		t.Fatal(err)
	}
	how.Prune.Budget, how.Prune.Trials = 0, 5
	how.Prove.EffectExamples, how.Prove.Attribution = 0, 0
	p := experiment.Point{Name: "remade", Train: c, Task: "var_if", Study: how}

	committed, err := filepath.Abs("runs")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(artifact.RootVariable, t.TempDir())
	t.Setenv(artifact.NotebookRootVariable, committed)
	want, err := experiment.Open(p)
	if err != nil {
		t.Fatal(err)
	}
	run, err := train.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	b, err := backend.Open()
	if err != nil {
		t.Fatal(err)
	}
	if info := backend.Describe(b); info.Name == "go" {
		t.Skip("on the pure-Go backend this takes an hour")
	}
	// The row itself must not be found.
	root, err := artifact.Root()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := artifact.Copy(filepath.Join(committed, run.Name), root); err != nil {
		t.Fatal(err)
	}
	if found, _ := filepath.Glob(filepath.Join(root, "point-*")); len(found) > 0 {
		t.Fatal("the row is there already")
	}
	rows, err := experiment.Run(context.Background(), []experiment.Point{p}, experiment.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := rows[0]
	if got.Weights != want.Weights || got.Valid != want.Valid || got.L0 != want.L0 || got.Run != want.Run {
		t.Errorf("another model: %+v, want %+v", got, *want)
	}
	a, e := got.Circuit, want.Circuit
	here := artifact.Machine()
	if same := reflect.DeepEqual(run.Provenance.Machine.Features, here.Features); same && (a.Nodes != e.Nodes || a.Edges != e.Edges || !reflect.DeepEqual(a.Proof, e.Proof) || !reflect.DeepEqual(a.Kept, e.Kept)) {
		t.Errorf("remade %d nodes and %d edges with %+v, committed %d and %d with %+v", a.Nodes, a.Edges, a.Proof, e.Nodes, e.Edges, e.Proof)
	}
	if !a.Reached || math.Abs(float64(a.Nodes-e.Nodes)) > 0.25*float64(e.Nodes)+2 || math.Abs(a.Proof.Full.Mean-e.Proof.Full.Mean) > 0.01 {
		t.Errorf("remade %+v, committed %+v", a, e)
	}
	// A second time, in a process of its own.
	again, err := experiment.Run(context.Background(), []experiment.Point{{Name: "b", Train: c, Task: "while_return_true", Study: how}}, experiment.Options{Processes: 1})
	if err != nil {
		t.Fatal(err)
	}
	q := p
	q.Task = "while_return_true"
	if want, err = experiment.Open(q); err != nil {
		t.Fatal(err)
	}
	if again[0].Circuit.Nodes != want.Circuit.Nodes {
		t.Errorf("%d nodes in a process of its own, committed %d", again[0].Circuit.Nodes, want.Circuit.Nodes)
	}
}
