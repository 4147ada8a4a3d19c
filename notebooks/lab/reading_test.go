package lab

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/notebooks/lab/celltest"
	"os"
	"strings"
	"testing"
)

// fewer is a circuit whose numbers are measured on few examples.
func fewer(q *Circuit) *Circuit {
	q.spec.Config.Prove.Examples, q.spec.Config.Prune.Select = 16, 16
	return q
}

// numbers are those of a report, by their names.
func numbers(t *testing.T, r cell.Result, names ...string) map[string]any {
	t.Helper()
	m := celltest.Claimed(t, r)
	for _, n := range names {
		if _, ok := m[n]; !ok {
			t.Errorf("it does not state %s, but %v", n, m)
		}
	}
	celltest.Shown(t, r)
	return m
}

// TestReading: what is said of the committed circuit's nodes, measured on a few pairs.
func TestReading(t *testing.T) {
	q := fewer(Train("laptop", Seed(1)).Find("single_double_quote"))
	decides := q.Deciding()
	if decides != "1.attn.resid_delta[26]" || q.Effect(decides) < 0.5 {
		t.Fatalf("%s decides, with an effect of %v", decides, q.Effect(decides))
	}
	if text := celltest.Shown(t, q.Picture("a title", decides, "decides")); !strings.Contains(text, "decides") || !strings.Contains(text, "a title") {
		t.Errorf("the picture is %s", text)
	}
	celltest.Shown(t, q.Search())
	celltest.Shown(t, q.Blocks())
	swaps := q.Swap(decides)
	if s := swaps.Of(decides); len(s.List) != 1 || s.List[0].Full.After != 1 || len(s.Claims()) != 3 {
		t.Errorf("%+v", s)
	}
	c := numbers(t, q.Controls(), "seen_share", "attribution_nodes", "random_missing_nodes")
	if c["attribution_loss_at_size"].(float64) < 0.3 {
		t.Errorf("attribution does as well: %v", c)
	}
}

// TestReadingLong: what takes a program of its own for most nodes, in CIRCUITBOOK_LONG.
func TestReadingLong(t *testing.T) {
	if os.Getenv("CIRCUITBOOK_LONG") == "" {
		t.Skip("CIRCUITBOOK_LONG=1 measures firing, detectors, the embedding, roles and counters")
	}
	q := fewer(Train("laptop", Seed(1)).Find("single_double_quote"))
	l := q.LooksBack()
	if text := celltest.Shown(t, q.Firing()); strings.Count(text, "[") < 12 {
		t.Errorf("nodes are missing: %s", text)
	}
	d := numbers(t, q.Detectors(), "detector_neuron", "type_channel_auc")
	if x := d["detector_neuron_auc"].(float64); x < 0.9 {
		t.Errorf("the detector finds %v", x)
	}
	if e := numbers(t, q.Embedding(), "channel", "channel_after_full"); e["all_after_circuit"].(float64) < 0.9 {
		t.Errorf("the embedding turns %v", e)
	}
	if r := numbers(t, l.Roles(), "none_full_look", "keys_circuit_loss"); r["values_circuit_exchanged"].(float64) < 0.9 {
		t.Errorf("roles: %v", r)
	}
	r := numbers(t, l.Counter(), "nodes", "writes", "reads", "swap_prompts", "written_position_full_loss")
	if x := r["written_circuit_position_correlation"].(float64); x < 0.9 {
		t.Errorf("the counter follows the position with %v", x)
	}
}

// TestLooking: keys find and values tell.
func TestLooking(t *testing.T) {
	celltest.Heavy(t)
	q := fewer(Train("laptop", Seed(1)).Find("single_double_quote"))
	l := q.LooksBack()
	if !l.Found || l.Head.Layer != 1 || len(l.Values) == 0 || l.Full.Mean < 0.5 || l.Full.N != 16 {
		t.Fatalf("%+v", l)
	}
	if c := celltest.Claimed(t, l); c["head"] != nameOf(l.Head) || c["look_full"] != l.Full.Mean {
		t.Errorf("states %v", c)
	}
	celltest.Shown(t, l)
	b := numbers(t, l.Behind(), "key_neurons", "without_none_loss", "look_without_key_channels")
	if b["look_without_key_channels"].(float64) > b["look_without_none"].(float64)/2 {
		t.Errorf("without what the keys read it looks as before: %v", b)
	}
	if v := numbers(t, l.Exchange(), "head_after_circuit"); v["head_after_full"].(float64) < 0.9 || v["others_after_full"].(float64) > 0.1 {
		t.Errorf("values turn %v", v)
	}
	if c := numbers(t, l.Constant(), "query_nodes", "constant_v_accuracy", "look_constant_q"); c["constant_k_loss"].(float64) < 0.1 {
		t.Errorf("without its key it loses %v", c)
	}
}

// TestReadingNothing: where a circuit was not found nothing fails, and what there is none of
// says so and states nothing.
func TestReadingNothing(t *testing.T) {
	celltest.Heavy(t)
	m := Train("tiny")
	q := fewer(m.Find("single_double_quote"))
	if q.Reached() {
		t.Skip("a tiny model learned the task")
	}
	l := q.LooksBack()
	if r := l.Roles(); r.Why == "" || !strings.Contains(celltest.Shown(t, r), "no circuit was found") {
		t.Errorf("%+v", r)
	}
	if list, err := cell.StatedOf("x", l.Roles()); err != nil || list != nil {
		t.Errorf("%v, %v", list, err)
	}
	none := Looking{Circuit: q}
	for _, r := range []cell.Result{none.Behind(), none.Exchange(), none.Constant(), none.Counter(), none.Roles()} {
		if r.Why == "" {
			t.Errorf("%+v", r)
		}
	}
	if list, err := cell.StatedOf("x", none); err != nil || list != nil || !strings.Contains(celltest.Shown(t, none), "nothing looks back") {
		t.Errorf("%v, %v", list, err)
	}
	if r := m.InStrings(""); r.Why == "" {
		t.Errorf("%+v", r)
	}
	text := q.OnStrings()
	numbers(t, text, "labelled_tokens")
	if text.Number("labelled_tokens").(int) < 1000 {
		t.Errorf("%v tokens", text.Number("labelled_tokens"))
	}
	numbers(t, m.InStrings(q.Deciding()), "extreme_tokens", "largest_double")
	celltest.Shown(t, q.Closing())
	if err := celltest.EndOf(func() { text.Number("x") }); err == nil || !strings.Contains(err.Error(), `no number "x"`) {
		t.Errorf("%v", err)
	}
}

func TestEach(t *testing.T) {
	q := Train("laptop", Seed(1)).Find("single_double_quote")
	each := q.Seeds(1, 2).Each()
	if c := numbers(t, each, "seed1_nodes", "seed2_loss_alone"); c["seed1_edges"] != 8 {
		t.Errorf("%v", c)
	}
	if d := q.Diff(q); d.SamePath != 12 || celltest.Claimed(t, d)["same_path"] != 12 {
		t.Errorf("%d nodes of the same path", d.SamePath)
	}
	if s := q.Strips(q.Path()...); len(s.Strips) != len(q.Path()) {
		t.Errorf("%d strips", len(s.Strips))
	}
}
