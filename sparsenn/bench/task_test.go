package main

import (
	"slices"
	"strings"
	"testing"
)

// TestCases: the comparisons that were asked for are all there.
func TestCases(t *testing.T) {
	byName := map[string]Case{}
	for _, c := range cases() {
		if _, twice := byName[c.Name]; twice {
			t.Errorf("%s is there twice", c.Name)
		}
		byName[c.Name] = c
		for _, a := range c.Aims {
			if a.Against != library && !slices.Contains(c.Peers, a.Against) {
				t.Errorf("%s aims at %s, which it does not run", c.Name, a.Against)
			}
		}
	}
	for name, k := range map[string]int{
		"mask/1M/n÷1000": 1048, "mask/1M/n÷100": 10485, "mask/1M/n÷10": 104857,
		"mask/16M/n÷1000": 16777, "mask/16M/n÷100": 167772, "mask/16M/n÷10": 1677721,
		"abstopk/4096x128": 32, "abstopk/4096x512": 128,
	} {
		c, ok := byName[name]
		if !ok || c.K != k {
			t.Errorf("%s: k = %d, not %d", name, c.K, k)
		}
		for _, p := range []string{handC, "gomlx.TopK", "jax.top_k", "torch.topk"} {
			if !slices.Contains(c.Peers, p) {
				t.Errorf("%s lacks %s", name, p)
			}
		}
	}
	if len(byName) != 9 {
		t.Errorf("%d cases", len(byName))
	}
}

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		only  string
		cases int
		peers int // of the first
	}{{"", 9, 9}, {"^step", 1, 5}, {"torch.topk$", 8, 1}, {"1M/n÷100 (c|jax.top_k)$", 1, 2}, {"abstopk", 2, 9}} {
		chosen, err := choose(cases(), c.only)
		if err != nil || len(chosen) != c.cases || len(chosen[0].Peers) != c.peers {
			t.Errorf("%q: %d cases, %v", c.only, len(chosen), err)
		}
	}
	for only, part := range map[string]string{"nothing": "none of the cases", "(": "missing closing"} {
		if _, err := choose(cases(), only); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: %v", only, err)
		}
	}
}

func TestIsLibrary(t *testing.T) {
	for _, c := range []struct {
		op, name string
		want     bool
	}{
		{opMask, "torch.topk", true}, {opMask, "gomlx.TopK", true}, {opMask, handC, false},
		{opMask, "jax.histogram+mask", false}, {opAbsTopK, "jax.bisect+mask", false},
		{opStep, "jax.step.bisect", true}, {opStep, oursDense, false},
	} {
		if got := isLibrary(c.op, c.name); got != c.want {
			t.Errorf("%s %s: %v", c.op, c.name, got)
		}
	}
}
