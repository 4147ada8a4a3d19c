package traintest

import (
	"testing"

	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/train"
)

// TestRun: weights are amplified, biases, norms and tables are not, and the
// untrained model is left as it was.
func TestRun(t *testing.T) {
	c, err := train.Scale("tiny", 1)
	if err != nil {
		t.Fatal(err)
	}
	run := Amplified(t, c)
	plain, err := train.Untrained(c)
	if err != nil {
		t.Fatal(err)
	}
	if run.Name != plain.Name {
		t.Errorf("%s, want %s", run.Name, plain.Name)
	}
	for _, p := range c.Model.Params() {
		want, err := plain.Model.Values(p.Name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := run.Model.Values(p.Name)
		if err != nil {
			t.Fatal(err)
		}
		by := float32(1)
		if p.Kind == model.Matrix || p.Kind == model.Embedding {
			by = factor
		}
		for i := range want {
			if got[i] != by*want[i] {
				t.Fatalf("%s[%d] is %v, was %v", p.Name, i, got[i], want[i])
			}
		}
	}
}

// TestMoved: one parameter is moved, the rest and the run itself are not.
func TestMoved(t *testing.T) {
	c, err := train.Scale("tiny", 1)
	if err != nil {
		t.Fatal(err)
	}
	run := Amplified(t, c)
	const name = "lm_head.weight"
	other := Moved(t, run, name)
	if other.Name != run.Name {
		t.Errorf("its name is %s, want %s", other.Name, run.Name)
	}
	for _, p := range c.Model.Params() {
		a, errA := run.Model.Values(p.Name)
		b, errB := other.Model.Values(p.Name)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		want := float32(0)
		if p.Name == name {
			want = 1
		}
		for i := range a {
			if b[i] != a[i]+want {
				t.Fatalf("%s[%d] is %v, was %v", p.Name, i, b[i], a[i])
			}
		}
	}
}
