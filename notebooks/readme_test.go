// Package notebooks holds the notebooks; its tests hold the README and RESULTS.md to
// what the committed, executed copies say.
package notebooks

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var regen = flag.Bool("regen", false, "rewrite pictures and tables from the executed notebooks")

const (
	readme  = "../README.md"
	all     = "RESULTS.md"
	picture = "figures/01_matrix.svg"
	begin   = "<!-- from 01_train.results.json -->\n"
	end     = "<!-- end -->"

	circuitPicture = "figures/02_quotes.svg"
	circuitBegin   = "<!-- from 02_quotes.results.json -->\n"
	circuitEnd     = "<!-- end circuit -->"

	circuitsBegin = "<!-- from the results of 02, 03 and 04 -->\n"
	circuitsEnd   = "<!-- end circuits -->"
)

// TestReadmePicture: the figures folder and the README's first picture are those
// in the executed notebooks.
func TestReadmePicture(t *testing.T) {
	golden(t, picture, svgOf(t, "01_train.ipynb", "attn.c_proj of layer 0"))
	golden(t, circuitPicture, svgOf(t, "02_quotes.ipynb", "the quote that opened it"))
}

// svgOf is the last picture of an executed notebook that holds a text.
func svgOf(t *testing.T, notebook, text string) string {
	t.Helper()
	data, err := os.ReadFile(notebook)
	if err != nil {
		t.Fatal(err)
	}
	var nb struct {
		Cells []struct {
			Outputs []struct {
				Data map[string]any `json:"data"`
			} `json:"outputs"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(data, &nb); err != nil {
		t.Fatal(err)
	}
	svg := ""
	for _, c := range nb.Cells {
		for _, o := range c.Outputs {
			if s := joined(o.Data["image/svg+xml"]); strings.Contains(s, text) {
				svg = s
			}
		}
	}
	if svg == "" {
		t.Fatalf("%s holds no picture with %q: execute it with run --in-place", notebook, text)
	}
	return svg
}

func joined(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var b strings.Builder
		for _, line := range v {
			b.WriteString(fmt.Sprint(line))
		}
		return b.String()
	}
	return ""
}

// TestReadmeNumbers: the README's table is made of the executed notebook's results.
func TestReadmeNumbers(t *testing.T) {
	number := read(t, "01_train.results.json").number
	loss := func(name string) string {
		return number(name, "%.3f") + " (" + number(name+"_lo", "%.3f") + "–" + number(name+"_hi", "%.3f") + ")"
	}
	var b strings.Builder
	b.WriteString("| | sparse, annealed | sparse, constant | dense twin |\n|---|---|---|---|\n")
	row := func(label string, cell func(run string) string) {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", label, cell("anneal"), cell("constant"), cell("dense"))
	}
	row("nonzero weights of "+number("parameters", "%.0f"), func(run string) string { return number("l0_"+run, "%.0f") })
	row("validation loss, nats per token", func(run string) string { return number("valid_loss_"+run, "%.3f") })
	row("quotes, held-out task loss (95 % interval)", func(run string) string { return loss("task_loss_quotes_" + run) })
	row("brackets, held-out task loss (95 % interval)", func(run string) string { return loss("task_loss_brackets_" + run) })
	row("violations of the budget over all steps", func(run string) string {
		if run == "dense" {
			return "–"
		}
		return number("violations_"+run, "%.0f")
	})
	row("training, seconds on two cores", func(run string) string { return number("train_seconds_"+run, "%.0f") })

	section(t, begin, end, b.String())
}

// TestReadmeCircuit: what the README says under its first picture is what the
// executed notebook found.
func TestReadmeCircuit(t *testing.T) {
	number := read(t, "02_quotes.results.json").number
	loss := func(name string) string {
		name = "quotes_loss_" + name
		return number(name, "%.3f") + " (" + number(name+"_lo", "%.3f") + "–" + number(name+"_hi", "%.3f") + ")"
	}
	section(t, circuitBegin, circuitEnd, fmt.Sprintf("*How a sparse transformer with %s nonzero weights closes a string with the quote that opened it: %s nodes, %s edges, seed 0. "+
		"On 256 held-out pairs of prompts, in nats per example (guessing costs 0.693): the whole model %s, the circuit alone %s, which recovers %s of the model's margin (calibrated %s), the model without it %s, "+
		"20 random circuits of the same size alone %s and taken out %s. Exchanging one node, the last one drawn, between the two prompts of a pair exchanges %s %% of the answers of the whole model.*\n",
		number("l0", "%.0f"), number("quotes_nodes", "%.0f"), number("quotes_edges", "%.0f"),
		loss("full"), loss("raw"), number("quotes_faithfulness", "%.2f"), loss("alone"), loss("removed"), loss("random_alone"), loss("random_removed"), percent(number("quotes_interchange_after_full", "%.4f"))))
}

// TestReadmeCircuits: the README's table of circuits is what the executed
// notebooks found.
func TestReadmeCircuits(t *testing.T) {
	var b strings.Builder
	b.WriteString("| | quotes | brackets | variable type |\n|---|---|---|---|\n")
	type study struct {
		prefix, nodes, edges string // the claims' prefix, and the claims of the medians
		results
	}
	studies := []study{
		{"quotes", "quotes_median_nodes", "quotes_median_edges", read(t, "02_quotes.results.json")},
		{"brackets", "brackets_nodes_median", "brackets_edges_median", read(t, "03_brackets.results.json")},
		{"types", "types_nodes_median", "types_edges_median", read(t, "04_variable_type.results.json")},
	}
	row := func(label string, cell func(s study) string) {
		fmt.Fprintf(&b, "| %s |", label)
		for _, s := range studies {
			fmt.Fprintf(&b, " %s |", cell(s))
		}
		b.WriteString("\n")
	}
	size := func(s study, of string) string {
		if s.denies(s.prefix + of + "_reached") {
			return "target not reached"
		}
		return s.number(s.prefix+of+"_nodes", "%.0f") + ", " + s.number(s.prefix+of+"_edges", "%.0f")
	}
	row("nodes, edges: seed 0", func(s study) string { return size(s, "") })
	row("seed 1", func(s study) string { return size(s, "_seed1") })
	row("seed 2", func(s study) string { return size(s, "_seed2") })
	row("median of the three", func(s study) string { return s.number(s.nodes, "%.0f") + ", " + s.number(s.edges, "%.0f") })
	for _, x := range [][2]string{{"full", "loss of the whole model"}, {"raw", "of the circuit alone"}, {"alone", "of the circuit alone, calibrated"}, {"removed", "of the model without it"},
		{"random_alone", "of 20 random circuits alone"}, {"random_removed", "of the model without those"}} {
		row(x[1], func(s study) string {
			name := s.prefix + "_loss_" + x[0]
			return s.number(name, "%.3f") + " (" + s.number(name+"_lo", "%.3f") + "–" + s.number(name+"_hi", "%.3f") + ")"
		})
	}
	for _, x := range [][2]string{{"faithfulness", "share of the model's margin, circuit alone"}, {"right_raw", "pairs right, circuit alone"}, {"right_full", "pairs right, whole model"}, {"right_removed", "pairs right, model without it"}} {
		row(x[1], func(s study) string { return s.number(s.prefix+"_"+x[0], "%.2f") })
	}
	row("loss of as many nodes by attribution, calibrated", func(s study) string { return s.number(s.prefix+"_attribution_loss_at_size", "%.3f") })
	section(t, circuitsBegin, circuitsEnd, b.String())
}

func percent(share string) string {
	x, err := strconv.ParseFloat(share, 64)
	if err != nil {
		return "?"
	}
	return strconv.FormatFloat(100*x, 'f', -1, 64)
}

// results are the claims of an executed notebook.
type results struct {
	t      *testing.T
	file   string
	claims map[string]any
}

// read reads a results file.
func read(t *testing.T, file string) results {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := results{t: t, file: file}
	if err := json.Unmarshal(data, &r.claims); err != nil {
		t.Fatal(err)
	}
	return r
}

// number formats a claimed number.
func (r results) number(name, format string) string {
	r.t.Helper()
	x, ok := r.claims[name].(float64)
	if !ok {
		r.t.Fatalf("%s has no number %s", r.file, name)
	}
	return fmt.Sprintf(format, x)
}

// denies says whether a claim says that something is not so.
func (r results) denies(name string) bool { return r.claims[name] == false }

// section holds what stands between two marks, in the README or in RESULTS.md, to want.
func section(t *testing.T, begin, end, want string) {
	t.Helper()
	for _, file := range []string{readme, all} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, rest, ok := strings.Cut(string(text), begin)
		old, tail, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			continue
		}
		if *regen {
			if err := os.WriteFile(file, []byte(head+begin+want+end+tail), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if d := cmp.Diff(want, old); d != "" {
			t.Errorf("%s is not what the notebook found (go test ./notebooks -regen rewrites it):\n%s", file, d)
		}
		return
	}
	t.Fatalf("nothing stands between %q and %q", begin, end)
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *regen {
		if err := os.MkdirAll("figures", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s is not the picture in the executed notebook (go test ./notebooks -regen rewrites it)", path)
	}
}
