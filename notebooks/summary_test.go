package notebooks

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const (
	summaryBegin = "<!-- from the results of all notebooks -->\n"
	summaryEnd   = "<!-- end results -->"
)

// TestReadmeSummary: the README's table is what the executed notebooks found.
func TestReadmeSummary(t *testing.T) {
	var b strings.Builder
	b.WriteString("| notebook | what it asks | what it found |\n|---|---|---|\n")
	row := func(name, asks, found string, args ...any) {
		fmt.Fprintf(&b, "| [%s](notebooks/%s.ipynb) | %s | %s |\n", name[:2], name, asks, fmt.Sprintf(found, args...))
	}
	r := read(t, "01_train.results.json")
	row("01_train", "is the budget kept, and what does it cost?", "exactly k weights at every step (%s violations); validation loss %s, dense twin %s",
		r.number("violations_anneal", "%.0f"), r.number("valid_loss_anneal", "%.3f"), r.number("valid_loss_dense", "%.3f"))
	circuit := func(r results, prefix, nodes, edges string) string {
		return fmt.Sprintf("%s nodes, %s edges (median of three seeds); seed 0: %s alone, which is %s of the model's margin, %s calibrated, the whole model %s, without the circuit %s, random circuits %s",
			r.number(nodes, "%.0f"), r.number(edges, "%.0f"), r.number(prefix+"_loss_raw", "%.3f"), r.number(prefix+"_faithfulness", "%.2f"), r.number(prefix+"_loss_alone", "%.3f"),
			r.number(prefix+"_loss_full", "%.3f"), r.number(prefix+"_loss_removed", "%.3f"), r.number(prefix+"_loss_random_alone", "%.3f"))
	}
	row("02_quotes", "which quote closes a string?", "%s", circuit(read(t, "02_quotes.results.json"), "quotes", "quotes_median_nodes", "quotes_median_edges"))
	row("03_brackets", "how many brackets close a list?", "%s", circuit(read(t, "03_brackets.results.json"), "brackets", "brackets_nodes_median", "brackets_edges_median"))
	row("04_variable_type", "of which type was a variable?", "%s", circuit(read(t, "04_variable_type.results.json"), "types", "types_nodes_median", "types_edges_median"))
	r = read(t, "05_dense_vs_sparse.results.json")
	row("05_dense_vs_sparse", "how much larger are the circuits of a dense model of equal loss?", "edges %s times (%s–%s), nodes %s times, over %s tasks",
		r.number("edges_ratio", "%.1f"), r.number("edges_ratio_lo", "%.1f"), r.number("edges_ratio_hi", "%.1f"), r.number("nodes_ratio", "%.1f"), r.number("tasks_both", "%.0f"))
	r = read(t, "06_frontier.results.json")
	row("06_frontier", "do wider models of equal L0 have smaller circuits?", "edges of width 192 by those of 48, at 20,000 weights: %s (%s–%s); six tasks and one seed do not tell",
		r.number("ends_l0_20000_edges_times", "%.2f"), r.number("ends_l0_20000_edges_times_lo", "%.2f"), r.number("ends_l0_20000_edges_times_hi", "%.2f"))
	r = read(t, "07_bridge.results.json")
	row("07_bridge", "can a pass switch between both models?", "the worst hybrid loses %s more than the worse model; %s if model and bridge are trained together (aim 0.15)",
		r.number("bridge_worst_over", "%.3f"), r.number("joint_worst_over", "%.3f"))
	r = read(t, "08_steering.results.json")
	row("08_steering", "does a channel of the circuit turn the dense model?", "quotes turn in %s of the cases at strength 1, by a difference of means without a bridge in %s; `while` does not (%s)",
		r.number("steer_quotes_channels_two_way_at_1", "%.2f"), r.number("steer_quotes_means_two_way_at_1", "%.2f"), r.number("steer_while_channels_two_way_at_1", "%.2f"))
	section(t, summaryBegin, summaryEnd, b.String())
}

// TestReadmeIsShort: who is new reads it whole.
func TestReadmeIsShort(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n > 130 {
		t.Errorf("the README has %d lines", n)
	}
}
