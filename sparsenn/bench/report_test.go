package main

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func example() *Report {
	c := &CaseResult{Name: "mask/1M/n÷100", Aims: []Aim{{Against: library, Ratio: 0.5}, {Against: handC, Ratio: 2.5}, {Against: oursDense, Ratio: 1}}}
	quick := &PeerResult{Name: "torch.topk", Library: true}
	slow := &PeerResult{Name: "jax.top_k", Library: true}
	wrong := &PeerResult{Name: "torch.kthvalue", Library: true, Differs: true, Note: "kept 3 of 9"}
	hand := &PeerResult{Name: handC}
	c.Peers = []*PeerResult{slow, quick, wrong, hand, {Name: "gomlx.TopK", Library: true, Note: "left out, one repetition takes 9.0 s"}}
	times := func(ours, peer float64) pairs {
		return pairs{[]float64{ours, 2 * ours, ours}, []float64{peer, 2 * peer, peer}}
	}
	c.fill([]pairs{times(2, 100), times(2, 5), times(2, 0.1), times(2, 0.5)}, []*PeerResult{slow, quick, wrong, hand})
	return &Report{Pairs: 3, Cases: []*CaseResult{c}}
}

// TestFill: the fastest library counts that computes the same; aims without a
// measurement are neither reached nor missed.
func TestFill(t *testing.T) {
	c := example().Cases[0]
	if c.Ours.Median != 2 || c.Peers[0].Time.Median != 100 || c.Peers[1].Pairs != 3 {
		t.Errorf("%+v", c)
	}
	if a := c.Aims[0]; math.Abs(a.Got-0.4) > 1e-9 || !a.Reached {
		t.Errorf("against the fastest library: %+v", a)
	}
	if a := c.Aims[1]; a.Got != 4 || a.Reached {
		t.Errorf("against C: %+v", a)
	}
	if a := c.Aims[2]; a.Got != 0 || a.Reached {
		t.Errorf("not measured: %+v", a)
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	if err := example().table(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	for _, want := range []string{"ours/peer", "torch.topk 5.00 5.00 – 10.0 0.40 0.40 – 0.40", "left out, one repetition", "DIFFERS: kept 3 of 9",
		"at most 0.50 of the fastest library reached 0.40", "at most 2.50 of c missed 4.00"} {
		found := false
		for _, l := range lines {
			found = found || strings.Contains(strings.Join(strings.Fields(l), " "), want)
		}
		if !found {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
}

// TestJSON: the names that a reader of the file goes by.
func TestJSON(t *testing.T) {
	data, err := json.Marshal(example())
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		Pairs int
		Cases []struct {
			Ours  struct{ Median, Lo, Hi float64 }
			Peers []struct {
				Name  string
				Ratio struct{ Median, Lo, Hi float64 }
			}
			Aims []struct{ Reached bool }
		}
	}
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	if r.Pairs != 3 || r.Cases[0].Peers[1].Name != "torch.topk" || r.Cases[0].Peers[1].Ratio.Median != 0.4 || !r.Cases[0].Aims[0].Reached {
		t.Errorf("%s", data)
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{0.034: "0.03", 1: "1.00", 12.34: "12.3", 431.6: "432"} {
		if got := number(v); got != want {
			t.Errorf("%v: %s", v, got)
		}
	}
}
