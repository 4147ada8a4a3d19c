// Package brackets reads the main path of a circuit that counts, of notebook 03, and tests
// what is said of it by interventions: what its nodes are on either side, what becomes of the
// answers when they are exchanged, what a bracket that opens nothing does.
package brackets
