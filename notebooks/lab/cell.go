package lab

import "circuitbook/notebooks/lab/cell"

// What verbs return; package cell has them, for the studies beside this one.
type (
	// A Result is what a study shows and states.
	Result = cell.Result
	// An Estimate is a number with its interval, and what it is of.
	Estimate = cell.Estimate
	// A Page is figures one under the other.
	Page = cell.Page
	// A Claimer has numbers to state.
	Claimer = cell.Claimer
)
