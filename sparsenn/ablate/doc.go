// Package ablate runs a model with nodes held at constants: what pruning,
// proofs and steering all do.
//
// A [Space] puts the nodes of a model in one flat order. [Measure] finds what
// every node is on pretraining text, its mean and its deviation. An [Evaluator]
// answers, for a set of prompts and any mask over the space, by how much the
// model prefers the right answer of each prompt; masks, means and weights are
// inputs of one compiled program. [Evaluator.Host] gives the same answers for
// masks that keep few nodes in a fraction of the time.
//
// A node that is left out is held at its mean over the pretraining distribution
// (Gao et al., §3.2): x ← z·x + (1−z)·mean, after AbsTopK. [Options] has the two
// variants that replications use, ablation to zero and frozen norms.
package ablate
