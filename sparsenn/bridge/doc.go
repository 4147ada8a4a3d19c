// Package bridge ties a weight-sparse model to a dense one: at every boundary
// between two sublayers an encoder takes the dense model's residual stream to the
// sparse one's, and a decoder takes the sparse one's back (Gao et al., §6 of the
// facts on bridges: form, loss, interventions).
//
// A boundary is a place on the residual stream before a norm. A model of L layers
// has 2L+1: 2l before attention of layer l, 2l+1 before its MLP, 2L before the
// last norm. Both models must have as many layers, and one tokenizer; their widths
// may differ.
//
// Fit makes a bridge between two trained models that stay as they are: a ridge
// regression, then gradient steps. Train makes one together with the sparse model,
// which starts anew. Both lower the same loss, in one program a step,
//
//	CE·crossEntropy(sparse) + Σ_i Encode·NMSE(f_i(h^d_i), h^s_i) + Decode·NMSE(g_i(h^s_i), h^d_i)
//	  + DenseToSparse·KL(y^d ‖ sparse model from i on, fed f_i(h^d_i))
//	  + SparseToDense·KL(y^d ‖ dense model from i on, fed g_i(h^s_i))
//
// with h the residual streams and y^d the dense model's answer; the first term is
// Train's alone. One switch stands for all mixtures: a Route may have any number,
// Bridge.Along runs it, and Bridge.MeasureRoutes says what it loses.
//
//	b, err := bridge.Fit(ctx, sparse, dense, bridge.DefaultConfig(), artifact.Options{})
//	report, err := b.Measure(ctx, bridge.MeasureOptions{})
//
// NMSE is the squared error over the variance of what is to be met, both summed
// over channels and over the tokens of a batch; the variance is around the mean of
// each channel over these tokens (over all windows where a bridge is measured), so that a bridge that always says the mean has 1.
//
// Package steer turns the dense model through the decoders.
package bridge
