// Package contrast runs a model, or a part of one, on the two sides of a task's pairs: what
// it answers, what nodes are at a token, where a head looks, as it is and under a change.
//
//	first, second := contrast.Sides(examples, contrast.LastWith(run.Tokenizer, "["))
//	p, values, err := contrast.Look(m, first.Prompts, examples[0], nodes, first.Open, nil)
//
// All pairs have the same two answers, and P is that of the first side's answer against the
// other one. Prompts go through the model in batches of one size, so that one compiled program
// serves them all.
package contrast
