// Package sizes is what notebooks 05 and 06 compare: how large circuits are in models of
// one loss, sparse and dense ([Matching]), and in models of other widths and numbers of
// weights ([Frontier]). A [Sweep] makes what is not there, in as many processes as there are
// cores.
//
//	x := sizes.Matching{Scale: "laptop", Seeds: 3, Trials: 5}
//	ratio := x.Ratio()
package sizes
