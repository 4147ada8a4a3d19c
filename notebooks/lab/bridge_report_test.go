package lab

import (
	"strings"
	"testing"

	"circuitbook/notebooks/lab/celltest"
	"circuitbook/sparsenn/bridge"
)

// TestBridgeReport measures the committed bridge of seed 1 on a few windows.
func TestBridgeReport(t *testing.T) {
	celltest.Heavy(t)
	m := Train("laptop", Seed(1))
	p := Bridge(m, m.Twin())
	p.spec.Sparse.Scale = "tiny" // as few windows as there
	r := p.Measure()
	c := celltest.Claimed(t, r)
	if c["worst_ce"] != r.Worst() || c["mean_kl"] != r.MeanKL() || c["d2s_ce_4"] == nil || c["limit_ce"].(float64) <= c["sparse_ce"].(float64) {
		t.Errorf("states %v", c)
	}
	if text := celltest.Shown(t, r); !strings.Contains(text, "The worst hybrid is") || !strings.Contains(text, "1.resid_mid") {
		t.Errorf("shows %s", text)
	}
	two := CompareBridges("Two", r.Named("a"), r.Named("b"))
	if c := celltest.Claimed(t, two); len(c) != 22 || c["b_worst_ce"] != r.Worst() {
		t.Errorf("states %v", c)
	}
	if text := celltest.Shown(t, two); !strings.Contains(text, "Two") || !strings.Contains(text, "the sparse model itself") {
		t.Errorf("shows %s", text)
	}
	if c := celltest.Claimed(t, two.Spread()); c["worst_ce_runs"] != 2 || c["worst_ce_median"] != r.Worst() {
		t.Errorf("states %v", c)
	}
	if len(two.First(1).List) != 1 || len(two.First(5).List) != 2 {
		t.Error("the first of two")
	}
	change := r.Named("b").Against(r.Named("a"))
	if c := celltest.Claimed(t, change); c["hybrids"] != 10 || c["hybrids_better"] != 0 || c["mean_kl_change"] != 0.0 {
		t.Errorf("a bridge against itself states %v", c)
	}
	celltest.Shown(t, change)
	routes := p.Routes()
	if c := celltest.Claimed(t, routes); c[""] != 64 || c["over_mean_1"] == nil || c["worst"] == "" {
		t.Errorf("states %v", c)
	}
	celltest.Shown(t, routes)
	if err := celltest.EndOf(func() { CompareBridges("none") }); err == nil {
		t.Error("no reports are compared")
	}
	if other := p.With(func(c *bridge.Config) {}); other.Bridge().Name != p.Bridge().Name {
		t.Error("the same config gives another bridge")
	}
	if c := celltest.Claimed(t, p); c["steps"] != 600 {
		t.Errorf("states %v", c)
	}
}
