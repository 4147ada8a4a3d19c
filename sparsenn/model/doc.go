// Package model is the weight-sparse transformer of Gao et al. (§2, App. A): its config,
// its parameters, its forward pass with named points, and generation. How sparse it is
// package train decides; the same code runs dense models.
//
// # Sites
//
// The forward pass has named points, its sites, with the names of OpenAI's hooks:
// "0.attn.act_in", "0.mlp.post_act", "final_resid"; [Config.Sites] lists them, and
// [Logits] is the last. An activation at a site is [batch, seq, channels], and a channel
// is a node of a circuit. [Model.Record] returns the activations at any sites. What a user does
// to a model is data: an [Intervention] is, at a site, x ← a⊙x + b, which covers gating,
// ablation, patching and steering:
//
//	rec, err := run.Model.Record(tokens, []model.Site{"0.mlp.post_act", model.Logits},
//		model.Intervention{Site: "0.attn.resid_delta", Scale: make([]float32, 128)})
//
// Whoever builds a graph of their own passes a [Hook] to [Forward] instead. Whatever varies
// between calls is an input of the compiled program, so that all calls of a shape share it.
//
// # Models
//
// A [Model] holds its values on the host and compiles when it is asked something.
// [FromValues] makes one of plain slices, [Model.Digest] says which weights it has,
// [Model.Top] and [Model.Generate] are for looking at it, [Model.Next] is what tasks are
// measured by.
package model
