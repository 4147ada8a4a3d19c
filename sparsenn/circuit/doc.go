// Package circuit holds circuits as pure data: nodes, the weights between them,
// and the numbers that prove them. It imports no GoMLX; package prune makes
// circuits, verify runs and measures them, viz draws them.
//
// # Making and asking
//
// [Build] finds the edges between kept nodes of a model; [Circuit.Match] says
// whether a circuit is of a model. [Load] and
// [Circuit.Save] are files; [Circuit.Check] says what is wrong with a circuit made
// by hand, [Circuit.Sort] orders one. A node is a site and an index and prints as
// a path that [ParseNode] reads, "0.mlp.post_act[863]"; [Shape.Sites] lists the
// sites that hold nodes, [Shape.Place] and [Shape.BiasPlace] say which entry of
// which tensor an edge or a node reads.
//
// [Circuit.In] and [Circuit.Out] are the edges of a node, [Circuit.ByLayer],
// [Circuit.ByBlock], [Circuit.ByHead] and [Circuit.BySite] its parts. Blocks meet
// only in the residual stream, whose channels are lanes, not edges:
// [Circuit.Lanes]. [Circuit.Paths] follows edges, lanes and heads from one node to
// another, [Circuit.Upstream] is all from which anything flows into a node,
// [Circuit.MainPath] the path that counts most, and [Circuit.Groups] parts the nodes by
// what they feed. [Circuit.Without] and [Circuit.Restrict] are circuits of some of the
// nodes. [Compare] is the difference of two circuits, [Overlap] how much several share. [EdgesCSV], [NodesCSV] and
// [Neuronpedia] write for other programs.
//
// # The file
//
// A circuit file is UTF-8 JSON of at most 64 MiB. Fields marked (optional) are left
// out where they are zero or absent; all others are there, and null never is. A
// field that is not described here is refused, so that nothing is lost in silence.
// Equal circuits give equal bytes: fields stand in this order, keys of provenance
// are sorted, one node or edge a line, numbers in the shortest form that reads back
// the same.
//
//	format       "circuitbook.circuit"
//	version      5 where the proof has raw numbers, else 4 where weights is there, else 3 where freeze_norms is, else 2
//	task         name of the task
//	run          name of the training run
//	weights      (optional, from version 4) digest of the run's model, 32 hexadecimal
//	             digits: sha256 over its parameters, of which the first half
//	model        sizes of the model: layers, d_model, heads, d_head, d_mlp,
//	             d_pos (optional, width of the position vectors), vocab,
//	             sink (optional, true if heads have a sink)
//	ablation     "mean" or "zero": what nodes outside the circuit are held at
//	freeze_norms (optional, from version 3) true if norms take their mean squares
//	             from the pass in which nothing is left out
//	target       loss that pruning aimed at, nats per example
//	calibrated   (optional) true if the next two are in use
//	logit_scale  (optional) } the difference d of the two answers' logits
//	logit_shift  (optional) } becomes logit_scale·d + logit_shift
//	proof        (optional) losses in nats per example, each an object of mean, lo,
//	             hi (95 % interval) and n:
//	             full, alone, removed, random_alone, random_removed, and from
//	             version 5 on (optional) raw and faithfulness; see [Proof]
//	provenance   (optional) object of strings, booleans and numbers
//	nodes        sorted by site in the order of the forward pass, then by index:
//	             path    "0.mlp.post_act[863]"
//	             mean    value under ablation
//	             bias    (optional) of the linear map that makes the node
//	             gate    (optional) value by which pruning ranked it
//	             effect  (optional) rise of the loss without it; absent if not
//	                     measured, which is not the same as 0
//	edges        sorted by the end's place and then the beginning's:
//	             from    place in nodes, counted from 0
//	             to      same
//	             weight  not 0
//	             effect  (optional) as for nodes
//
// A circuit is written in the oldest version from 2 on that holds it, so that one
// that does not use what is new has the bytes and the hashes that it had before. In
// files of versions 1 and 2 norms are live. Up to version 3 files do not say which
// weights they are of: [Circuit.Match] compares their edges with a model's.
//
// Version 1 is the first layout, from before any release; it is read and no longer
// written. It has format, version, task, run, model, ablation, target and
// provenance as above, and, in any order,
//
//	nodes        list of paths
//	means        list of numbers, one for each node
//	edges        list of [from, to, weight], the ends by their places in nodes
//
// It knows no biases: a circuit from such a file has Bias 0 everywhere and the
// number 1 under "upgraded_from_version" in Provenance.
//
// In Go, an empty list and nil are the same to the format, and whole numbers in
// Provenance come back as float64, which holds them exactly up to 2⁵³; Check refuses
// larger ones. [Circuit] itself marshals to this format, so that a circuit inside
// another JSON value is no other layout.
package circuit
