// Package task holds the paired next-token tasks on which circuits are found
// and measured (Gao et al., Table 1). It is pure Go.
//
// A [Task] is a small value: a name and a function that draws one [Pair] of
// texts, a prompt and its counterpart, which differ in what decides the answer
// and in nothing else. From it come three splits, by [Task.Fit], [Task.Select]
// and [Task.Report]: gates are trained on the first, sizes and settings chosen
// on the second, and what is printed is measured on the third, which has a type
// of its own, [Reported], that selecting code must not name; a test sees to that.
// No filling (string, list, names) is in two splits, whatever the seeds.
//
// A filling is one string, and that string is in one split only. Its parts are not:
// the single digits of a list in bracket_counting, names in class_init and var_swap,
// items of the loops come from short lists and occur in every split, in other
// combinations. So does what is in no filling at all, as the file stems of with_open
// (six for each answer) and the statements before the decisive line. What holds on the
// report split holds for new combinations, which says nothing of words that fit and
// select never had.
//
// Report prompts, as all others, are at most 64 tokens ([DefaultMaxTokens]) of
// generated statements, not of programs that somebody wrote. What share of them
// ends in 12 tokens that the training text has is for [SeenShare] to say.
//
// # A task of one's own
//
// It is a Task with a Draw of one's own, a list of pairs ([FromPairs]), or a
// JSONL file ([Load], [FormatJSONL]), one pair a line:
//
//	{"prompt": "x = [1", "counter": "x = {1", "target": ",", "alt": ":", "filling": "1"}
//
// 200 pairs give about 100 to fit, 50 to select and 50 to report; where more are
// asked for, all there are serve, and intervals are as wide as that makes them.
//
// # Task loss
//
// For one example it is
//
//	½·[−log p(Target | Prompt) − log p(Alt | Counter)]
//
// with p the softmax over the two tokens Target and Alt alone, in nats. The
// mean over both sides is ours; the paper's scripts store the sum, twice as
// much (§3.6 of its code). Guessing costs log 2 = 0.693. Where a task has one
// target only ([Any]), the other logit is the log-sum-exp over all other
// tokens, which gives log p(Target) on one side and log(1−p) on the other.
package task
