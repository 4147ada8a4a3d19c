package prune

import (
	"strings"
	"testing"

	"circuitbook/sparsenn/train"
)

// TestScale: every scale of training has a pruning, and what differs is its cost.
func TestScale(t *testing.T) {
	last := -1.0
	for _, name := range train.Scales() {
		c, err := Scale(name)
		if err != nil {
			t.Fatal(err)
		}
		cost := c.Budget + float64(c.Hyper.Steps*c.Hyper.Pairs)/1e6
		if cost <= last {
			t.Errorf("%s costs no more than the scale before it", name)
		}
		last = cost
		if c.Target != DefaultConfig().Target || c.Confidence != DefaultConfig().Confidence {
			t.Errorf("%s has another target: %+v", name, c)
		}
	}
	if _, err := Scale("huge"); err == nil || !strings.Contains(err.Error(), "tiny") {
		t.Errorf("%v", err)
	}
}
