// Package variabletype is the study of notebook 04: how a model knows, where a variable
// grows, whether it was made as a set or as a string (Gao et al., Fig 6).
//
//	x := variabletype.Study{Scale: "laptop", Seed: 0, Budget: 100}
//	proof := x.Proof()
package variabletype
