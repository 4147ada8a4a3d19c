package experiment

import (
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/prune"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/verify"
)

// TestScale: every scale has a config, which is that of the two packages but for
// the budget asked for.
func TestScale(t *testing.T) {
	for _, name := range train.Scales() {
		p, err := prune.Scale(name)
		if err != nil {
			t.Fatal(err)
		}
		v, err := verify.Scale(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Scale(name, 0)
		if err != nil || c.Prune != p || c.Prove != v || c.MaxEffects <= 0 {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
		c, err = Scale(name, 7)
		if name != "tiny" {
			p.Budget = 7
		}
		if err != nil || c.Prune != p || c.Prove != v {
			t.Errorf("%s with a budget: %+v, %v", name, c, err)
		}
	}
	if _, err := Scale("huge", 0); err == nil || !strings.Contains(err.Error(), "huge") {
		t.Errorf("an unknown scale: %v", err)
	}
	if _, err := Scale("laptop", -1); err == nil || !strings.Contains(err.Error(), "budget") {
		t.Errorf("a negative budget: %v", err)
	}
}

func TestValidate(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"MaxEffects": func(c *Config) { c.MaxEffects = -1 },
		"target":     func(c *Config) { c.Prune.Target = 0 },
		"examples":   func(c *Config) { c.Prove.Examples = 0 },
	} {
		c := quick(t)
		change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestSeedList(t *testing.T) {
	for _, x := range []struct {
		scale string
		seed  uint64
		want  []uint64
	}{
		{"laptop", 0, []uint64{0, 1, 2}},
		{"laptop", 2, []uint64{2, 0, 1}},
		{"laptop", 7, []uint64{7, 0, 1, 2}},
		{"tiny", 1, []uint64{1}},
		{"paper", 0, []uint64{0}},
	} {
		if got := SeedList(x.scale, x.seed); !slices.Equal(got, x.want) {
			t.Errorf("%s, seed %d: %v, want %v", x.scale, x.seed, got, x.want)
		}
	}
}
