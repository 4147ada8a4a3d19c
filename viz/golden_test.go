package viz_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"circuitbook/viz/internal/lint"

	"github.com/google/go-cmp/cmp"
)

var regen = flag.Bool("regen", false, "write the golden files of figures anew")

// TestGolden compares every kind of figure with testdata, byte by byte. After a change that is
// meant, run the tests with -regen and look at the pictures.
func TestGolden(t *testing.T) {
	figs := figures()
	for _, name := range slices.Sorted(maps.Keys(figs)) {
		t.Run(name, func(t *testing.T) {
			b, err := figs[name].Bundle()
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".txt", b.Text)
			if b.SVG != "" {
				golden(t, name+".svg", b.SVG)
			}
			if !strings.Contains(b.HTML, "<img ") { // HTML that is more than the picture
				golden(t, name+".html", b.HTML)
			}
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *regen {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run with -regen to write it", err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s changed (-want +got); if meant, run with -regen:\n%s", path, d)
	}
}

// TestRules holds every figure to the rules of pictures and of HTML that survives a sanitiser.
func TestRules(t *testing.T) {
	for name, f := range figures() {
		check(t, name, f)
	}
}

// check draws a figure and lints all that comes out.
func check(t interface {
	Helper()
	Errorf(string, ...any)
}, name string, f viz.Figure) viz.Bundle {
	t.Helper()
	b, err := f.Bundle()
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return b
	}
	if err := lint.HTML(b.HTML); err != nil {
		t.Errorf("%s: HTML: %v", name, err)
	}
	if b.SVG != "" {
		if err := lint.SVG(b.SVG); err != nil {
			t.Errorf("%s: SVG: %v", name, err)
		}
	}
	if len(b.SVG) > draw.MaxSVG {
		t.Errorf("%s: %d bytes of SVG", name, len(b.SVG))
	}
	if b.Text == "" {
		t.Errorf("%s: no text", name)
	}
	return b
}

// TestDeterminism draws everything ten times, from figures made anew.
func TestDeterminism(t *testing.T) {
	first := map[string]viz.Bundle{}
	for i := 0; i < 10; i++ {
		for name, f := range figures() {
			b, err := f.Bundle()
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first[name] = b
			} else if d := cmp.Diff(first[name], b); d != "" {
				t.Fatalf("%s differs between runs:\n%s", name, d)
			}
		}
	}
}
