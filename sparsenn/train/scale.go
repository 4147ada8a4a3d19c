package train

import (
	"fmt"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
)

// Scales lists the names that [Scale] knows, smallest first.
func Scales() []string { return []string{"tiny", "laptop", "paper"} }

// Scale returns the annealed sparse config of a size. Its dense twin is
// Config.Dense, and with Schedule set to [Constant] it is sparse from the first
// step.
//
//   - "tiny" runs in seconds on the embedded sample, for tests and CI: it shows
//     that everything works and solves nothing.
//   - "laptop" trains in minutes on two cores, a quarter on real packages, the rest on
//     synthetic programs, and solves the quote and bracket tasks.
//   - "paper" has the sizes of the published training script's example
//     (Gao et al., §2.2) and wants a GPU; the data are those of "laptop", which
//     are far fewer than the paper's.
func Scale(name string, seed uint64) (Config, error) {
	mixed := []corpus.Part{
		{Kind: corpus.KindSynthetic, Weight: 0.75, Bytes: 8 << 20},
		{Kind: corpus.KindPackages, Weight: 0.25},
	}
	var c Config
	switch name {
	case "tiny":
		m := model.NewConfig(512, 1, 32, 64)
		m.AFrac = 0.5
		c = NewConfig(m, corpus.Config{Vocab: 512, Parts: []corpus.Part{{Kind: corpus.KindSample, Weight: 1}}})
		c.Steps, c.Batch, c.ValidEvery, c.ValidWindows = 200, 16, 50, 32
		c.Density = Density{Matrix: 0.08, Embedding: 0.2, Bias: 0.2, Floor: 2}
	case "laptop":
		m := model.NewConfig(512, 2, 128, 128)
		// The paper's quarter leaves half of so few neurons dead and costs .3 nats.
		m.AFrac = 0.5
		c = NewConfig(m, corpus.Config{Vocab: 512, Parts: mixed})
		c.Steps, c.Batch, c.WarmUp, c.AnnealEnd = 3000, 8, 0.02, 0.3
	case "paper":
		m := model.NewConfig(2048, 8, 1024, 256)
		c = NewConfig(m, corpus.Config{Vocab: 2048, Parts: mixed})
		c.Steps, c.Batch, c.LR, c.ValidWindows = 10000, 512, 0.0128, 512
		c.Micro = 32 // in one piece it wants 137 GiB
		c.Density = Density{Matrix: 1.0 / 64, Embedding: 1.0 / 16, Bias: 1.0 / 16, Floor: 4}
	default:
		return Config{}, fmt.Errorf("scale %q is not known; the scales are %v", name, Scales())
	}
	c.Seed = seed
	return c, c.Validate()
}
