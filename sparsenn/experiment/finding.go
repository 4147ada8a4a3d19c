package experiment

import (
	"slices"
	"strings"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/prune"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/verify"
)

// Finding is what a study found in one run.
type Finding struct {
	Name   string // what sets it apart, such as "seed 1" or "shuffled labels"
	Run    *train.Result
	Task   task.Task
	Pruned *prune.Result
	Proved *verify.Result
	// Measured are the raw numbers of the circuit; none of one with frozen norms.
	Measured []verify.Number
}

// Circuit is the circuit with its proof, and with effects if it is not larger
// than Config.MaxEffects. Where the target was not reached it holds every node.
func (f *Finding) Circuit() *circuit.Circuit { return f.Proved.Circuit }

// Drawn is its circuit, which a cell draws.
func (f *Finding) Drawn() *circuit.Circuit {
	if f == nil {
		return nil
	}
	return f.Proved.Drawn()
}

// Reached says whether a circuit met the target on the select split.
func (f *Finding) Reached() bool { return f.Pruned.Best.Reached }

// Nodes is the size of the circuit; that of the whole model if the target was
// not reached.
func (f *Finding) Nodes() int { return len(f.Circuit().Nodes) }

// Edges is the number of edges of the circuit; see Nodes.
func (f *Finding) Edges() int { return len(f.Circuit().Edges) }

// Loss is one of a proof's losses, in nats per example.
type Loss struct {
	Name  string // a snake_case name, for a claim
	Label string // what it is of, for a reader
	stat.Estimate
}

// Losses lists the losses: of the full model, the circuit alone with raw logits and calibrated
// where its search did that, the model without it, and random circuits
// kept and taken out.
func (f *Finding) Losses() []Loss {
	p := f.Circuit().Proof
	if p == nil {
		return nil
	}
	list := []Loss{{"full", "full model", p.Full}}
	if raw, ok := f.Number("loss_raw"); ok {
		list = append(list, Loss{"raw", "circuit alone", raw.Estimate})
	}
	return append(list, Loss{"alone", "circuit alone, calibrated", p.Alone},
		Loss{"removed", "circuit removed", p.Removed},
		Loss{"random_alone", "random circuits alone", p.RandomAlone},
		Loss{"random_removed", "random circuits removed", p.RandomRemoved})
}

// Others are the circuit's raw numbers other than losses.
func (f *Finding) Others() []verify.Number {
	return slices.DeleteFunc(slices.Clone(f.Measured), func(n verify.Number) bool { return strings.HasPrefix(n.Name, "loss_") })
}

// Number is one of the circuit's raw numbers by its name; see [verify.Measures].
func (f *Finding) Number(name string) (verify.Number, bool) {
	i := slices.IndexFunc(f.Measured, func(n verify.Number) bool { return n.Name == name })
	if i < 0 {
		return verify.Number{}, false
	}
	return f.Measured[i], true
}
