package cell

import (
	"circuitbook/sparsenn/stat"
	"circuitbook/viz/book"
	"fmt"
	"strings"
)

// A Claimer has numbers to state. Their names are completed by the one that [Claim] is
// given.
type Claimer interface{ Claims() []book.Stated }

// StatedOf is what a claim under a name states.
func StatedOf(name string, value any) ([]book.Stated, error) {
	switch v := value.(type) {
	case Claimer:
		list := v.Claims()
		if e, ok := value.(interface{ Empty() bool }); ok && e.Empty() {
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
		return []book.Stated{ClaimOf(name, v)}, nil
	}
	return []book.Stated{{Name: name, Value: value}}, nil
}

// ClaimOf is the claim of an estimate; one over nothing has no interval.
func ClaimOf(name string, e stat.Estimate) book.Stated {
	return book.Stated{Name: name, Value: e.Mean, Lo: e.Lo, Hi: e.Hi, N: e.N}
}
