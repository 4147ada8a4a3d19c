package train

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestConfigRefusesNonsense(t *testing.T) {
	for want, edit := range map[string]func(*Config){
		"steps":             func(c *Config) { c.Steps = 0 },
		"batch":             func(c *Config) { c.Batch = -1 },
		"seq_len":           func(c *Config) { c.SeqLen = 17 },
		"lr":                func(c *Config) { c.LR = math.NaN() },
		"warm_up":           func(c *Config) { c.WarmUp = 1 },
		"beta1":             func(c *Config) { c.Beta1 = 1 },
		"beta2":             func(c *Config) { c.Beta2 = -1 },
		"epsilon":           func(c *Config) { c.Epsilon = 0 },
		"weight_decay":      func(c *Config) { c.WeightDecay = math.NaN() },
		"density.matrix":    func(c *Config) { c.Density.Matrix = 0 },
		"density.embedding": func(c *Config) { c.Density.Embedding = 1.1 },
		"density.bias":      func(c *Config) { c.Density.Bias = math.NaN() },
		"density.floor":     func(c *Config) { c.Density.Floor = -1 },
		"schedule":          func(c *Config) { c.Schedule = "cosine" },
		"anneal_start":      func(c *Config) { c.AnnealStart = -1 },
		"anneal_end":        func(c *Config) { c.AnnealEnd = 0 },
		"valid_every":       func(c *Config) { c.ValidEvery = 0 },
		"valid_windows":     func(c *Config) { c.ValidWindows = 0 },
		"vocabulary":        func(c *Config) { c.Corpus.Vocab = 1024 },
		"n_layer":           func(c *Config) { c.Model.Layers = 0 },
	} {
		c := small()
		edit(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that names %s", err, want)
		}
	}
	if err := small().Validate(); err != nil {
		t.Error(err)
	}
}

func TestConfigRoundTrips(t *testing.T) {
	want := small()
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseConfig(append([]byte("\ufeff"), data...))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := ParseConfig([]byte(`{"step": 3}`)); err == nil || !strings.Contains(err.Error(), `"step"`) {
		t.Errorf("an unknown field gave %v", err)
	}
}

func FuzzParseConfig(f *testing.F) {
	data, _ := json.Marshal(small())
	f.Add(data)
	f.Add([]byte(`{"steps": -1, "model": {"n_layer": 9999999999}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := ParseConfig(data); err == nil && c.Validate() != nil {
			t.Fatalf("accepted an invalid config: %s", data)
		}
	})
}
