package dilution

import (
	"math"
	"testing"
)

// TestOver: means are over models; an interval is as wide as models differ, not as
// their prompts do when these are alike; a length that a model lacks is left out.
func TestOver(t *testing.T) {
	side := func(p float64) Side { return Side{Right: []float64{p, p, p, p}} }
	curve := func(p float64, lengths ...int) (out []Point) {
		for _, n := range lengths {
			out = append(out, Point{Length: n, Prompt: side(p), Counter: Side{Right: []float64{0, 1, 0, 1}}})
		}
		return out
	}
	got, err := Over([][]Point{curve(0.2, 2, 4, 8), curve(0.6, 2, 8), curve(0.7, 2, 4, 8)})
	if err != nil || len(got) != 2 || got[0].Length != 2 || got[1].Length != 8 {
		t.Fatalf("%+v, %v", got, err)
	}
	p, c := got[0].Prompt, got[0].Counter
	if math.Abs(p.Mean-0.5) > 1e-9 || p.N != 3 || p.Lo > 0.3 || p.Lo < 0.2 || p.Hi < 0.65 || p.Hi > 0.7 {
		t.Errorf("models differ: %+v", p)
	}
	if c.Mean != 0.5 || c.Hi-c.Lo < 0.2 || c.Hi-c.Lo > 0.8 {
		t.Errorf("models are alike, prompts differ: %+v", c)
	}
	one, err := Over([][]Point{curve(0.2, 2)})
	if err != nil || math.Abs(one[0].Prompt.Hi-one[0].Prompt.Lo) > 1e-9 {
		t.Errorf("one model whose prompts are alike: %+v, %v", one, err)
	}
	if _, err := Over(nil); err == nil {
		t.Error("no curves, and no error")
	}
	if _, err := Over([][]Point{{{Length: 2}}}); err == nil {
		t.Error("no prompts, and no error")
	}
}
