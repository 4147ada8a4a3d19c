// Package turning is the study of notebook 08: a dense model turned towards one of the
// answers of a task through the circuit of a sparse one, with its costs, beside random
// directions and the difference of means.
package turning
