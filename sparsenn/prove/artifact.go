package prove

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/store"
)

// artifact loads what was measured before; where there is nothing, it has it
// measured and saved.
func artifact[T any](kind string, id identity, roots []string, load func(*store.Run) (T, error), measure func(*store.Run) error) (none T, err error) {
	all, err := store.Roots(roots...)
	if err != nil {
		return none, err
	}
	a, err := store.OpenReadOnly(all, kind, id)
	if err == nil {
		defer a.Close()
		return load(a)
	} else if !errors.Is(err, store.ErrNotFound) {
		return none, err
	}
	if a, err = store.Open(all[0], kind, id); err != nil {
		return none, err
	}
	defer a.Close()
	finished, err := a.Finished() // by another process, meanwhile
	if err == nil && !finished {
		err = measure(a)
	}
	if err != nil {
		return none, err
	}
	return load(a)
}

func save(a *store.Run, c *circuit.Circuit, f Facts, p store.Provenance) error {
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
	return saveFiles(a, map[string][]byte{circuitFile: text, factsFile: facts, provenanceFile: provenance})
}

func saveFiles(a *store.Run, data map[string][]byte) error {
	files := map[string]func(io.Writer) error{}
	for name, text := range data {
		files[name] = func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		}
	}
	return a.Save(1, true, files)
}

func load(a *store.Run) (*Result, error) {
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

func loadCircuit(a *store.Run) (*circuit.Circuit, *store.Checkpoint, error) {
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
