package lab

import (
	"fmt"
	"strings"

	"circuitbook/sparsenn/stat"
	"circuitbook/viz/book"
)

// A Claimer has numbers to state. Their names are completed by the one that [Claim] is
// given.
type Claimer interface{ Claims() []book.Stated }

// Claim states values in the notebook's results under a snake_case name: a number, a
// string or a bool as it is; a [stat.Estimate] with its interval; and of a [Claimer],
// such as a circuit or its losses, every number it has, each under NAME_ITS_NAME, or under
// its own name where NAME is "". Of a value that says that there was nothing to look at it
// states nothing.
func Claim(name string, value any) {
	check(book.Claims(must(stated(name, value))...))
}

// Claims states several values, as [Claim] does, in one output: name, value, name, value.
func Claims(namesAndValues ...any) {
	if len(namesAndValues)%2 != 0 {
		end(fmt.Errorf("Claims takes a name before every value; it got %d arguments", len(namesAndValues)))
	}
	var all []book.Stated
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		name, ok := namesAndValues[i].(string)
		if !ok {
			end(fmt.Errorf("argument %d of Claims is a %T; a name is text", i+1, namesAndValues[i]))
		}
		all = append(all, must(stated(name, namesAndValues[i+1]))...)
	}
	check(book.Claims(all...))
}

// stated is what a claim under a name states.
func stated(name string, value any) ([]book.Stated, error) {
	switch v := value.(type) {
	case Claimer:
		list := v.Claims()
		if e, ok := value.(interface{ empty() bool }); ok && e.empty() {
			return nil, nil
		}
		// A study that has nothing to measure says so.
		if _, study := v.(Result); len(list) == 0 && !study {
			return nil, fmt.Errorf("claim %q: it has no numbers", name)
		}
		for i := range list {
			list[i].Name = strings.Trim(name+"_"+list[i].Name, "_")
		}
		return list, nil
	case stat.Estimate:
		return []book.Stated{claimOf(name, v)}, nil
	}
	return []book.Stated{{Name: name, Value: value}}, nil
}

// claimOf is the claim of an estimate; one over nothing has no interval.
func claimOf(name string, e stat.Estimate) book.Stated {
	return book.Stated{Name: name, Value: e.Mean, Lo: e.Lo, Hi: e.Hi, N: e.N}
}
