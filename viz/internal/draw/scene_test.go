package draw

import (
	"errors"
	"math"
	"strings"
	"testing"

	"circuitbook/viz/internal/lint"
	"circuitbook/viz/internal/pathtest"

	"pgregory.net/rapid"
)

func TestSVGRefuses(t *testing.T) {
	for name, s := range map[string]Scene{
		"no size":        {},
		"negative size":  {Width: -1, Height: 1},
		"NaN size":       {Width: math.NaN(), Height: 1},
		"infinite size":  {Width: math.Inf(1), Height: 1},
		"NaN place":      {Width: 1, Height: 1, Marks: []Mark{{X: math.NaN()}}},
		"infinite place": {Width: 1, Height: 1, Marks: []Mark{{Shape: Circle, R: math.Inf(1)}}},
		"negative rect":  {Width: 1, Height: 1, Marks: []Mark{{W: -1}}},
		"opacity":        {Width: 1, Height: 1, Marks: []Mark{{Opacity: 2}}},
		"foreign path":   {Width: 1, Height: 1, Marks: []Mark{{Shape: Path, D: `M0 0"/><script>`}}},
	} {
		if got, err := s.SVG(); err == nil {
			t.Errorf("%s: drawn as %s", name, got)
		}
	}
}

func TestSVGTooBig(t *testing.T) {
	s := Scene{Width: 1, Height: 1, Desc: "d"}
	for i := 0; i < 10_000; i++ {
		s.Add(Mark{Shape: Circle, X: float64(i), R: 1, Fill: Ink})
	}
	if _, err := s.SVG(); !errors.Is(err, ErrTooBig) {
		t.Errorf("got %v, want TooBig", err)
	}
}

// TestSVGShapes draws one of each shape with all it may have.
func TestSVGShapes(t *testing.T) {
	var p Pen
	p.Move(1, 1)
	p.To(2, 2)
	p.Close()
	s := Scene{Width: 10, Height: 10.5, Title: "<t>", Desc: "a & b", Marks: []Mark{
		{Shape: Rect, W: 1, H: 2, R: 0.5, Fill: Paper, Stroke: Faint, Tip: "tip <1>"},
		{Shape: Line, X: 1, Y: 2, W: 3, H: -1, Stroke: Ink, Width: 1.5, Dash: []float64{2, 3.25}},
		{Shape: Circle, X: 1, Y: -1, R: 0.333, Fill: Positive, Opacity: 0.5},
		{Shape: Path, D: p.String(), Stroke: Negative},
		{Shape: Text, Text: "a<b", Anchor: End, Bold: true, Mono: true, Fill: Muted, Tip: "tip"},
		{Shape: Text, Text: "halo", Fill: Ink, Stroke: Paper, Width: 3},
	}}
	got, err := s.SVG()
	if err != nil {
		t.Fatal(err)
	}
	if err := lint.SVG(got); err != nil {
		t.Errorf("%v in\n%s", err, got)
	}
	for _, want := range []string{
		`<rect x="0" y="0" width="1" height="2" rx="0.5" fill="#ffffff" stroke="#dde2e7" class="f-paper k-faint"><title>tip &lt;1&gt;</title></rect>`,
		`<line x1="1" y1="2" x2="4" y2="1" stroke="#1b2026" stroke-width="1.5" stroke-dasharray="2 3.25" class="k-ink"/>`,
		`<circle cx="1" cy="-1" r="0.33" fill="#0068a8" opacity="0.5" class="f-pos"/>`,
		`<path d="M1 1l1 1Z" fill="none" stroke="#c24a00" stroke-linejoin="round" class="k-neg"/>`,
		`text-anchor="end" font-weight="bold"`, `>a&lt;b<title>tip</title></text>`,
		`<text x="0" y="0" font-size="12" fill="#1b2026" stroke="#ffffff" stroke-width="3" stroke-linejoin="round" paint-order="stroke" class="f-ink k-paper">halo</text>`,
		`viewBox="0 0 10 10.5"`, `>&lt;t&gt;</title>`, `>a &amp; b</desc>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %s in\n%s", want, got)
		}
	}
}

// TestSVGIdentity: the id follows the content, so different figures never share one.
func TestSVGIdentity(t *testing.T) {
	id := func(s Scene) string {
		out, err := s.SVG()
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(out, `id="`)
		id, _, _ := strings.Cut(rest, `"`)
		return id
	}
	base := Scene{Width: 10, Height: 10, Title: "t", Desc: "d"}
	ids := map[string]string{id(base): "base"}
	for name, change := range map[string]func(*Scene){
		"title": func(s *Scene) { s.Title = "u" },
		"desc":  func(s *Scene) { s.Desc = "e" },
		"size":  func(s *Scene) { s.Width = 11 },
		"mark":  func(s *Scene) { s.Add(Mark{Shape: Circle, Fill: Ink}) },
	} {
		s := base
		change(&s)
		if other, ok := ids[id(s)]; ok {
			t.Errorf("%s and %s have one id", name, other)
		}
		ids[id(s)] = name
	}
	if _, ok := ids[id(base)]; !ok {
		t.Error("the same scene has another id")
	}
}

