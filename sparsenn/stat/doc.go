// Package stat holds the statistics of the engine's results: what a mean, a ratio, a rank
// correlation or an area is, and how well it is known. What gonum has is gonum's.
//
// An [Estimate] is a number with a 95 % interval. All intervals come from one bootstrap,
// [Bootstrap], which resamples what is exchangeable: examples for the loss of one model,
// seeds and the examples of each for a mean over models, tasks and the seeds of each for
// a ratio of sizes, documents for what is measured on tokens. Every number is a function
// of its arguments alone: the same values give the same bits.
package stat
