package bridge

import (
	"strings"
	"testing"

	"circuitbook/sparsenn/model"
)

func TestBoundaryNames(t *testing.T) {
	c := model.NewConfig(512, 2, 32, 16)
	want := []model.Site{"0.resid_in", "0.resid_mid", "1.resid_in", "1.resid_mid", "final_resid"}
	if Boundaries(c) != len(want) {
		t.Fatalf("%d boundaries", Boundaries(c))
	}
	for i, w := range want {
		if got := Boundary(c, i); got != w {
			t.Errorf("boundary %d is %s, want %s", i, got, w)
		}
	}
}

// TestDecoder: a row is what a unit of a channel adds.
func TestDecoder(t *testing.T) {
	runsIn(t)
	sparse, dense := two(t)
	b := fit(t, sparse, dense, quick())
	row, err := b.Decoder(1, 7)
	if err != nil {
		t.Fatal(err)
	}
	w := b.values["decoder.1.weight"]
	for i, x := range row {
		if x != w[i*sparse.Config.Model.DModel+7] {
			t.Fatalf("channel %d of the row is %v", i, x)
		}
	}
	for _, at := range [][2]int{{-1, 0}, {3, 0}, {0, -1}, {0, 32}} {
		if _, err := b.Decoder(at[0], at[1]); err == nil {
			t.Errorf("boundary %d, channel %d: no error", at[0], at[1])
		}
	}
}

func TestReadSite(t *testing.T) {
	runsIn(t)
	sparse, dense := two(t)
	b := fit(t, sparse, dense, quick())
	for site, want := range map[model.Site]int{"0.attn.act_in": 0, "0.mlp.act_in": 1} {
		if got, err := b.ReadSite(site); err != nil || got != want {
			t.Errorf("%s: %d, %v", site, got, err)
		}
	}
	for _, site := range []model.Site{"0.mlp.post_act", "1.attn.act_in", "final_resid", ""} {
		if _, err := b.ReadSite(site); err == nil || !strings.Contains(err.Error(), "read site") {
			t.Errorf("%q: %v", site, err)
		}
	}
}

// TestDamage: values that are not finite are found when a bridge is opened.
func TestDamage(t *testing.T) {
	runsIn(t)
	sparse, dense := two(t)
	b := fit(t, sparse, dense, quick())
	r := *sparse
	r.Extra = b.values
	zero := float32(0)
	r.Extra["encoder.0.bias"][3] = zero / zero
	if _, err := newBridge(&r, sparse, dense, b.Config); err == nil || !strings.Contains(err.Error(), "encoder.0.bias[3]") {
		t.Errorf("damage: %v", err)
	}
}
