package brackets

import (
	"circuitbook/notebooks/lab"
	"circuitbook/notebooks/lab/cell"
	"circuitbook/notebooks/lab/celltest"
	"slices"
	"strings"
	"testing"
)

// TestMainPath: at scale "tiny" all nodes of a model stand in for a circuit, and everything that is
// said of a way can be asked of it.
func TestMainPath(t *testing.T) {
	celltest.Heavy(t)
	m := lab.Train("tiny", lab.Seed(3))
	q := m.Find("bracket_counting")
	w := MainPathOf(q, "[", "nested", "flat")
	if !w.Found() || w.Nodes[len(w.Nodes)-1] != w.Depth || w.Nodes[len(w.Nodes)-2] != w.Value || !slices.Contains(w.Nodes, w.Detector) {
		t.Fatalf("%+v", w)
	}
	if text := celltest.Shown(t, w); !strings.Contains(text, w.Value+" *") {
		t.Errorf("shows %s", text)
	}
	celltest.Shown(t, w.Picture("A circuit"))
	d := w.Distraction("# [", "# see [")
	if !slices.Contains(d.Lines, d.Line) || len(d.P) != 2 {
		t.Errorf("%+v", d)
	}
	if list, err := cell.StatedOf("line", d); err != nil || list[0].Name != "line" || list[0].Value != d.Line {
		t.Errorf("%v, %v", list, err)
	}
	for name, x := range map[string]struct {
		r    cell.Result
		want []string
	}{
		"pairs":    {m.Pairs("bracket_counting", "[", "nested", "flat"), []string{"more_tokens_nested"}},
		"exchange": {w.Exchange(), []string{"value_and_keys_open_circuit_exchanged", "value_and_keys_rest_full_margin"}},
		"looks":    {w.Looks(), []string{"average_r_mean_both_full"}},
		"average":  {w.Average(), []string{"head_none_nested_circuit", "head_keys_flat_full", "head_share_open_flat_full"}},
		"written":  {w.Written(), []string{"depth_last_full_exchanged"}},
		"dose":     {w.Dose(), []string{"depth_nested_full", "threshold_neuron"}},
		"text":     {w.InText("[", "]"), []string{"depth_auc"}},
		"groups":   {w.Groups(), []string{"group_none_full_loss", "groups_nodes"}},
		"under":    {w.Under(m.Twin(), "comment", d.Line), []string{"loss_before_circuit", "p_flat_comment_control_dense", "rise_comment_after_sparse"}},
		"restored": {w.Restored(d.Line), []string{"p_restored_full"}},
		"strip":    {w.Strip(), nil},
	} {
		celltest.Shown(t, x.r)
		if len(x.want) == 0 {
			continue
		}
		c := celltest.Claimed(t, x.r)
		for _, k := range x.want {
			if _, ok := c[k]; !ok {
				t.Errorf("%s does not state %s but %v", name, k, c)
			}
		}
	}
	if again := celltest.Claimed(t, w.Under(m, "x", "# (")); again["loss_x_after_sparse"] != again["loss_x_control_sparse"] {
		t.Error("a line without a bracket is not its own control")
	}
	none := MainPath{Circuit: q}
	for _, r := range []cell.Result{none.Exchange(), none.Looks(), none.Average(), none.Written(), none.Dose(), none.InText("[", "]"), none.Groups(), none.Restored("#"), none.Strip()} {
		if list, err := cell.StatedOf("x", r); err != nil || len(list) > 0 || !strings.Contains(celltest.Shown(t, r), "no way") {
			t.Errorf("without a way: %v, %v", list, err)
		}
	}
	if err := celltest.EndOf(func() { w.Under(m, "x") }); err == nil || !strings.Contains(err.Error(), "a name before every line") {
		t.Errorf("%v", err)
	}
}
