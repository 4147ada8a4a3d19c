// Package train trains a model under an exact budget of nonzero weights and keeps it as a
// run (Gao et al., §2.2 and App. A; the script published with it).
//
// A [Config] is all that determines a run: the corpus, the architecture, the density of
// every kind of tensor, the schedule, the optimiser and the seed. [Scale] has the sizes
// "tiny", "laptop" and "paper". [Run] makes the run of a config, resumes it or loads it:
//
//	config, err := train.Scale("laptop", 0)
//	run, err := train.Run(ctx, config, artifact.Options{})
//
// # The step
//
// One compiled program computes loss and gradient, applies AdamW, and projects every sparse
// tensor onto its budget: exactly k entries, those of the largest magnitude, with a floor
// for every neuron ([circuitbook/sparsenn/topk]). Under the schedule "anneal" k falls from
// the tensor's size, under "constant" it never changes. k is an input of the program. Each
// step's [Metric] has the loss, and k and the nonzeros of every tensor as the device
// counted them.
//
// # A run
//
// A run is an artifact (package artifact) named by a hash of its config and of the text it
// read: checkpoints on the way, at the end the weights, sparse ones as values and indices,
// the metrics, and provenance. Machine and plugin are provenance, no part of the name.
// [RunWith] trains what an [Extension] adds, such as a bridge, in the same program.
package train
