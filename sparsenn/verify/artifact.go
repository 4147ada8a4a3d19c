package verify

import (
	"encoding/json"
	"fmt"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
)

func save(a *artifact.Run, c *circuit.Circuit, f Facts, p artifact.Provenance) error {
	text, err := circuit.Encode(c)
	if err != nil {
		return err
	}
	facts, err := json.Marshal(f)
	if err != nil {
		return err
	}
	provenance, err := p.JSON()
	if err != nil {
		return err
	}
	return artifact.Save(a, map[string][]byte{circuitFile: text, factsFile: facts, provenanceFile: provenance})
}

func load(a *artifact.Run) (*Result, error) {
	c, checkpoint, err := loadCircuit(a)
	if err != nil {
		return nil, err
	}
	r := &Result{Name: a.Name(), Dir: a.Dir(), Circuit: c}
	for name, v := range map[string]any{factsFile: &r.Facts, provenanceFile: &r.Provenance} {
		data, err := checkpoint.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(data, v); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", a.Name(), name, err)
		}
	}
	return r, nil
}

func loadCircuit(a *artifact.Run) (*circuit.Circuit, *artifact.Checkpoint, error) {
	checkpoint, _, err := a.Latest()
	if err != nil {
		return nil, nil, err
	}
	data, err := checkpoint.ReadFile(circuitFile)
	if err != nil {
		return nil, nil, err
	}
	c, err := circuit.Decode(data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", a.Name(), err)
	}
	return c, checkpoint, nil
}
