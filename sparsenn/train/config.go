package train

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
)

// recipeVersion is part of the hash that names a run. It is raised whenever the
// maths of a step changes, so that a run made by other maths is never resumed
// or mistaken for this one's; a golden test of ten losses fails otherwise.
const recipeVersion = 1

// The two schedules of the number of nonzeros (see [Config.Schedule]).
const (
	Anneal   = "anneal"   // from dense to the final density over the first half (Gao et al., §2.1)
	Constant = "constant" // the final density from the first step on; nothing is ever dense
)

// Density is the budget of nonzeros. Of a tensor of n entries int(fraction·n)
// are kept. 1 everywhere is a dense model, which is never projected.
type Density struct {
	Matrix    float64 `json:"matrix"`    // of c_attn, c_fc and both c_proj; in (0, 1]
	Embedding float64 `json:"embedding"` // of wte and lm_head; in (0, 1]
	Bias      float64 `json:"bias"`      // of the biases; in (0, 1]; 1 leaves them dense
	// Floor is the number of nonzero weights that every neuron and attention
	// channel keeps, counted inside the budget (j in Gao et al., §2.4).
	Floor int `json:"floor"`
}

// Config determines a training run: with the same seed, binary and backend it
// gives the same weights. The defaults of NewConfig are the paper's.
type Config struct {
	Model  model.Config  `json:"model"`
	Corpus corpus.Config `json:"corpus"`

	Steps  int `json:"steps"`
	Batch  int `json:"batch"`   // sequences per step
	SeqLen int `json:"seq_len"` // tokens predicted per sequence, ≤ Model.Context
	// Micro is how many sequences of a batch are computed at once, for batches that
	// memory does not hold; it divides Batch, 0 is all of it. The step is the same, up
	// to rounding.
	Micro int    `json:"micro,omitempty"`
	Seed  uint64 `json:"seed"` // of the initial weights and of the batches

	LR          float64 `json:"lr"`           // peak learning rate
	WarmUp      float64 `json:"warm_up"`      // fraction of the steps
	Beta1       float64 `json:"beta1"`        // of Adam
	Beta2       float64 `json:"beta2"`        // of Adam
	Epsilon     float64 `json:"epsilon"`      // of Adam
	WeightDecay float64 `json:"weight_decay"` // times the learning rate, after the projection

	Density     Density `json:"density"`
	Schedule    string  `json:"schedule"`     // Anneal or Constant
	AnnealStart float64 `json:"anneal_start"` // fraction of the steps up to which all is dense
	AnnealEnd   float64 `json:"anneal_end"`   // fraction of the steps from which the final density holds

	// PlainRate leaves the factor √(k_end/k(t)) out of the learning rate: an ablation
	// of the recipe.
	PlainRate bool `json:"plain_rate,omitempty"`

	ValidEvery   int `json:"valid_every"`   // steps between validations; the last step always validates
	ValidWindows int `json:"valid_windows"` // sequences of SeqLen tokens in a validation
}

// NewConfig returns the paper's optimiser settings (Gao et al., §2.1 and §2.2)
// around a model and a corpus: Adam with β .9 and .95 and ε .1, decay .1, 1 %
// warm-up, annealing to the end of the first half.
func NewConfig(m model.Config, c corpus.Config) Config {
	return Config{
		Model: m, Corpus: c, Steps: 1000, Batch: 32, SeqLen: m.Context,
		LR: 0.1, WarmUp: 0.01, Beta1: 0.9, Beta2: 0.95, Epsilon: 0.1, WeightDecay: 0.1,
		Density:  Density{Matrix: 0.03, Embedding: 0.12, Bias: 0.12, Floor: 2},
		Schedule: Anneal, AnnealStart: 0.01, AnnealEnd: 0.5,
		ValidEvery: 100, ValidWindows: 64,
	}
}

