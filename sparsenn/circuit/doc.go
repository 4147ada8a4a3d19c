// Package circuit holds circuits as pure data: nodes, the weights between them,
// and the numbers that prove them. It imports no GoMLX; package prune makes
// circuits, prove runs and measures them, viz draws them.
package circuit
