// Package verify measures whether a circuit is what the model really uses.
//
// [Run] takes a run, a task and a circuit, and measures on prompts of the report
// split, on which no choice was made: the loss of the whole model, of the
// circuit alone with all else at its mean, of the model with the circuit taken
// out, and of random circuits of the same size kept and taken out; what every
// node and every edge alone is worth inside the circuit; and how the nodes do
// that attribution would have chosen, at equal size. It is an artifact like a
// training run: loaded if it is there, made otherwise.
//
// What a circuit was found under, ablation to zero or frozen norms, it is proved
// under. Frozen norms are those of the whole model; for what an edge is worth, of
// the whole model without that edge. [Submodel] has live norms only and refuses others.
//
// [Submodel] is a circuit, or a model without it, that predicts: package patch moves
// activations in it.
package verify
