package probe

import (
	"math"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// blind is how near to 0.5 the area for either side is of a node that finds none.
const blind = 0.1

// Detectors are two of several nodes, as indices: the one that on examples best finds the
// opening token of either side, and, of those that find none (see Blind), or of all if there
// are none such, the one that best tells one side from the other there. With them comes what
// they do. It is a choice: the examples are to be of the select split.
func Detectors(m model.Recorder, list []task.Example, nodes []circuit.Node) (either, which int, e, w Firing, err error) {
	values, err := OnPairs(m, list, nodes)
	if err != nil {
		return 0, 0, e, w, err
	}
	most, most2 := -1.0, -1.0
	for i, v := range values {
		f, err := FiringOf(v, list)
		if err != nil {
			return 0, 0, e, w, err
		}
		finds, tells := math.Abs(f.Either-0.5), math.Abs(f.Opening-0.5)
		if finds > most {
			either, e, most = i, f, finds
		}
		if finds < blind {
			tells++ // before all that find one
		}
		if tells > most2 {
			which, w, most2 = i, f, tells
		}
	}
	return either, which, e, w, nil
}
