// Package prune finds the circuit of a task in a trained model (Gao et al., §3).
//
// Every node has a gate; a closed one holds the node at its mean over
// pretraining text. Gates are trained on the task's fit split by AdamW through a
// surrogate gradient, under a price for every open one, with the weights
// frozen. Then, on the select split, nodes are ranked by their gates, the
// smallest number of them is found at which the circuit still reaches the target
// loss, and nodes that it can do without are taken out one by one; a circuit is
// read by a scale and a shift of its logits that suit it (§3.5). A search within
// a budget of seconds repeats this under other settings, changes the best circuit
// at random, and keeps the smallest. [Run] does all of it as an artifact that is
// loaded when it is there and resumed when it is half done:
//
//	r, err := prune.Run(ctx, run, task.SingleDoubleQuote(), prune.DefaultConfig(), artifact.Options{})
//	fmt.Println(r.Circuit.Nodes)
//
// [Reduce] takes more nodes out of a circuit, as for a looser target.
//
// Nothing here looks at the report split: what is printed of a circuit is
// measured by package verify.
package prune
