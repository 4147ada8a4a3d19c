// Package experiment asks the same questions of any task, once or many times: which
// circuit does it in a run, whether the method finds one where there is none, what the
// dense twin needs, what other seeds give, and the same as a table over models and tasks.
//
// # One circuit
//
// [Circuit] prunes and verifies a task on a run. [Nulls] does the same on what
// holds no circuit, [Twin] on the dense model of the same config, [Seeds] on runs
// that differ in nothing but the seed:
//
//	config, err := experiment.Scale("laptop", 0)
//	found, err := experiment.Circuit(ctx, run, task.SingleDoubleQuote(), config, artifact.Options{})
//	nulls, err := experiment.Nulls(ctx, run, task.SingleDoubleQuote(), config, artifact.Options{})
//
// [Selecting] measures effects on the select split, by which nodes may be chosen, and
// [Views] are a circuit and its model, ready for the tests of package patch. Every loss
// and every effect of a [Finding] is measured on the report split, and nothing is chosen
// by them.
//
// # A table of many
//
// A sweep is a list of points. A [Point] is the config of a training run and, for
// a circuit, a task and how it is looked for. Its [Row] is an artifact of a few
// kilobytes, named like a run by all that determines it, so that a table can be
// had without the models behind it:
//
//	rows, err := experiment.Run(ctx, points, experiment.Options{Processes: 2, Threads: 1})
//	err = experiment.WriteFile("sizes.csv", rows)
//
// Run loads the rows that are there and makes the others, in this process or in
// several. [Projected] says beforehand how long that takes. Processes are copies of the
// program itself with a set number of processors each, as [Workers] has it one a core:
// small models leave a second core idle. On a GPU it is one process. Each is replaced
// after a few points, because compiled programs are never freed.
//
// [MatchSteps] finds models of equal loss, between which Gao et al. compare sizes of
// circuits (Figs 2, 3 and 5); [circuitbook/sparsenn/stat] has the ratios.
//
// # What is kept
//
// Everything expensive is an artifact: a training run, a pruning, a proof, a row. What
// is there is loaded, what is half done is resumed, and a cancelled call goes on
// where it was when it is made again.
package experiment
