package train

import (
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/model"
)

func TestCard(t *testing.T) {
	c := small()
	m, err := model.New(c.Model, 0)
	if err != nil {
		t.Fatal(err)
	}
	loss := 2.5
	r := &Result{Config: c, Name: "train-<b>", Dir: "/a <b>/c", Model: m, Provenance: artifact.Provenance{WallSeconds: 61.2},
		Metrics: []Metric{{Violations: 2, Valid: &loss}, {Violations: 1}}}
	card, err := r.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"run train-<b>\n", "sparse, anneal; 1 layers of width 32", "40 steps of 4×16 tokens, seed 0", "2.5000 nats per token", "3 not of exactly k", "1m1s"} {
		if !strings.Contains(card.Text, want) {
			t.Errorf("%q is not in\n%s", want, card.Text)
		}
	}
	if strings.Contains(card.HTML, "<b>") || !strings.Contains(card.HTML, "train-&lt;b&gt;") || !strings.Contains(card.HTML, "2.5000 nats") {
		t.Error(card.HTML)
	}
	if strings.Contains(card.Text+card.HTML, r.Dir) { // a report is shared; the machine's folders are not
		t.Error(card.Text)
	}
	r.Config, r.Metrics = c.Dense(), nil
	if card, err = r.Bundle(); err != nil || !strings.Contains(card.Text, "model            dense;") || strings.Contains(card.Text, "supports") || strings.Contains(card.Text, "loss") {
		t.Errorf("%v\n%s", err, card.Text)
	}
}
