// Package sparsenn is the manual of Circuitbook's engine; the code is in its
// sub-packages. The engine re-implements "Weight-sparse transformers have
// interpretable circuits" (Gao et al., arXiv 2511.13653) on GoMLX, compiled
// through XLA for CPU or GPU. Section numbers in doc comments refer to that
// paper and to the training script published with it.
//
// # From text to a trained model
//
// Data flows one way, and each step is a package:
//
//	corpus → train → prune → circuit → verify
//	           ↓                ↓
//	         bridge ─────────→ steer
//
// What is expensive, a run, a pruning, a proof, a bridge, lies on the disk.
//
// A [circuitbook/sparsenn/corpus.Config] names sources of Python and a
// vocabulary. A [circuitbook/sparsenn/train.Config] adds an architecture, a
// budget of nonzero weights and an optimiser. Train's Run makes the run of that
// config, or resumes it, or loads it if it is finished:
//
//	config, err := train.Scale("laptop", 0)
//	run, err := train.Run(ctx, config, artifact.Options{})
//	top, err := run.Model.Top(run.Tokenizer, "values = [[1, 2", 5)
//
// # From a model to a circuit
//
// A [circuitbook/sparsenn/task.Task] is pairs of prompts that differ in what
// decides the answer. [circuitbook/sparsenn/prune] finds the nodes that do it,
// [circuitbook/sparsenn/ablate] is what it runs models with nodes held at their
// means by, and the result is a [circuitbook/sparsenn/circuit.Circuit].
// [circuitbook/sparsenn/verify] measures on held-out prompts whether it is what
// the model uses, and [circuitbook/sparsenn/probe] what a node is on text:
//
//	found, err := prune.Run(ctx, run, task.SingleDoubleQuote(), prune.DefaultConfig(), artifact.Options{})
//	proof, err := verify.Run(ctx, run, task.SingleDoubleQuote(), found.Circuit, verify.DefaultConfig(), artifact.Options{})
//
// A task of one's own is a JSONL file of such pairs, one a line:
//
//	mine, err := task.Load("mine.jsonl") // {"prompt": "x = [1", "counter": "x = {1", "target": ",", "alt": ":"}
//
// # From a sparse model to a dense one
//
// A [circuitbook/sparsenn/bridge.Bridge] ties the sparse model to a dense one at
// every sublayer boundary; its hybrids run in the one up to a boundary and in the
// other from there. [circuitbook/sparsenn/steer] turns the dense model's answers by
// nodes of a circuit through it, and measures what that costs elsewhere:
//
//	b, err := bridge.Fit(ctx, run, dense, bridge.DefaultConfig(), artifact.Options{})
//	s, err := steer.New(ctx, b)
//	method, err := s.Channels(found.Circuit.Nodes[3].Node)
//	curve, err := s.Curve(ctx, method, prompts, steer.Strengths())
//
// # The budget
//
// After every step the support of each sparse tensor is exactly k positions,
// the largest magnitudes, ties by lowest index, with a floor per neuron counted
// inside k; all else is zero ([circuitbook/sparsenn/topk]). Under the schedule
// "anneal" k falls from the tensor's size to its final value, under "constant"
// it never changes. k is an input of the compiled step. Every metric line holds,
// per tensor, k, the size of the support and the nonzeros as the device counted
// them.
//
// # Sites and interventions
//
// The forward pass has named points, with the names of OpenAI's hooks:
// "0.attn.act_in", "0.mlp.post_act", "final_resid"; Config.Sites lists them. A
// node of a circuit is a site and an index. Model.Record returns the activations
// of any sites as plain slices; an Intervention changes a site on the way,
// x ← a⊙x + b, which covers gating, ablation, patching and steering:
//
//	rec, err := run.Model.Record(tokens, []model.Site{"0.mlp.post_act", model.Logits},
//		model.Intervention{Site: "0.attn.resid_delta", Scale: make([]float32, 128)})
//
// Whoever builds graphs passes a Hook to model.Forward instead.
//
// # Many models
//
// [circuitbook/sparsenn/experiment] makes a row of numbers for every model and circuit
// of a list, in as many processes as there are cores, and goes on where it was
// stopped; the rows are artifacts that need no model to be read again:
//
//	rows, err := experiment.Run(ctx, []experiment.Point{{Name: "wide", Train: wide}, {Name: "its quotes", Train: wide, Task: "single_double_quote", Study: how}}, experiment.Workers())
//
// # Conventions
//
// Shapes are written [batch, seq, d_model]; linear weights are [out, in]. Loss is
// in nats: per token for text, per example (the mean over both sides of a pair)
// for a task. Density is nonzeros over size, L0 the number of nonzeros, the
// bigram table left out of both. Functions that build graphs panic on misuse, as
// in GoMLX; every other exported function returns an error that says what was
// wrong, where, and what to do.
//
// # Determinism
//
// The same seed, program and backend give the same bits: weights start on the
// host from (seed, tensor name), batches are a function of (seed, step), nothing
// in a graph is random. Bits differ between plugins and CPU feature sets, both of
// which every run records; losses then agree within about one percent.
//
// # Backends
//
// [circuitbook/sparsenn/backend] opens XLA on a GPU or CPU, fetching a plugin if
// there is none, and otherwise the pure-Go backend with one line that says why.
// What XLA compiles for the CPU is kept in the cache folder and loaded by the
// next process ([circuitbook/sparsenn/backend/executables]), so that a cell of a
// notebook does not compile what another one did; CIRCUITBOOK_KEEP_COMPILED=0
// switches that off.
// [circuitbook/sparsenn/cache] is the one folder where all that is fetched or
// made lies; [circuitbook/sparsenn/artifact] is how runs lie in it.
package sparsenn
