package lab

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/viz/book"
	"fmt"
)

// Claim states values in the notebook's results under a snake_case name: a number, a
// string or a bool as it is; a [stat.Estimate] with its interval; and of a [Claimer],
// such as a circuit or its losses, every number it has, each under NAME_ITS_NAME, or under
// its own name where NAME is "". Of a value that says that there was nothing to look at it
// states nothing.
func Claim(name string, value any) {
	cell.Check(book.Claims(cell.Must(cell.StatedOf(name, value))...))
}

// Claims states several values, as [Claim] does, in one output: name, value, name, value.
func Claims(namesAndValues ...any) {
	if len(namesAndValues)%2 != 0 {
		cell.End(fmt.Errorf("Claims takes a name before every value; it got %d arguments", len(namesAndValues)))
	}
	var all []book.Stated
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		name, ok := namesAndValues[i].(string)
		if !ok {
			cell.End(fmt.Errorf("argument %d of Claims is a %T; a name is text", i+1, namesAndValues[i]))
		}
		all = append(all, cell.Must(cell.StatedOf(name, namesAndValues[i+1]))...)
	}
	cell.Check(book.Claims(all...))
}
