package study

import (
	"math"

	"circuitbook/sparsenn/circuit"
)

// NeuronOn is the neuron of the largest Worth that reads the channel of the residual stream
// that a node writes, after it; ok is false where no neuron of the circuit does. It is a
// choice, as Way is: give it what Selecting returns.
func NeuronOn(c *circuit.Circuit, written circuit.Node) (neuron circuit.Node, ok bool) {
	at := math.Inf(-1)
	for _, l := range c.Lanes() {
		if l.Channel != written.Index {
			continue
		}
		for _, a := range l.After(written) {
			for _, e := range c.Out(a) {
				if k, _ := c.Find(e.To); e.To.Kind() == circuit.PostAct && k.Importance() > at {
					neuron, at, ok = e.To, k.Importance(), true
				}
			}
		}
	}
	return neuron, ok
}
