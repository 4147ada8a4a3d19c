package train

import "circuitbook/sparsenn/model"

// Metric is one line of metrics.jsonl: one step. Losses are in nats per token.
// Everything but TokensPerSecond is the same whenever the run is repeated.
type Metric struct {
	Step            int     `json:"step"` // from 0
	Loss            float64 `json:"loss"` // of the batch, before the update
	LR              float64 `json:"lr"`
	GradRMS         float64 `json:"grad_rms"` // before it is divided away
	TokensPerSecond float64 `json:"tokens_per_second"`
	// Terms are the parts of the loss that an [Extension] names, in its order.
	Terms []float64 `json:"terms,omitempty"`
	// L0 counts the nonzero parameters after the step, on the device; the
	// bigram table is left out.
	L0 int `json:"l0"`
	// K, Support and Nonzeros are per tensor, in the order of Config.Budget:
	// the budget, the positions that the projection kept, and those of them
	// with a value that is not zero, both counted on the device.
	K        []int `json:"k,omitempty"`
	Support  []int `json:"support,omitempty"`
	Nonzeros []int `json:"nonzeros,omitempty"`
	// Violations counts the tensors whose support is not exactly K or that
	// hold more than K nonzeros.
	Violations int `json:"violations"`
	// Valid is the validation loss after the step, where one was measured, and
	// Dead the number of neurons per layer that were zero on all of it.
	Valid *float64 `json:"valid,omitempty"`
	Dead  []int    `json:"dead_neurons,omitempty"`
}

// count fills in what the device counted.
func (m *Metric) count(t *trainer, ks, nonzeros, supports []int32) {
	j := 0
	for i, p := range t.params[:t.own] {
		if p.Kind != model.Bigram {
			m.L0 += int(nonzeros[i])
		}
		if j == len(t.budgets) || t.budgets[j].Param.Name != p.Name {
			continue
		}
		m.K = append(m.K, int(ks[j]))
		m.Support = append(m.Support, int(supports[j]))
		m.Nonzeros = append(m.Nonzeros, int(nonzeros[i]))
		if supports[j] != ks[j] || nonzeros[i] > ks[j] {
			m.Violations++
		}
		j++
	}
}
