// Package dilution asks at which length a task stops being done, and whether a
// circuit foretells it (Gao et al., Fig 8).
//
// What attention brings to a token is a mean, weighted by a softmax. Whatever is
// added to a prompt takes weight away from what decides the answer, so that what
// arrives falls like c/(n + b) with the number n of pieces that were added. A
// readout that turns at a fixed value of it therefore turns at some n. [Predict]
// works that out for a circuit from short prompts; [FailureOf] finds the length at
// which any model really fails:
//
//	short, err := dilution.Select(run.Tokenizer, dilution.Numbers(), []int{2, 3, 4, 5, 6}, o)
//	depth, err := dilution.DepthOf(run.Model, found.Circuit(), examples[0])
//	foretold, err := dilution.Predict(circuitAlone, depth, short)
//
//	report, err := dilution.Report(run.Tokenizer, dilution.Numbers(), dilution.Lengths(2, 40), o)
//	curve, err := dilution.Curve(dense.Model, report)
//	failure, err := dilution.FailureOf(curve)
//
// A [Filler] says what prompts are made longer with: the elements of the list
// itself, something else in the list, or lines above it, which leave the list as it
// is and only the prompt longer. [Ranked] compares predicted with measured
// lengths by their ranks.
package dilution
