package dilution

import (
	"circuitbook/notebooks/lab"
	"circuitbook/notebooks/lab/cell"
	"circuitbook/notebooks/lab/celltest"
	"strings"
	"testing"
)

// TestLonger: what is foretold keeps its hash through what is kept and measured, of one task
// and of another without a circuit.
func TestLonger(t *testing.T) {
	celltest.Heavy(t)
	m := lab.Train("tiny", lab.Seed(3))
	q := m.Find("bracket_counting")
	l := LongerOf(q, m.Twin())
	if len(l.Circuits) != 1 || len(l.Sparse) != 1 || l.Sparse[0].Config().Seed != 3 {
		t.Fatalf("%+v", l)
	}
	if c := celltest.Claimed(t, l.Heads()); c["seeds"] != 1 || c["valid_dense_seed3"] == nil {
		t.Errorf("states %v", c)
	}
	f := l.Forecast(true)
	if len(f.Written) != 1 || len(f.Detail) != 1 {
		t.Fatalf("%+v", f)
	}
	celltest.Shown(t, f)
	if c := celltest.Claimed(t, f); c["foretold_numbers_seed3"] == nil || c["foretold_by_lead_dense_numbers_seed3"] == nil || c["foretold_hash"] != f.Hash() {
		t.Errorf("states %v", c)
	}
	g := f.Measure()
	if text := celltest.Shown(t, g); !strings.Contains(text, f.Hash()) {
		t.Errorf("shows %s", text)
	}
	if c := celltest.Claimed(t, g); c["measured_hash"] != f.Hash() || c["measured_sparse_numbers_seed3_whole_last"] == nil {
		t.Errorf("states %v", c)
	}
	if c := celltest.Claimed(t, g.Means()); c["mean_numbers_dense_flat_4"] == nil {
		t.Errorf("means: %v", c)
	}
	if c := celltest.Claimed(t, g.Sides()); c["side_sparse_cases"] == nil || c["side_dense_nested"] == nil {
		t.Errorf("sides: %v", c)
	}
	if c := celltest.Claimed(t, g.Ranks()); c["rank_both_cases"] != 2 || c["rank_both_lead_cases"] != 2 {
		t.Errorf("ranks: %v", c)
	}
	same := celltest.Claimed(t, FailLengths("bracket_counting", "a", m, "b", m))
	if same["a_numbers"] == nil || same["a_numbers"] != same["b_numbers"] {
		t.Errorf("one model under two names: %v", same)
	}
	if c := celltest.Claimed(t, l.Distract("none", "# (")); c["distract_none_sparse_seed3"] != 0.0 {
		t.Errorf("a line against itself: %v", c)
	}
	if m.Made(lab.Steps(7)) || !m.Made() {
		t.Error("what was trained is not what is there")
	}
	for want, f := range map[string]func(){
		"at least one dense":     func() { LongerOf(q) },
		"name before every mode": func() { FailLengths("bracket_counting", m) },
		"there is for":           func() { FailLengths("set_or_string", "a", m) },
	} {
		if err := celltest.EndOf(f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestVariants(t *testing.T) {
	celltest.Heavy(t)
	m := lab.Train("tiny", lab.Seed(3))
	q := m.Find("bracket_counting")
	r := q.Variants(false, lab.Variant{Name: "another price", Claim: "logarithm", Search: []lab.FindOption{lab.LogPrice(3)}}, lab.Variant{Name: "shorter", Claim: "shorter", Train: []lab.Option{lab.Steps(7)}})
	if text := celltest.Shown(t, r); !strings.Contains(text, "Not at hand: ") || !strings.Contains(text, "shorter, seed 3") || !strings.Contains(text, "as above") {
		t.Errorf("shows %s", text)
	}
	if list, err := cell.StatedOf("x", r); err != nil || len(list) > 0 {
		t.Errorf("states %v of what is not at hand, %v", list, err)
	}
	celltest.Shown(t, q.Loosen(1, 2))
	celltest.Shown(t, q.Search())
	if c := celltest.Claimed(t, q.Shared(q)); c["node_jaccard"] != 1.0 || c["shared_nodes"] != q.Nodes() {
		t.Errorf("a circuit and itself share %v", c)
	}
}
