package train

import (
	"context"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/model"
	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

// TestL0 is what a finished run counts, but for zeros inside of supports.
func TestL0(t *testing.T) {
	t.Setenv("CIRCUITBOOK_RUNS", t.TempDir())
	c := small()
	want, err := c.L0()
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(context.Background(), c, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	last := r.Metrics[len(r.Metrics)-1]
	zeros := 0
	for i := range last.K {
		zeros += last.K[i] - last.Nonzeros[i]
	}
	if want != last.L0+zeros {
		t.Errorf("%d, the run has %d and %d zeros in its supports", want, last.L0, zeros)
	}
	if n, err := c.Dense().L0(); err != nil || n != c.Model.Size(false) {
		t.Errorf("dense: %d, %v", n, err)
	}
}

// TestPaperFixedL0: models of all sizes have the same L0, a little below what was
// asked for, and keep the proportions of their densities (Fig 3).
func TestPaperFixedL0(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := small()
		c.Density.Floor = 0
		c.Model = model.NewConfig(512, rapid.IntRange(1, 3).Draw(t, "layers"), 16*rapid.IntRange(1, 12).Draw(t, "width"), 16)
		all := c.Model.Size(false)
		want := rapid.IntRange(all/20, all/4).Draw(t, "l0")
		got, err := c.AtL0(want)
		if err != nil {
			t.Fatal(err)
		}
		n, err := got.L0()
		if err != nil || n > want || n < want-100 {
			t.Fatalf("%d of %d, %v", n, want, err)
		}
		if r := got.Density.Embedding / got.Density.Matrix; r < 1.999 || r > 2.001 {
			t.Fatalf("embeddings are %v times as dense as matrices, were 2 times", r)
		}
	})
}

func TestAtL0Refuses(t *testing.T) {
	c := small()
	all := c.Model.Size(false)
	for want, n := range map[string]int{"make it larger": 2 * all, "does not fit": 3, "floor": 1200} {
		if _, err := c.AtL0(n); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d: %v, want %q", n, err, want)
		}
	}
	if _, err := c.Dense().AtL0(1000); err == nil || !strings.Contains(err.Error(), "dense") {
		t.Errorf("dense: %v", err)
	}
}
