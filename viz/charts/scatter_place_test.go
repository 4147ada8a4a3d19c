package charts

import (
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestCrosses compares with many points along the line.
func TestCrosses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := func(name string) float64 { return float64(rapid.IntRange(-6, 6).Draw(t, name)) }
		b := area{c("left"), c("top"), 0, 0}
		b.right, b.bottom = b.left+float64(rapid.IntRange(1, 6).Draw(t, "w")), b.top+float64(rapid.IntRange(1, 6).Draw(t, "h"))
		p, q := [2]float64{c("x1"), c("y1")}, [2]float64{c("x2"), c("y2")}
		want := false
		const n = 5040 // every crossing of whole numbers lies between two of these
		for i := range n {
			f := (float64(i) + 0.5) / n
			x, y := p[0]+f*(q[0]-p[0]), p[1]+f*(q[1]-p[1])
			want = want || b.left < x && x < b.right && b.top < y && y < b.bottom
		}
		if got := b.crosses(p, q); got != want {
			t.Fatalf("line %v %v crosses %v: %v", p, q, b, got)
		}
		if b.crosses(p, q) != b.crosses(q, p) {
			t.Fatalf("line %v %v depends on its direction", p, q)
		}
	})
}

func TestAreas(t *testing.T) {
	b := area{0, 0, 10, 5}
	for _, c := range []struct {
		o            area
		meets, holds bool
	}{
		{area{1, 1, 2, 2}, true, true},
		{b, true, true},
		{area{9, 4, 11, 6}, true, false},
		{area{10, 0, 12, 5}, false, false}, // they touch
		{area{0, 5, 10, 7}, false, false},
		{area{-3, -3, 20, 20}, true, false},
		{area{-2, 1, -1, 2}, false, false},
		{area{1, -2, 2, -1}, false, false},
	} {
		if b.meets(c.o) != c.meets || c.o.meets(b) != c.meets || b.holds(c.o) != c.holds {
			t.Errorf("%v: meets %v, holds %v", c.o, b.meets(c.o), b.holds(c.o))
		}
	}
}

func TestTextBox(t *testing.T) {
	w := draw.TextWidth("name", 10)
	for anchor, left := range map[draw.Anchor]float64{draw.Start: 100, draw.Middle: 100 - w/2, draw.End: 100 - w} {
		m := draw.Mark{Shape: draw.Text, X: 100, Y: 50, Text: "name", Size: 10, Anchor: anchor}
		if got, want := textBox(&m), (area{left, 42, left + w, 52.5}); math.Abs(got.left-want.left)+math.Abs(got.right-want.right)+math.Abs(got.top-want.top)+math.Abs(got.bottom-want.bottom) > 1e-9 {
			t.Errorf("anchor %v: %v, want %v", anchor, got, want)
		}
	}
}

// TestName: names go to the right if they can, avoid lines if they can, and nothing else ever.
func TestName(t *testing.T) {
	page := area{0, 0, 200, 100}
	c := &crowd{within: page}
	m, ok := c.name("free", 100, 50)
	if !ok || m.Anchor != draw.Start || m.X <= 100 {
		t.Errorf("a free name stands at %+v, %v", m, ok)
	}
	if m, ok = c.name("free", 100, 50); !ok || m.Anchor != draw.End {
		t.Errorf("the second name at one spot stands at %+v, %v", m, ok)
	}
	c = &crowd{within: page}
	c.polyline([][2]float64{{104, 0}, {104, 20}, {150, 50}, {150, 100}})
	if len(c.lines) != 3 {
		t.Errorf("%d lines of four points", len(c.lines))
	}
	if m, ok = c.name("behind a line", 100, 50); !ok || m.Anchor != draw.End {
		t.Errorf("a name beside a line stands at %+v, %v", m, ok)
	}
	for i := range 20 {
		c.polyline([][2]float64{{0, float64(5 * i)}, {200, float64(5 * i)}})
	}
	if m, ok = c.name("on lines", 40, 20); !ok || m.Anchor != draw.Start {
		t.Errorf("a name amid lines stands at %+v, %v", m, ok)
	}
	c = &crowd{within: page, taken: []area{{0, 0, 200, 100}}}
	if m, ok = c.name("full", 100, 50); ok {
		t.Errorf("a name on a full page stands at %+v", m)
	}
}

// TestNameNeverCovers: whatever stands there, a name covers no other and stays within.
func TestNameNeverCovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &crowd{within: area{0, 0, 200, 100}}
		var all []area
		for i := range rapid.IntRange(1, 25).Draw(t, "names") {
			m, ok := c.name(fmt.Sprintf("name %d", i*i), rapid.Float64Range(0, 200).Draw(t, "x"), rapid.Float64Range(0, 100).Draw(t, "y"))
			if !ok {
				continue
			}
			b := textBox(&m)
			if !c.within.holds(b) {
				t.Fatalf("%+v leaves the area", m)
			}
			for _, o := range all {
				if b.meets(o) {
					t.Fatalf("%v covers %v", b, o)
				}
			}
			all = append(all, b)
		}
		if len(all) == 0 {
			return
		}
		if len(c.taken) != len(all) {
			t.Fatalf("%d areas taken by %d names", len(c.taken), len(all))
		}
	})
}
