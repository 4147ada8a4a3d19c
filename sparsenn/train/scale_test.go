package train

import (
	"strings"
	"testing"
)

// TestScales: every scale is valid, and so are its dense twin and its constant
// schedule; laptop keeps to the densities that the README states.
func TestScales(t *testing.T) {
	for _, name := range Scales() {
		c, err := Scale(name, 3)
		if err != nil {
			t.Fatal(err)
		}
		if c.Seed != 3 || c.Schedule != Anneal {
			t.Errorf("%s: seed %d, schedule %s", name, c.Seed, c.Schedule)
		}
		if err := c.Dense().Validate(); err != nil {
			t.Errorf("%s, dense: %v", name, err)
		}
		c.Schedule = Constant
		if err := c.Validate(); err != nil {
			t.Errorf("%s, constant: %v", name, err)
		}
	}
	c, err := Scale("laptop", 0)
	if err != nil {
		t.Fatal(err)
	}
	if n := c.Model.Size(false); n < 500_000 {
		t.Errorf("laptop has %d parameters, at least 500000 are promised", n)
	}
	if c.Density.Matrix > 0.03 || c.Density.Embedding > 0.12 || c.SeqLen != 128 || c.Model.DPos != 0 {
		t.Errorf("laptop: %+v", c)
	}
	if _, err := Scale("huge", 0); err == nil || !strings.Contains(err.Error(), "laptop") {
		t.Errorf("an unknown scale gave %v", err)
	}
}
