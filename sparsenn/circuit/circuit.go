package circuit

import "circuitbook/sparsenn/stat"

// Node is one element of a site: the smallest thing that a circuit keeps or
// leaves out. It prints as a path, "0.mlp.post_act[863]".
type Node struct {
	Site  string `json:"site"` // a site of package model, such as "0.attn.act_in"
	Index int    `json:"index"`
}

// Kept is a node of a circuit with the numbers that belong to it.
type Kept struct {
	Node
	// Mean is what the node is held at when it is ablated: its mean over
	// pretraining text, or 0 under zero ablation.
	Mean float64 `json:"mean"`
	// Bias is the bias of the linear map that makes the node; 0 for a node
	// that no linear map makes (act_in, final_resid).
	Bias float64 `json:"bias,omitempty"`
	// Gate is τ, the value by which pruning ranked the node.
	Gate float64 `json:"gate,omitempty"`
	// Effect is the measured rise of the circuit's loss, in nats per example,
	// when this node alone is ablated in it; nil where it was not measured.
	Effect *float64 `json:"effect,omitempty"`
}

// Edge is a nonzero weight between two kept nodes of a block, as Gao et al. count
// them and as the viewer of their released code pairs sites: act_in → q, k, v and
// post_act, v → resid_delta of the same attention, post_act → resid_delta of the
// same MLP. [Shape.Place] says where the weight stands. Sums into the residual
// stream, the product of q and k, embeddings and biases are no edges.
type Edge struct {
	From   Node    `json:"from"`
	To     Node    `json:"to"`
	Weight float64 `json:"weight"`
	// Effect is the measured rise of the circuit's loss, in nats per example,
	// when the edge alone is ablated: its weight set to 0 and the mean of what
	// it carried added to the bias. nil where it was not measured.
	Effect *float64 `json:"effect,omitempty"`
}

// Proof holds the losses that say whether a circuit is what the model uses, in
// nats per example (guessing costs log 2 = 0.693), on prompts of the report
// split, on which no choice was made.
type Proof struct {
	Full    stat.Estimate `json:"full"`    // the whole model
	Alone   stat.Estimate `json:"alone"`   // the circuit, all else ablated; calibrated where the circuit is
	Removed stat.Estimate `json:"removed"` // the circuit ablated, all else as it is
	// Random circuits have the same number of nodes at every site, drawn from
	// the live nodes outside the circuit; the intervals are over circuits.
	RandomAlone   stat.Estimate `json:"random_alone"`
	RandomRemoved stat.Estimate `json:"random_removed"`
	// Raw is the loss of the circuit alone with its logits as they come out, and
	// Faithfulness the share of the whole model's margin between the answers that it
	// recovers so, where 0 is the model with every node ablated; nil where that was not
	// measured.
	Raw          *stat.Estimate `json:"raw,omitempty"`
	Faithfulness *stat.Estimate `json:"faithfulness,omitempty"`
}

// Shape is as much of a model's config as a circuit needs to be read and drawn.
type Shape struct {
	Layers int  `json:"layers"`
	DModel int  `json:"d_model"`
	Heads  int  `json:"heads"`
	DHead  int  `json:"d_head"`
	DMLP   int  `json:"d_mlp"`
	DPos   int  `json:"d_pos,omitempty"`
	Vocab  int  `json:"vocab"`
	Sink   bool `json:"sink,omitempty"`
}

// The two ways to ablate a node.
const (
	MeanAblation = "mean"
	ZeroAblation = "zero"
)

// Circuit is the part of a model that does a task, as pure data: which nodes
// are kept, the weights between them, and the numbers that prove it.
//
// Nodes are sorted in the order of the forward pass and by index, edges by the
// place of To and then of From; every edge joins two nodes of Nodes. [Circuit.Check]
// says what is wrong with one that breaks this.
type Circuit struct {
	Task string `json:"task"`
	Run  string `json:"run"` // name of the training run
	// Weights is the digest of the run's model (model.Digest), which stands for the
	// values of all of its parameters: one name may come with other values, as where
	// the run was made anew on another processor. It is empty where it is not known.
	Weights  string `json:"weights,omitempty"`
	Model    Shape  `json:"model"`
	Ablation string `json:"ablation"` // MeanAblation or ZeroAblation
	// FreezeNorms says that norms take their mean squares from the pass in which
	// nothing is left out; otherwise they are live.
	FreezeNorms bool    `json:"freeze_norms,omitempty"`
	Target      float64 `json:"target"` // loss that pruning aimed at, nats per example, on the select split
	Nodes       []Kept  `json:"nodes"`
	Edges       []Edge  `json:"edges"`
	// LogitScale and LogitShift, where Calibrated, map the difference of the two
	// answers' logits d to LogitScale·d + LogitShift.
	Calibrated bool    `json:"calibrated,omitempty"`
	LogitScale float64 `json:"logit_scale,omitempty"`
	LogitShift float64 `json:"logit_shift,omitempty"`
	// Proof is nil until the circuit was measured.
	Proof *Proof `json:"proof,omitempty"`
	// Provenance: seed, versions, hashes; values are strings, numbers or booleans.
	Provenance map[string]any `json:"provenance,omitempty"`
}

// Drawn is what a cell draws of a value: of a circuit itself, of what holds one the
// circuit; nil where there is none.
func (c *Circuit) Drawn() *Circuit { return c }