// Dense returns the config of the dense twin: the same sizes, data, seed and
// tokens, no sparsity in weights or activations, and a learning rate of a
// tenth, since a dense model does not bear the sparse one's.
func (c Config) Dense() Config {
	c.Model = c.Model.Dense()
	c.Density = Density{Matrix: 1, Embedding: 1, Bias: 1}
	c.Schedule = Constant
	c.LR /= 10
	return c
}

// IsDense says whether no tensor is ever projected.
func (c Config) IsDense() bool {
	return c.Density.Matrix == 1 && c.Density.Embedding == 1 && c.Density.Bias == 1
}

// Validate says what is wrong with a config and which field to change. A floor
// that does not fit the budget is an error that names the smallest density.
func (c Config) Validate() error {
	if err := c.Model.Validate(); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		ok   bool
		v    any
		want string
	}{
		{"steps", c.Steps > 0, c.Steps, "positive"},
		{"batch", c.Batch > 0, c.Batch, "positive"},
		{"micro", c.Micro >= 0 && (c.Micro == 0 || c.Batch%c.Micro == 0), c.Micro, fmt.Sprintf("0 or a divisor of the batch of %d", c.Batch)},
		{"seq_len", c.SeqLen > 0 && c.SeqLen <= c.Model.Context, c.SeqLen, fmt.Sprintf("from 1 to the model's context of %d", c.Model.Context)},
		{"lr", c.LR > 0 && !math.IsInf(c.LR, 0), c.LR, "positive and finite"},
		{"warm_up", c.WarmUp >= 0 && c.WarmUp < 1, c.WarmUp, "in [0, 1)"},
		{"beta1", c.Beta1 >= 0 && c.Beta1 < 1, c.Beta1, "in [0, 1)"},
		{"beta2", c.Beta2 >= 0 && c.Beta2 < 1, c.Beta2, "in [0, 1)"},
		{"epsilon", c.Epsilon > 0 && c.Epsilon < 1e6, c.Epsilon, "positive"},
		{"weight_decay", c.WeightDecay >= 0 && c.WeightDecay < 1e6, c.WeightDecay, "0 or more"},
		{"density.matrix", inUnit(c.Density.Matrix), c.Density.Matrix, "in (0, 1]"},
		{"density.embedding", inUnit(c.Density.Embedding), c.Density.Embedding, "in (0, 1]"},
		{"density.bias", inUnit(c.Density.Bias), c.Density.Bias, "in (0, 1]"},
		{"density.floor", c.Density.Floor >= 0, c.Density.Floor, "0 or more"},
		{"schedule", c.Schedule == Anneal || c.Schedule == Constant, c.Schedule, `"anneal" or "constant"`},
		{"anneal_start", c.AnnealStart >= 0 && c.AnnealStart < 1, c.AnnealStart, "in [0, 1)"},
		{"anneal_end", c.AnnealEnd > c.AnnealStart && c.AnnealEnd <= 1, c.AnnealEnd, "above anneal_start and at most 1"},
		{"valid_every", c.ValidEvery > 0, c.ValidEvery, "positive"},
		{"valid_windows", c.ValidWindows > 0, c.ValidWindows, "positive"},
	} {
		if !f.ok {
			return fmt.Errorf("train config: %s is %v; it must be %s", f.name, f.v, f.want)
		}
	}
	if c.Corpus.Vocab != c.Model.Vocab {
		return fmt.Errorf("train config: the model has a vocabulary of %d, the corpus of %d; make them equal", c.Model.Vocab, c.Corpus.Vocab)
	}
	_, err := c.Budget()
	return err
}

func inUnit(x float64) bool { return x > 0 && x <= 1 }

// ParseConfig reads a Config from JSON, refusing fields that it does not know.
func ParseConfig(data []byte) (Config, error) {
	var c Config
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimLeft(data, "\ufeff"))) // some editors put a mark there
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("train config: %w", err)
	}
	return c, c.Validate()
}
