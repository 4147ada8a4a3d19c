// Package steer turns a dense model's answers through a bridge to a sparse one, and
// measures what that costs (Gao et al., §6.3 of the facts on bridges: interventions).
//
// A circuit of the sparse model names nodes that its blocks read, such as
// "1.attn.act_in[37]". By how much such a node differs between a prompt and its
// counterpart, at every token, times the node's row of the bridge's decoder, is what
// the dense model is given in addition at the same read site:
//
//	s, err := steer.New(ctx, b)
//	m, err := s.Channels(found.Circuit().Nodes[3].Node)
//	prompts, err := steer.Prompts(examples, steer.ToAlt)
//	curve, err := s.Curve(ctx, m, prompts, steer.Strengths())
//
// Bridges lie before norms, read sites behind them. A direction is therefore scaled:
// by the ratio of the mean RMS of both residual streams at the boundary, as in the
// paper, and by the gains of the two norms, which the paper does not mention: a node
// of the sparse model is its channel over its gain, and the dense site wants its own.
//
// A Method is any such addition as plain data, so that controls are made the same
// way: Random has directions of the same norm in its place, RandomChannels others of
// the bridge's rows, DifferenceOfMeans the usual direction that is taken in the dense
// model itself, without any bridge, Whole all channels of a read site.
//
// Effect is the probability of the wanted answer among the whole vocabulary, and
// between the two answers. Cost is the divergence of the model's answers at all other
// tokens of the prompts, and on text that has nothing to do with the task.
package steer
