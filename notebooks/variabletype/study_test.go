package variabletype

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/notebooks/lab/celltest"
	"testing"
)

// TestVariableType: at the smallest scale, whose model solves nothing, every part of the study
// says so without failing, and no number is stated twice.
func TestVariableType(t *testing.T) {
	celltest.Heavy(t)
	x := Study{Scale: "tiny"}
	states := map[string]bool{}
	for name, part := range map[string]func() cell.Result{"trained": x.Trained, "task": x.Task, "proof": x.Proof, "nodes": x.Nodes, "other names": x.OtherNames} {
		r := part()
		for n := range celltest.Claimed(t, r) {
			if states[n] {
				t.Errorf("%s states %s again", name, n)
			}
			states[n] = true
		}
		if name != "trained" {
			celltest.Shown(t, r)
		}
	}
	for _, want := range []string{"l0", "types_loss_model_sparse", "types_loss_alone", "types_names_varying_circuit_loss"} {
		if !states[want] {
			t.Errorf("%s is not stated", want)
		}
	}
}
