package prune

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/task"
)

// recipeVersion is part of the hash that names a pruning; it is raised when the
// maths changes.
const recipeVersion = 2

// Config determines a pruning, but for how many trials fit into Budget.
type Config struct {
	// Target is the largest loss of a circuit on the select split, in nats per
	// example. The paper's default is 0.15; guessing costs 0.693.
	Target float64 `json:"target"`
	// Confidence is how many standard errors the mean loss must stay below the
	// target, so that the circuit also meets it on prompts it was not chosen on.
	Confidence float64 `json:"confidence"`
	Fit        int     `json:"fit"`    // examples that gates are trained on
	Select     int     `json:"select"` // examples that sizes are chosen on
	// FitTokens and MaxTokens bound the prompts, in tokens, of the examples that
	// gates are trained on, and of those that sizes are chosen on. Training costs
	// by the token; what it overlooks in longer prompts the choice sees.
	FitTokens int `json:"fit_tokens"`
	MaxTokens int `json:"max_tokens"`
	// Hyper is the centre of the search, and the settings where there is none.
	Hyper Hyper `json:"hyper"`
	// Budget is the time for the search in seconds, over all resumptions; 0
	// trains one set of gates, with Hyper.
	Budget float64 `json:"budget"`
	// Trials is the number of trials of a search that does not look at the clock,
	// and so is the same on every machine; 0 leaves it to Budget. Five are one
	// bracket without changes of its best circuit: a minute on two cores for a sparse
	// model of the laptop's size.
	Trials int `json:"trials,omitempty"`
	// Eliminate takes out nodes one by one after the ranking.
	Eliminate bool `json:"eliminate"`
	// Calibrate reads every circuit by a scale and a shift of its logits that are
	// fitted to it on the select split, in ranking, elimination and search, and
	// keeps them in the circuit (§3.5). The paper's procedure has this step, so it
	// is the default, though its authors doubt that it is principled: a circuit
	// then only has to tell the two answers apart, not to be as sure as the model.
	Calibrate bool           `json:"calibrate,omitempty"`
	Ablation  ablate.Options `json:"ablation"`
	Seed      uint64         `json:"seed"`
}

// DefaultConfig is a single pruning at the paper's target.
func DefaultConfig() Config {
	return Config{Target: 0.15, Confidence: 1.645, Fit: 1024, Select: 256, FitTokens: 32, MaxTokens: task.DefaultMaxTokens, Hyper: defaultHyper(), Eliminate: true, Calibrate: true}
}

// Validate says what is wrong with a config and which field to change.
func (c Config) Validate() error {
	for _, f := range []struct {
		name string
		ok   bool
		v    any
		want string
	}{
		{"target", c.Target > 0 && !math.IsInf(c.Target, 0), c.Target, "positive"},
		{"confidence", c.Confidence >= 0 && c.Confidence < 10, c.Confidence, "in [0, 10)"},
		{"fit", c.Fit > 0, c.Fit, "positive"},
		{"select", c.Select > 1, c.Select, "at least 2"},
		{"fit_tokens", c.FitTokens > 0, c.FitTokens, "positive"},
		{"max_tokens", c.MaxTokens > 0, c.MaxTokens, "positive"},
		{"trials", c.Trials >= 0 && (c.Trials == 0 || c.Budget == 0), c.Trials, "0 or more, and 0 where there is a budget in seconds"},
		{"budget", c.Budget >= 0 && !math.IsInf(c.Budget, 0), c.Budget, "0 or more seconds"},
	} {
		if !f.ok {
			return fmt.Errorf("prune config: %s is %v; it must be %s", f.name, f.v, f.want)
		}
	}
	return c.Hyper.Validate()
}

// identity is what names a pruning.
type identity struct {
	Recipe   int    `json:"recipe"`
	Parent   string `json:"parent"`  // the training run
	Weights  string `json:"weights"` // digest of its model
	Task     string `json:"task"`
	Examples string `json:"examples"` // hash of the fit and select examples
	Config   Config `json:"config"`
}

// hashOf is a hash of examples.
func hashOf(lists ...[]task.Example) (string, error) {
	data, err := json.Marshal(lists)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16]), nil
}
