package experiment

import (
	"encoding/json"
	"reflect"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/verify"
)

// TestDecode: a row keeps all that it says, but for the random circuits of one
// that was measured when their calibration could fail.
func TestDecode(t *testing.T) {
	for recipe, lost := range map[int]bool{0: true, 2: true, verify.Recipe: false} {
		want := Row{Run: "r", Circuit: &CircuitFacts{Task: "t", ProofRecipe: recipe, Proof: &circuit.Proof{
			Alone: stat.Estimate{Mean: 0.1, N: 256}, RandomAlone: stat.Estimate{Mean: 5, N: 20}, RandomRemoved: stat.Estimate{Mean: 0.2, N: 20}}}}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decode(text)
		if err != nil {
			t.Fatal(err)
		}
		if lost {
			want.Circuit.Proof.RandomAlone = stat.Estimate{}
		}
		if _, ok := got.Circuit.RandomAlone(); ok == lost {
			t.Errorf("recipe %d: measured %v", recipe, ok)
		}
		if !reflect.DeepEqual(*got, want) {
			t.Errorf("recipe %d: %+v, want %+v", recipe, got.Circuit.Proof, want.Circuit.Proof)
		}
	}
	if _, err := decode([]byte("[]")); err == nil {
		t.Error("a row that is none")
	}
}
