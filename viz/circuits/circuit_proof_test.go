package circuits

import (
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/stat"
	"circuitbook/viz/internal/circuitsample"
	"circuitbook/viz/internal/draw"
	"circuitbook/viz/internal/drawtest"

	"pgregory.net/rapid"
)

// TestProof: the losses stand in the picture, under it, in its description and in the text.
func TestProof(t *testing.T) {
	b, err := Circuit{Circuit: circuitsample.Sample(t, "brackets")}.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	_, desc, _ := strings.Cut(b.SVG, "<desc")
	desc, _, _ = strings.Cut(desc, "</desc>")
	_, caption, _ := strings.Cut(b.HTML, "<figcaption")
	caption, _, _ = strings.Cut(caption, "</figcaption>")
	sentence := "whole model 0.021 (0.012 to 0.034, n = 512 prompts); circuit alone 0.142 (0.118 to 0.169, n = 512 prompts); circuit removed 0.712 (0.690 to 0.733, n = 512 prompts); " +
		"random circuits alone 0.694 (0.681 to 0.709, n = 32 circuits); random circuits removed 0.026 (0.021 to 0.033, n = 32 circuits)."
	for place, text := range map[string]string{"description": desc, "caption": caption, "text": strings.Join(strings.Fields(b.Text), " ")} {
		if !strings.Contains(text, sentence) {
			t.Errorf("the %s lacks the losses: %s", place, text)
		}
	}
	for _, want := range []string{">circuit alone<", ">0.142<", ">0.118 to 0.169<", ">chance 0.693<", ">target 0.150<"} {
		if !strings.Contains(b.SVG, want) {
			t.Errorf("the picture lacks %s", want)
		}
	}
}

// TestProofMissing: what was not measured is said to be so, never left out.
func TestProofMissing(t *testing.T) {
	c := circuitsample.Sample(t, "brackets")
	c.Proof = nil
	b, err := Circuit{Circuit: c}.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	for form, out := range map[string]string{"SVG": b.SVG, "HTML": b.HTML, "text": b.Text} {
		if !strings.Contains(out, "Faithfulness was not measured.") && !strings.Contains(out, ">not measured<") {
			t.Errorf("the %s does not say that nothing was measured", form)
		}
	}
	c.Proof = &circuit.Proof{Full: stat.Estimate{Mean: 0.1, Lo: 0.1, Hi: 0.1, N: 1}}
	if got := proofText(c); !strings.Contains(got, "whole model 0.100 (0.100 to 0.100, n = 1 prompts)") || strings.Count(got, "not measured") != 4 {
		t.Errorf("got %s", got)
	}
	if got := len(proofTable(c).Rows); got != 5 {
		t.Errorf("%d rows", got)
	}
	drawtest.Inside(t, scene(c, nil))
}

// TestDrawProof: means lie within their intervals, in the order of the losses, on the page.
func TestDrawProof(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loss := rapid.OneOf(rapid.Float64Range(-0.1, 2), rapid.Float64Range(-maxLoss, maxLoss))
		est := func(name string) stat.Estimate {
			a, b := loss.Draw(t, name+" from"), loss.Draw(t, name+" to")
			return stat.Estimate{Lo: min(a, b), Hi: max(a, b), Mean: (a + b) / 2, N: 3}
		}
		c := &circuit.Circuit{Target: rapid.Float64Range(0, 1).Draw(t, "target"), Proof: &circuit.Proof{
			Full: est("full"), Alone: est("alone"), Removed: est("removed"), RandomAlone: est("random alone"), RandomRemoved: est("random removed")}}
		want := 5
		if rapid.Bool().Draw(t, "with raw numbers") {
			c.Proof.Raw, c.Proof.Faithfulness = new(est("raw")), new(est("faithfulness"))
			want++
		}
		s := &draw.Scene{Width: 480}
		s.Height = drawProof(s, c, 0, 10, 480)
		drawtest.Inside(t, s)
		var dots, lines []draw.Mark
		for _, m := range s.Marks {
			switch {
			case m.Shape == draw.Circle:
				dots = append(dots, m)
			case m.Shape == draw.Line && m.H == 0:
				lines = append(lines, m)
			}
		}
		if len(dots) != want || len(lines) != want {
			t.Fatalf("%d dots, %d intervals", len(dots), len(lines))
		}
		for i, l := range proofLines(c.Proof) {
			if d, n := dots[i], lines[i]; d.X < n.X-1e-6 || d.X > n.X+n.W+1e-6 || d.Y != n.Y {
				t.Fatalf("%s: dot at %v, interval from %v to %v", l.name, d.X, n.X, n.X+n.W)
			}
			if i > 0 {
				before := proofLines(c.Proof)[i-1]
				if (l.Mean-before.Mean)*(dots[i].X-dots[i-1].X) < 0 {
					t.Fatalf("%s and %s stand the wrong way round", l.name, before.name)
				}
			}
		}
	})
}

func TestLossText(t *testing.T) {
	for v, want := range map[float64]string{0: "0.000", 0.6931: "0.693", -0.001: "-0.001", 12.5: "12.500", 1234.5: "1,235", -1e6: "-1,000,000"} {
		if got := lossText(v); got != want {
			t.Errorf("lossText(%v) = %q, want %q", v, got, want)
		}
	}
}
