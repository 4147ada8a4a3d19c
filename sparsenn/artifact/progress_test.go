package artifact

import (
	"testing"

	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

// TestPart: a part's share lies in the part and rises with what it came from.
func TestPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.Float64Range(0, 1).Draw(t, "from")
		to := rapid.Float64Range(from, 1).Draw(t, "to")
		a := rapid.Float64Range(-1, 2).Draw(t, "a")
		b := rapid.Float64Range(a, 2).Draw(t, "b")
		var got []float64
		o := Options{Progress: func(p Progress) { got = append(got, p.Share()) }}.Part(from, to, "x")
		o.Step("", a, 1, "")
		o.Step("", b, 1, "")
		if got[0] > got[1] || got[0] < from || got[1] > to+1e-12 {
			t.Fatalf("%v in [%v, %v]", got, from, to)
		}
	})
}

func TestPartNames(t *testing.T) {
	var got Progress
	said := ""
	o := Options{Progress: func(p Progress) { got = p }, Log: func(line string) { said = line }}
	part := o.Part(0, 1, "seed 1").Part(0.5, 1, "")
	part.Step("pruning", 2, 4, "note")
	if got != (Progress{"seed 1: pruning", 0.75, 1, "note"}) {
		t.Errorf("%+v", got)
	}
	if part.Say("a line"); said != "a line" {
		t.Error("the log is lost")
	}
}

// TestSilent: where nobody asks nothing is called, and a stage without an end has no share.
func TestSilent(t *testing.T) {
	var o Options
	o.Step("", 1, 1, "")
	o.Say("nobody reads this")
	if o.Part(0, 1, "a").Progress != nil {
		t.Error("a callback where none was given")
	}
	if s := (Progress{Done: 3}).Share(); s != 0 {
		t.Errorf("a share of %v of nothing", s)
	}
}
