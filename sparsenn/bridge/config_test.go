package bridge

import (
	"math"
	"strings"
	"testing"

	"circuitbook/sparsenn/train"
)

func TestScales(t *testing.T) {
	for _, name := range train.Scales() {
		if _, err := Scale(name); err != nil {
			t.Error(err)
		}
	}
	if _, err := Scale("huge"); err == nil {
		t.Error("an unknown scale is accepted")
	}
}

func TestValidate(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"weights.ce":              func(c *Config) { c.Weights.CE = -1 },
		"weights.encode":          func(c *Config) { c.Weights.Encode = math.NaN() },
		"weights.decode":          func(c *Config) { c.Weights.Decode = math.Inf(1) },
		"weights.dense_to_sparse": func(c *Config) { c.Weights.DenseToSparse = -1 },
		"weights.sparse_to_dense": func(c *Config) { c.Weights.SparseToDense = -1 },
		"keep":                    func(c *Config) { c.Keep = 1.5 },
		"ridge is":                func(c *Config) { c.Ridge = 0 },
		"ridge_tokens":            func(c *Config) { c.RidgeTokens = 0 },
		"steps":                   func(c *Config) { c.Steps = -1 },
		"batch":                   func(c *Config) { c.Batch = 0 },
		"seq_len":                 func(c *Config) { c.SeqLen = 0 },
		"lr":                      func(c *Config) { c.LR = 0 },
		"rate":                    func(c *Config) { c.Rate = 0 },
		"no term":                 func(c *Config) { c.Weights = Weights{} },
	} {
		c := DefaultConfig()
		change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
