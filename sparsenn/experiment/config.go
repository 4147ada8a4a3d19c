package experiment

import (
	"fmt"

	"circuitbook/sparsenn/prune"
	"circuitbook/sparsenn/verify"
)

// Config says how circuits are found and measured.
type Config struct {
	Prune prune.Config
	Prove verify.Config
	// MaxEffects is the largest number of nodes and edges, together, that are
	// ablated one by one; of a larger circuit the losses are measured, and its
	// nodes and edges have no effects.
	MaxEffects int
}

// maxEffects is Config.MaxEffects of every scale: some minutes on two cores.
const maxEffects = 400

// Scale returns the config that goes with a scale of train.Scale. budget is the
// time for the search of a circuit in seconds; 0 leaves it as prune.Scale has
// it. "tiny" searches nothing, whatever the budget.
func Scale(name string, budget float64) (Config, error) {
	c := Config{MaxEffects: maxEffects}
	var err error
	if c.Prune, err = prune.Scale(name); err != nil {
		return Config{}, err
	}
	if c.Prove, err = verify.Scale(name); err != nil {
		return Config{}, err
	}
	if budget != 0 && c.Prune.Budget > 0 {
		c.Prune.Budget = budget
	}
	return c, c.Validate()
}

// Validate says what is wrong with a config and which field to change.
func (c Config) Validate() error {
	if c.MaxEffects < 0 {
		return fmt.Errorf("study config: MaxEffects is %d; it must be 0 or more", c.MaxEffects)
	}
	if err := c.Prune.Validate(); err != nil {
		return err
	}
	return c.Prove.Validate()
}

// SeedList returns the seeds that a scale's circuits are compared over: at
// "laptop" 0, 1 and 2, and seed if it is another; elsewhere seed alone. seed
// comes first.
func SeedList(scale string, seed uint64) []uint64 {
	list := []uint64{seed}
	if scale == "laptop" {
		for s := range uint64(3) {
			if s != seed {
				list = append(list, s)
			}
		}
	}
	return list
}
