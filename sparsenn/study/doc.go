// Package study asks the same questions of any task: which circuit does it in a
// run, whether the method finds one where there is none, what the dense twin
// needs, and what other seeds give.
//
// [Circuit] prunes and proves a task on a run. [Nulls] does the same on what
// holds no circuit, [Twin] on the dense model of the same config, [Seeds] on runs
// that differ in nothing but the seed:
//
//	config, err := study.Scale("laptop", 0)
//	found, err := study.Circuit(ctx, run, task.SingleDoubleQuote(), config, artifact.Options{})
//	nulls, err := study.Nulls(ctx, run, task.SingleDoubleQuote(), config, artifact.Options{})
//
// [Feeds] follows a circuit's wires backwards, [Drop] and [Only] cut it for
// prove.Alone and prove.Without to run, and [Opening] says where prove's
// InterchangeAt is to exchange nodes: what statements about single nodes are
// found and tested by. [Way] is the way through a circuit that counts most, by the
// effects on the select split that [Selecting] measures, and [Views] are a circuit and its model, ready for such tests.
// [Exchange], [Under] with [Put] and [Hold], [HoldByPosition] and [ExchangeWithin] are the
// tests; [LookingBack], [Behind], [Counters] and [Roles] say which head and which nodes they
// are made of.
//
// Everything expensive is an artifact: a training run, a pruning, a proof. What
// is there is loaded, what is half done is resumed, and a cancelled call goes on
// where it was when it is made again. Every loss and every effect of a [Finding] is
// measured on the report split, and nothing is chosen by them.
package study
