package experiment

import (
	"bytes"
	"encoding/csv"
	"flag"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/stat"
)

var regen = flag.Bool("regen", false, "write golden files anew")

// tableRows has a row of every kind.
func tableRows() []Row {
	e := func(x float64) stat.Estimate { return stat.Estimate{Mean: x, Lo: x - 0.1, Hi: x + 0.1, N: 16} }
	return []Row{
		{Name: "a, \"quoted\"", Run: "train-1", Weights: "w", Seed: 1, Layers: 2, DModel: 64, Steps: 3000, Parameters: 500, L0: 50, Valid: 2.25, Seconds: 12.34,
			Model: &ModelFacts{Scores: []Score{{"x", 0.1, 0.05, 0.15, 1, 16}}, Kurtosis: 30.5}},
		{Name: "b", Run: "train-1", Weights: "w", Seed: 1, Layers: 2, DModel: 64, Steps: 3000, Parameters: 500, L0: 50, Valid: 2.25, Seconds: 60, Peak: 1 << 30,
			Circuit: &CircuitFacts{Task: "x", Target: 0.15, Reached: true, Nodes: 12, Edges: 9, Trials: 5, SearchSeconds: 50,
				Proof:    &circuit.Proof{Full: e(0.1), Alone: e(0.12), Removed: e(0.7), RandomAlone: e(0.69), RandomRemoved: e(0.2)},
				Accuracy: 0.9, FullAccuracy: 0.95, RemovedAccuracy: 0.1, Heads: 1, Channels: 3, Kept: []string{"0.attn.v[3]"}, Sizes: []Size{{0.5, true, 3, 2}}}},
		{Name: "c", Run: "train-2", Dense: true, Parameters: 500, L0: 500, Circuit: &CircuitFacts{Task: "x", Target: 0.15, Nodes: 2816, Edges: 99999, Trials: 5}},
	}
}

// TestTables: the golden files, and JSON gives back what went in.
func TestTables(t *testing.T) {
	for name, write := range map[string]func(*bytes.Buffer) error{
		"table.json": func(b *bytes.Buffer) error { return writeJSON(b, tableRows()) },
		"table.csv":  func(b *bytes.Buffer) error { return writeCSV(b, tableRows()) },
	} {
		var got bytes.Buffer
		if err := write(&got); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name)
		if *regen {
			if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s differs; -regen writes it anew:\n%s", name, got.Bytes())
		}
		if name == "table.json" {
			rows, err := readJSON(&got)
			if err != nil || !reflect.DeepEqual(rows, tableRows()) {
				t.Errorf("%+v, %v", rows, err)
			}
		} else if lines, err := csv.NewReader(&got).ReadAll(); err != nil || len(lines) != 4 || lines[1][0] != tableRows()[0].Name {
			t.Errorf("%v, %v", lines, err)
		}
	}
}

func FuzzReadJSON(f *testing.F) {
	var b bytes.Buffer
	_ = writeJSON(&b, tableRows())
	f.Add(b.Bytes())
	f.Add([]byte("[] []"))
	f.Add([]byte(`[{"nam":1}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := readJSON(bytes.NewReader(data))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "sweep table: ") {
				t.Errorf("%v", err)
			}
			return
		}
		var again bytes.Buffer
		if err := writeJSON(&again, rows); err != nil {
			t.Fatal(err)
		}
		back, err := readJSON(&again)
		if err != nil || len(back) != len(rows) {
			t.Fatalf("%v", err)
		}
	})
}

func TestReadJSONRefuses(t *testing.T) {
	for _, text := range []string{"", "{}", "[] 1", `[{"unknown": 1}]`, `[{"seed": -1}]`} {
		if _, err := readJSON(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

// TestWriteFile: the name says the format, and a file that cannot be written leaves
// what was there.
func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"table.csv", "table.json"} {
		path := filepath.Join(dir, name)
		if err := WriteFile(path, tableRows()); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d, %v", name, len(got), len(want), err)
		}
	}
	for want, path := range map[string]string{".csv or .json": filepath.Join(dir, "table.txt"), "no such": filepath.Join(dir, "nowhere", "table.csv")} {
		if err := WriteFile(path, tableRows()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	bad := tableRows()
	bad[0].Valid = math.NaN() // JSON has none
	path := filepath.Join(dir, "table.json")
	if err := WriteFile(path, bad); err == nil {
		t.Error("a loss of NaN was written as JSON")
	}
	if f, err := os.Open(path); err != nil {
		t.Error(err)
	} else if rows, err := readJSON(f); err != nil || len(rows) != len(bad) {
		t.Errorf("the table from before is gone: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}
