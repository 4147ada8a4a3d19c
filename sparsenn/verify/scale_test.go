package verify

import (
	"strings"
	"testing"

	"circuitbook/sparsenn/train"
)

// TestScale: every scale of training has a proof, each larger than the last.
func TestScale(t *testing.T) {
	last := 0
	for _, name := range train.Scales() {
		c, err := Scale(name)
		if err != nil {
			t.Fatal(err)
		}
		if c.Examples <= last {
			t.Errorf("%s measures %d examples, the scale before it %d", name, c.Examples, last)
		}
		last = c.Examples
	}
	if _, err := Scale("huge"); err == nil || !strings.Contains(err.Error(), "tiny") {
		t.Errorf("%v", err)
	}
}
