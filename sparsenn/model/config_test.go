package model_test

import (
	"encoding/json"
	"strings"
	"testing"

	. "circuitbook/sparsenn/model"
)

func TestConfigRefusesNonsense(t *testing.T) {
	for _, tc := range []struct {
		name string
		edit func(*Config)
		want string
	}{
		{"no layers", func(c *Config) { c.Layers = 0 }, "n_layer"},
		{"too many layers", func(c *Config) { c.Layers = 1e9 }, "n_layer is 1000000000"},
		{"too wide", func(c *Config) { c.DMLP = 1 << 30 }, "d_mlp"},
		{"too many positions", func(c *Config) { c.DPos = 1 << 30 }, "d_pos_emb"},
		{"no width", func(c *Config) { c.DModel = -1 }, "d_model"},
		{"negative positions", func(c *Config) { c.DPos = -1 }, "d_pos_emb"},
		{"activation", func(c *Config) { c.Activation = "tanh" }, `"tanh"`},
		{"fraction above one", func(c *Config) { c.AFrac = 1.5 }, "afrac"},
		{"fraction without places", func(c *Config) { c.ALocations = nil }, "both or neither"},
		{"unknown place", func(c *Config) { c.ALocations = []Location{"resid"} }, `"resid"`},
		{"place twice", func(c *Config) { c.ALocations = []Location{AttnIn, AttnIn} }, "twice"},
		{"keeps nothing", func(c *Config) { c.AFrac = 0.001 }, "raise afrac"},
	} {
		c := NewConfig(64, 1, 32, 16)
		tc.edit(&c)
		err := c.Validate()
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want one that names %s", tc.name, err, tc.want)
		}
		if _, err := New(c, 0); err == nil {
			t.Errorf("%s: New made a model", tc.name)
		}
	}
}

func TestConfigRoundTrips(t *testing.T) {
	want := NewConfig(64, 2, 32, 16)
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseConfig(append([]byte("\ufeff"), data...))
	if err != nil {
		t.Fatal(err)
	}
	again, _ := json.Marshal(got)
	if string(again) != string(data) {
		t.Errorf("got %s, want %s", again, data)
	}
	if _, err := ParseConfig([]byte(`{"n_layers": 2}`)); err == nil || !strings.Contains(err.Error(), "n_layers") {
		t.Errorf("an unknown field gave %v", err)
	}
}

// TestPaperParameterCounts: the sizes of the published models follow from
// their configs (Gao et al., §2.3; file sizes of the release).
func TestPaperParameterCounts(t *testing.T) {
	yolo2 := Config{Vocab: 2048, Layers: 8, DModel: 2048, Heads: 128, DHead: 16, DMLP: 8192, Context: 1024,
		DPos: 32, AFrac: .25, ALocations: AllLocations(), Sink: true, Bigram: true, Bias: true, Activation: GELU}
	if err := yolo2.Validate(); err != nil {
		t.Fatal(err)
	}
	if n := yolo2.Size(true); n != 419_122_688 {
		t.Errorf("csp_yolo2 has %d parameters, want 419122688", n)
	}
	yolo1 := Config{Vocab: 2048, Layers: 12, DModel: 1024, Heads: 128, DHead: 8, DMLP: 4096, Context: 1024,
		Bigram: true, Bias: true, Activation: GELU}
	// The release always stores a position table, [1024, 1024] here; ours has none.
	if n := yolo1.Size(true) + 1024*1024; n != 160_568_320 {
		t.Errorf("csp_yolo1 has %d parameters, want 160568320", n)
	}
	if yolo2.Size(true)-yolo2.Size(false) != 2048*2048 {
		t.Error("Size does not leave out the bigram table")
	}
}

func FuzzParseConfig(f *testing.F) {
	c, _ := json.Marshal(NewConfig(64, 2, 32, 16))
	f.Add(c)
	f.Add([]byte(`{"n_layer": 1e9, "afrac": null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseConfig(data)
		if err == nil && c.Validate() != nil {
			t.Fatalf("accepted an invalid config: %s", data)
		}
	})
}
