// Package sweep makes and measures many models and circuits, and keeps one row
// of numbers for each: what a comparison of sizes, densities or recipes over
// tasks and seeds is drawn from.
//
// A sweep is a list of points. A [Point] is the config of a training run and, for
// a circuit, a task and how it is looked for. Its [Row] is an artifact of a few
// kilobytes, named like a run by all that determines it, so that a table can be
// had without the models behind it:
//
//	rows, err := sweep.Run(ctx, points, sweep.Options{Processes: 2, Threads: 1})
//	err = sweep.WriteCSV(file, rows)
//
// Run loads the rows that are there and makes the others, in this process or in
// several; the runs and circuits on the way are artifacts too, so that a sweep
// that was killed goes on with at most the work since the last checkpoint lost.
// [Projected] says beforehand how long that takes.
//
// Processes are copies of the program itself with a set number of processors
// each, as [Workers] has it one a core: small models leave a second core idle. On a
// GPU it is one process.
// Each is replaced after a few points, because compiled programs are never freed.
//
// [MatchSteps] finds models of equal loss, between which Gao et al. compare sizes of
// circuits (Figs 2, 3 and 5); [circuitbook/sparsenn/stat] has the ratios.
package sweep
