// Package probe asks what a node is on text.
//
// [Cut] divides a stream of tokens into windows, [Scan] says what nodes are at
// every token of them, in the model or in a part of it, and [Join] lays the
// windows' values along the stream again. [LabelStrings] says of every token
// whether it stands in a string, by the tokenizer of Python itself, and [AUC] how
// well a node tells one kind of token from another:
//
//	windows, err := probe.Cut(data.Valid, 128, 64)
//	values, err := probe.Scan(ctx, run.Model, windows, []circuit.Node{node}, nil)
//	of, err := probe.Join(windows, values[0], len(data.Valid))
//
// OnPairs says what nodes are on the two sides of a task's examples, Attention where a head
// looks there, FiringOf and Detectors how well nodes find the token in which the sides differ
// first and tell which side it is. Labels' Ask, Extremes and Closings ask the same of text.
//
// Gao et al. show such a node in Fig 39: of one sign inside double quotes, of the
// other inside single ones, and nearly zero outside.
package probe
