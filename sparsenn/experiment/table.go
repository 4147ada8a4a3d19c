package experiment

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strconv"

	"github.com/google/renameio/v2"
)

// WriteFile writes rows as a table, in the format that the name of the file ends
// in, .csv or .json. The file is whole or as it was before.
func WriteFile(path string, rows []Row) error {
	var write func(io.Writer, []Row) error
	switch ext := filepath.Ext(path); ext {
	case ".csv":
		write = writeCSV
	case ".json":
		write = writeJSON
	default:
		return fmt.Errorf("sweep table %s: the name ends in %q; let it end in .csv or .json", path, ext)
	}
	f, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o644))
	if err != nil {
		return fmt.Errorf("sweep table: %w", err)
	}
	defer f.Cleanup()
	if err := write(f, rows); err != nil {
		return fmt.Errorf("sweep table %s: %w", path, err)
	}
	return f.CloseAtomicallyReplace()
}

// writeJSON writes rows as an indented JSON array, everything that is in them.
func writeJSON(w io.Writer, rows []Row) error {
	data, err := json.MarshalIndent(rows, "", " ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(data, '\n'))
	return err
}

// readJSON reads what WriteJSON wrote, refusing fields that it does not know.
func readJSON(r io.Reader) ([]Row, error) {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	var rows []Row
	if err := d.Decode(&rows); err != nil {
		return nil, fmt.Errorf("sweep table: %w", err)
	}
	var rest json.RawMessage
	if err := d.Decode(&rest); err != io.EOF {
		return nil, fmt.Errorf("sweep table: there is more behind the rows")
	}
	return rows, nil
}

// column is a column of the CSV. What a row does not have is an empty field.
type column struct {
	name string
	text func(r Row) string
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }

// ofProof is a column of circuits that were proved.
func ofProof(name string, of func(c *CircuitFacts) float64) column {
	return column{name, func(r Row) string {
		if r.Circuit == nil || r.Circuit.Proof == nil {
			return ""
		}
		return number(of(r.Circuit))
	}}
}

// ofCircuitFacts is a column of all circuits.
func ofCircuitFacts(name string, of func(c *CircuitFacts) string) column {
	return column{name, func(r Row) string {
		if r.Circuit == nil {
			return ""
		}
		return of(r.Circuit)
	}}
}

var columns = []column{
	{"name", func(r Row) string { return r.Name }},
	{"run", func(r Row) string { return r.Run }},
	{"seed", func(r Row) string { return strconv.FormatUint(r.Seed, 10) }},
	{"layers", func(r Row) string { return strconv.Itoa(r.Layers) }},
	{"d_model", func(r Row) string { return strconv.Itoa(r.DModel) }},
	{"steps", func(r Row) string { return strconv.Itoa(r.Steps) }},
	{"dense", func(r Row) string { return strconv.FormatBool(r.Dense) }},
	{"parameters", func(r Row) string { return strconv.Itoa(r.Parameters) }},
	{"l0", func(r Row) string { return strconv.Itoa(r.L0) }},
	{"valid", func(r Row) string { return number(r.Valid) }},
	{"kurtosis", func(r Row) string {
		if r.Model == nil {
			return ""
		}
		return number(r.Model.Kurtosis)
	}},
	ofCircuitFacts("task", func(c *CircuitFacts) string { return c.Task }),
	ofCircuitFacts("target", func(c *CircuitFacts) string { return number(c.Target) }),
	ofCircuitFacts("reached", func(c *CircuitFacts) string { return strconv.FormatBool(c.Reached) }),
	ofCircuitFacts("nodes", func(c *CircuitFacts) string { return strconv.Itoa(c.Nodes) }),
	ofCircuitFacts("edges", func(c *CircuitFacts) string { return strconv.Itoa(c.Edges) }),
	ofCircuitFacts("trials", func(c *CircuitFacts) string { return strconv.Itoa(c.Trials) }),
	ofProof("full", func(c *CircuitFacts) float64 { return c.Proof.Full.Mean }),
	ofProof("alone", func(c *CircuitFacts) float64 { return c.Proof.Alone.Mean }),
	ofProof("removed", func(c *CircuitFacts) float64 { return c.Proof.Removed.Mean }),
	ofCircuitFacts("random_alone", func(c *CircuitFacts) string {
		if mean, ok := c.RandomAlone(); ok {
			return number(mean)
		}
		return ""
	}),
	ofProof("random_removed", func(c *CircuitFacts) float64 { return c.Proof.RandomRemoved.Mean }),
	ofProof("accuracy", func(c *CircuitFacts) float64 { return c.Accuracy }),
	ofProof("full_accuracy", func(c *CircuitFacts) float64 { return c.FullAccuracy }),
	ofProof("removed_accuracy", func(c *CircuitFacts) float64 { return c.RemovedAccuracy }),
	ofProof("heads", func(c *CircuitFacts) float64 { return float64(c.Heads) }),
	ofProof("channels", func(c *CircuitFacts) float64 { return float64(c.Channels) }),
	{"seconds", func(r Row) string { return strconv.FormatFloat(r.Seconds, 'f', 1, 64) }},
}

// writeCSV writes rows as a table with a header, a line a row: all of JSON's
// numbers but intervals, single scores, nodes and sizes at other targets.
func writeCSV(w io.Writer, rows []Row) error {
	var buf bytes.Buffer
	out := csv.NewWriter(&buf)
	line := make([]string, len(columns))
	for i, c := range columns {
		line[i] = c.name
	}
	if err := out.Write(line); err != nil {
		return err
	}
	for _, r := range rows {
		for i, c := range columns {
			line[i] = c.text(r)
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	_, err := w.Write(buf.Bytes())
	return err
}
