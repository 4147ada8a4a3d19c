package verify

import (
	"fmt"

	"circuitbook/sparsenn/train"
)

// Scale returns the proof that goes with a scale of train.Scale.
func Scale(name string) (Config, error) {
	c := DefaultConfig()
	switch name {
	case "tiny":
		c.Examples, c.MaxTokens, c.Random, c.EffectExamples, c.Attribution = 32, 48, 3, 0, 16
	case "laptop":
	case "paper":
		c.Examples, c.MaxTokens, c.EffectExamples, c.Attribution = 1024, 256, 256, 256
	default:
		return Config{}, fmt.Errorf("scale %q is not known; the scales are %v", name, train.Scales())
	}
	return c, c.Validate()
}
