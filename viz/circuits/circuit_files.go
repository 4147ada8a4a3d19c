package circuits

import (
	"circuitbook/sparsenn/circuit"
	"circuitbook/viz"
)

// circuitFiles are what a picture of a circuit offers besides itself: its JSON, encoded if data is
// nil, and the CSV of its edges.
func circuitFiles(c *circuit.Circuit, data []byte) ([]viz.File, error) {
	if data == nil {
		var err error
		if data, err = circuit.Encode(c); err != nil {
			return nil, err
		}
	}
	edges, err := circuit.EdgesCSV(c)
	if err != nil {
		return nil, err
	}
	return []viz.File{{Kind: "JSON", MIME: "application/json", Data: data}, {Kind: "CSV", MIME: "text/csv", Data: edges}}, nil
}
