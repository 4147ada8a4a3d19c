package experiment

import (
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
}

// Circuit is the circuit with its proof, and with effects if it is not larger
// than Config.MaxEffects. Where the target was not reached it holds every node.
func (f *Finding) Circuit() *circuit.Circuit { return f.Proved.Circuit }

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

// Losses lists the losses of the proof: of the full model, the circuit alone,
// the model without it, and random circuits kept and taken out.
func (f *Finding) Losses() []Loss {
	p := f.Circuit().Proof
	if p == nil {
		return nil
	}
	return []Loss{
		{"full", "full model", p.Full},
		{"alone", "circuit alone", p.Alone},
		{"removed", "circuit removed", p.Removed},
		{"random_alone", "random circuits alone", p.RandomAlone},
		{"random_removed", "random circuits removed", p.RandomRemoved},
	}
}
