package experiment

import (
	"circuitbook/sparsenn/circuit"
)

// Row is what was measured at a point. Losses are in nats; all of tasks are
// measured on the report split, the validation loss on text held out of training.
type Row struct {
	Name string `json:"name"`
	// Run and Weights are the training run's name and the digest of its weights.
	Run     string `json:"run"`
	Weights string `json:"weights"`
	Seed    uint64 `json:"seed"`
	Layers  int    `json:"layers"`
	DModel  int    `json:"d_model"`
	Steps   int    `json:"steps"`
	Dense   bool   `json:"dense"`
	// Parameters counts all weights but the bigram table's, L0 those of them that
	// are not zero.
	Parameters int     `json:"parameters"`
	L0         int     `json:"l0"`
	Valid      float64 `json:"valid"` // nats per token
	// Seconds is what the row took when it was made, without what was there
	// already; Peak is the largest memory of the process until then, in bytes, 0
	// where that cannot be told.
	Seconds float64       `json:"seconds"`
	Peak    int64         `json:"peak,omitempty"`
	Model   *ModelFacts   `json:"model,omitempty"`   // of a point without a task
	Circuit *CircuitFacts `json:"circuit,omitempty"` // of a point with one
}

// ModelFacts is what is measured of a model.
type ModelFacts struct {
	Scores []Score `json:"scores"` // of all built-in tasks, in their order
	// Kurtosis is that of the final residual's channels at a token, the fourth
	// central moment by the squared variance, as a mean over validation text: 3 for
	// normal ones, more where few channels are large (Gao et al., Fig 10).
	Kurtosis float64 `json:"kurtosis"`
}

// Score is how a model does on a task, with the 95 % interval of the loss.
type Score struct {
	Task     string  `json:"task"`
	Loss     float64 `json:"loss"`
	Lo       float64 `json:"lo"`
	Hi       float64 `json:"hi"`
	Accuracy float64 `json:"accuracy"`
	N        int     `json:"n"`
}

// CircuitFacts is what is measured of a circuit.
type CircuitFacts struct {
	Task    string  `json:"task"`
	Target  float64 `json:"target"`
	Reached bool    `json:"reached"` // on the select split; all else is absent where it was not
	Nodes   int     `json:"nodes"`   // of the whole model where the target was not reached
	Edges   int     `json:"edges"`
	Trials  int     `json:"trials"`
	// SearchSeconds is how long the search took, on whatever else was running.
	SearchSeconds float64 `json:"search_seconds"`
	// Proof has no RandomAlone, with N 0, where ProofRecipe is below 3.
	Proof       *circuit.Proof `json:"proof,omitempty"`
	ProofRecipe int            `json:"proof_recipe,omitempty"` // verify.Recipe when it was measured
	// Accuracy of the circuit alone, of the full model, and of the model without
	// the circuit: shares of pairs of which both sides are answered right.
	Accuracy        float64 `json:"accuracy"`
	FullAccuracy    float64 `json:"full_accuracy"`
	RemovedAccuracy float64 `json:"removed_accuracy"`
	// Heads is the number of attention heads with any node in the circuit,
	// Channels that of residual channels that one of its nodes reads or writes.
	Heads    int `json:"heads"`
	Channels int `json:"channels"`
	// Kept lists the circuit's nodes as paths, in the order of the forward pass.
	Kept []string `json:"kept,omitempty"`
	// Sizes are those at Point.Targets.
	Sizes []Size `json:"sizes,omitempty"`
}

// RandomAlone is the mean loss of random circuits alone, in nats per example. ok is
// false where it was not measured, and in rows of a time when it was measured wrong.
func (c *CircuitFacts) RandomAlone() (mean float64, ok bool) {
	if c.Proof == nil || c.Proof.RandomAlone.N == 0 {
		return 0, false
	}
	return c.Proof.RandomAlone.Mean, true
}

// Size is that of the circuit at a target loss.
type Size struct {
	Target  float64 `json:"target"`
	Reached bool    `json:"reached"`
	Nodes   int     `json:"nodes"`
	Edges   int     `json:"edges"`
}

// at is the score of a task.
func (m *ModelFacts) at(name string) (Score, bool) {
	for _, s := range m.Scores {
		if s.Task == name {
			return s, true
		}
	}
	return Score{}, false
}

// Solves says whether the model's loss on a task is at most limit, 0.15 being
// what the paper asks of circuits. A task that was not measured is not solved.
func (m *ModelFacts) Solves(task string, limit float64) bool {
	s, ok := m.at(task)
	return ok && s.Loss <= limit
}

// Both lists the tasks that all of several models solve, in the tasks' order.
func Both(limit float64, models ...*ModelFacts) []string {
	var out []string
	if len(models) == 0 {
		return nil
	}
	for _, s := range models[0].Scores {
		all := true
		for _, m := range models {
			all = all && m.Solves(s.Task, limit)
		}
		if all {
			out = append(out, s.Task)
		}
	}
	return out
}

// headsOf and channelsOf count what nodes share in a model of that shape.
func headsOf(nodes []circuit.Node, shape circuit.Shape) int {
	type head struct{ layer, index int }
	seen := map[head]bool{}
	for _, n := range nodes {
		switch n.Kind() {
		case circuit.Query, circuit.Key, circuit.Value:
			seen[head{n.Layer(), n.Index / max(1, shape.DHead)}] = true
		}
	}
	return len(seen)
}

func channelsOf(nodes []circuit.Node, shape circuit.Shape) int {
	seen := map[int]bool{}
	for _, n := range nodes {
		switch n.Kind() {
		case circuit.ActIn, circuit.ResidDelta, circuit.FinalResid:
			// Behind the channels act_in has the position's, which are not residual.
			if n.Index < shape.DModel {
				seen[n.Index] = true
			}
		}
	}
	return len(seen)
}
