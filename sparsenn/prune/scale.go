package prune

import (
	"fmt"

	"circuitbook/sparsenn/train"
)

// Scale returns the pruning that goes with a scale of train.Scale: "tiny" takes
// seconds and finds nothing, since its models solve nothing; "laptop" searches
// for two minutes; "paper" for an hour.
func Scale(name string) (Config, error) {
	c := DefaultConfig()
	switch name {
	case "tiny":
		c.Fit, c.Select, c.MaxTokens = 64, 32, 48
		c.Hyper.Steps, c.Hyper.Pairs = 20, 16
	case "laptop":
		c.Budget = 110 // the trial under way when it ends is finished
		c.Hyper.Steps, c.Hyper.Pairs, c.Hyper.LR = 200, 32, 1e-2
	case "paper":
		c.Fit, c.Select, c.FitTokens, c.MaxTokens, c.Budget = 8192, 512, 256, 256, 3600
		c.Hyper.Steps = 2000
	default:
		return Config{}, fmt.Errorf("scale %q is not known; the scales are %v", name, train.Scales())
	}
	return c, c.Validate()
}
