package train

import (
	"strings"
	"testing"

	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/topk"
)

// TestPaperBudget: which tensors have a budget, of how much, with which floor
// (Gao et al., §1.7, §2.3, §2.4).
func TestPaperBudget(t *testing.T) {
	budgets, err := small().Budget()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Budget{}
	for _, b := range budgets {
		got[b.Param.Name] = b
	}
	for name, want := range map[string]struct {
		k, j int
		axis topk.Axis
	}{
		"transformer.wte.weight":             {3276, 0, topk.Rows}, // int(.2·512·32)
		"lm_head.weight":                     {3276, 0, topk.Rows},
		"transformer.h.0.attn.c_attn.weight": {307, 2, topk.Rows}, // int(.1·96·32)
		"transformer.h.0.attn.c_proj.weight": {102, 2, topk.Columns},
		"transformer.h.0.mlp.c_fc.weight":    {409, 2, topk.Rows},
		"transformer.h.0.mlp.c_proj.weight":  {409, 2, topk.Columns},
		"transformer.h.0.mlp.c_fc.bias":      {25, 0, topk.Rows}, // int(.2·128)
	} {
		b, ok := got[name]
		if !ok || b.K != want.k || b.Floor.J != want.j || b.Floor.Axis != want.axis {
			t.Errorf("%s: %+v, want k %d, floor %d per %s", name, b, want.k, want.j, want.axis)
		}
	}
	for _, dense := range []string{"transformer.h.0.ln_1.weight", "transformer.ln_f.weight", "transformer.h.0.attn.attn_imp.sink_logit", "bigram_table"} {
		if _, ok := got[dense]; ok {
			t.Errorf("%s has a budget; it is dense in the paper", dense)
		}
	}
	if len(budgets) != 2+8 {
		t.Errorf("%d tensors have a budget, want 10", len(budgets))
	}
}

func TestBudgetOfTheDenseTwinIsEmpty(t *testing.T) {
	c := small().Dense()
	budgets, err := c.Budget()
	if err != nil || len(budgets) != 0 || !c.IsDense() {
		t.Errorf("%d budgets, %v", len(budgets), err)
	}
	if c.Model.AFrac != 0 || c.Model.Size(true) != small().Model.Size(true) {
		t.Error("the twin is not the same model without sparsity")
	}
}

// TestFloorThatCannotFit names the tensor and the smallest possible density.
func TestFloorThatCannotFit(t *testing.T) {
	c := small()
	c.Density.Matrix, c.Density.Floor = 0.03, 4
	err := c.Validate()
	if err == nil || !strings.Contains(err.Error(), "c_attn") || !strings.Contains(err.Error(), "0.125") {
		t.Errorf("error %v, want one that names c_attn and 0.125 = 4/32", err)
	}
	// int(.29·100) is 28 in binary arithmetic; the budget is 29.
	if k := count(0.29, 100); k != 29 {
		t.Errorf("count(.29, 100) = %d", k)
	}
	if c.fraction(model.Gain, 1) != 1 {
		t.Error("gains have a budget")
	}
}
