package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/store"
	"circuitbook/sparsenn/study"
)

// calibratedRandom is the first recipe of proofs that read random circuits right:
// before it, their calibration could fail to converge, up to 5 nats where guessing
// costs 0.693. Nothing else of a row hangs on that.
const calibratedRandom = 3 // of prove.Recipe

// The files of a row.
const (
	rowFile        = "row.json"
	provenanceFile = "provenance.json"
)

// Open loads the row of a point. It is an error that wraps [store.ErrNotFound] if
// there is none: [Run] makes it.
func Open(p Point, roots ...string) (*Row, error) {
	id, err := p.identity()
	if err != nil {
		return nil, err
	}
	all, err := store.Roots(roots...)
	if err != nil {
		return nil, err
	}
	a, err := store.OpenReadOnly(all, kind, id)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	checkpoint, _, err := a.Latest()
	if err != nil {
		return nil, err
	}
	if checkpoint == nil || !checkpoint.Done {
		return nil, fmt.Errorf("%s: %w", a.Name(), store.ErrNotFound)
	}
	data, err := checkpoint.ReadFile(rowFile)
	if err != nil {
		return nil, err
	}
	r, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", a.Name(), rowFile, err)
	}
	r.Name = p.Name
	return r, nil
}

// decode reads a stored row.
func decode(data []byte) (*Row, error) {
	r := new(Row)
	if err := json.Unmarshal(data, r); err != nil {
		return nil, err
	}
	if c := r.Circuit; c != nil && c.Proof != nil && c.ProofRecipe < calibratedRandom {
		c.Proof.RandomAlone = stat.Estimate{}
	}
	return r, nil
}

// makeRow makes and stores the row of a point that has none, or loads it where
// another process was quicker.
func makeRow(ctx context.Context, p Point, o study.Options) (*Row, error) {
	if r, err := Open(p, o.Roots...); err == nil || !errors.Is(err, store.ErrNotFound) {
		return r, err
	}
	id, err := p.identity()
	if err != nil {
		return nil, err
	}
	root, err := store.Root()
	if err != nil {
		return nil, err
	}
	a, err := store.Open(root, kind, id)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	if finished, err := a.Finished(); err != nil {
		return nil, err
	} else if finished {
		return Open(p, o.Roots...)
	}
	r, err := measure(ctx, p, o)
	if err != nil {
		return nil, fmt.Errorf("sweep point %q: %w", p.Name, err)
	}
	row, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	provenance := store.NewProvenance(p.Train.Seed)
	provenance.Parents, provenance.WallSeconds = map[string]string{"train": r.Run}, r.Seconds
	text, err := provenance.JSON()
	if err != nil {
		return nil, err
	}
	files := map[string]func(io.Writer) error{}
	for name, data := range map[string][]byte{rowFile: row, provenanceFile: text} {
		files[name] = func(w io.Writer) error {
			_, err := w.Write(data)
			return err
		}
	}
	return r, a.Save(1, true, files)
}