// TestPen draws random lines and curves and reads them back: no rounding error adds up.
func TestPen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "n")
		var p Pen
		var want [][2]float64
		for i := 0; i < n; i++ {
			x, y := rapid.Float64Range(-900, 900).Draw(t, "x"), rapid.Float64Range(-900, 900).Draw(t, "y")
			switch op := rapid.IntRange(0, 5).Draw(t, "op"); {
			case i == 0 || op == 0:
				p.Move(x, y)
			case op == 1:
				p.Close()
				continue
			case op == 2:
				x1, y1, x2, y2 := rapid.Float64Range(-900, 900).Draw(t, "x1"), rapid.Float64Range(-900, 900).Draw(t, "y1"), rapid.Float64Range(-900, 900).Draw(t, "x2"), rapid.Float64Range(-900, 900).Draw(t, "y2")
				p.Curve(x1, y1, x2, y2, x, y)
				want = append(want, [2]float64{x1, y1}, [2]float64{x2, y2})
			default:
				p.To(x, y)
			}
			want = append(want, [2]float64{x, y})
		}
		got := pathtest.ReadPath(t, p.String())
		if len(got) != len(want) {
			t.Fatalf("%d points, want %d: %s", len(got), len(want), p.String())
		}
		for i := range got {
			if math.Abs(got[i][0]-want[i][0]) > 0.051 || math.Abs(got[i][1]-want[i][1]) > 0.051 {
				t.Fatalf("point %d is %v, want %v: %s", i, got[i], want[i], p.String())
			}
		}
	})
}

// TestContrast holds every colour that carries something to the contrast it needs on the paper.
func TestContrast(t *testing.T) {
	for r := Ink; r < Roles; r++ {
		want := 3.0 // for lines and marks
		switch r {
		case Ink, Muted:
			want = 4.5 // for text
		case Faint, Wash:
			continue
		}
		p := Palette[r]
		if c := contrast(t, p.Light, Palette[Paper].Light); c < want {
			t.Errorf("%s on light paper: contrast %.2f", p.Class, c)
		}
		if c := contrast(t, p.Dark, Palette[Paper].Dark); c < want {
			t.Errorf("%s on dark paper: contrast %.2f", p.Class, c)
		}
	}
}

// contrast is the ratio of WCAG 2.
func contrast(t *testing.T, a, b string) float64 {
	lum := func(hex string) float64 {
		var l float64
		for i, w := range [...]float64{0.2126, 0.7152, 0.0722} {
			v := 0
			for _, c := range hex[1+2*i : 3+2*i] {
				v = v*16 + strings.IndexRune("0123456789abcdef", c)
			}
			f := float64(v) / 255
			if f <= 0.03928 {
				f /= 12.92
			} else {
				f = math.Pow((f+0.055)/1.055, 2.4)
			}
			l += w * f
		}
		return l
	}
	x, y := lum(a), lum(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}
