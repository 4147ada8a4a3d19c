package experiment

import (
	"context"
	"encoding/json"
	"fmt"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/stat"
)

// calibratedRandom is the first recipe of proofs that read random circuits right:
// before it, their calibration could fail to converge, up to 5 nats where guessing
// costs 0.693. Nothing else of a row hangs on that.
const calibratedRandom = 3 // of verify.Recipe

// The files of a row.
const (
	rowFile        = "row.json"
	provenanceFile = "provenance.json"
)

// Open loads the row of a point. It is an error that wraps [artifact.ErrNotFound] if
// there is none: [Run] makes it.
func Open(p Point) (*Row, error) {
	id, err := p.identity()
	if err != nil {
		return nil, err
	}
	return artifact.Open(kind, id, p.load)
}

// load reads the row of a finished artifact.
func (p Point) load(a *artifact.Run) (*Row, error) {
	checkpoint, _, err := a.Latest()
	if err != nil {
		return nil, err
	}
	if checkpoint == nil || !checkpoint.Done {
		return nil, fmt.Errorf("%s: %w", a.Name(), artifact.ErrNotFound)
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

// makeRow makes and stores the row of a point, or loads it.
func makeRow(ctx context.Context, p Point, o artifact.Options) (*Row, error) {
	id, err := p.identity()
	if err != nil {
		return nil, err
	}
	return artifact.Make(ctx, o, kind, id, p.load, func(a *artifact.Run) error {
		r, err := measure(ctx, p, o)
		if err != nil {
			return fmt.Errorf("sweep point %q: %w", p.Name, err)
		}
		row, err := json.Marshal(r)
		if err != nil {
			return err
		}
		provenance := artifact.NewProvenance(p.Train.Seed)
		provenance.Parents, provenance.WallSeconds = map[string]string{"train": r.Run}, r.Seconds
		text, err := provenance.JSON()
		if err != nil {
			return err
		}
		return artifact.Save(a, map[string][]byte{rowFile: row, provenanceFile: text})
	})
}
