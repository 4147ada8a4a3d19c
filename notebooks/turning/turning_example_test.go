package turning_test

import (
	"circuitbook/notebooks/lab"
	"circuitbook/notebooks/turning"
	"circuitbook/sparsenn/steer"
)

// How far the circuit of quotes turns the dense model, and what that costs elsewhere.
func ExampleOf() {
	m := lab.Train("laptop")
	x := turning.Of(lab.Bridge(m, m.Twin()), m.Find("single_double_quote"), steer.ToAlt).Measure()
	lab.Show(x, x.Prices())
}
