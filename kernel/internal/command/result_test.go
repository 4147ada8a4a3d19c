package command

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestResultsOfTheEngine: a circuit that is a cell's value is drawn, and so is what
// holds one; a run shows its card, a tensor its shape and what is in it.
func TestResultsOfTheEngine(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	file := filepath.Join(p.module, "sparsenn", "circuit", "testdata", "v2.json")
	imports := "import (\n\t\"github.com/gomlx/gomlx/core/tensors\"\n\t\"circuitbook/sparsenn/artifact\"\n\t\"circuitbook/sparsenn/circuit\"\n\t\"circuitbook/sparsenn/prune\"\n\t\"circuitbook/sparsenn/train\"\n)\n"
	cells := []struct{ source, mime, text string }{
		{imports + "circuit.Load(\"" + file + "\")", "image/svg+xml", ""},
		{"c, err := circuit.Load(\"" + file + "\")\nif err != nil {\n\tpanic(err)\n}\n&prune.Result{Circuit: c}", "image/svg+xml", ""},
		{"var none *prune.Result\nnone", "text/plain", "<nil>"},
		{"c, err := train.Scale(\"tiny\", 0)\nif err != nil {\n\tpanic(err)\n}\nc.Steps = 2\ntrain.Run(context.Background(), c, artifact.Options{})", "text/html", "run train-"},
		{"tensors.FromValue([][]float32{{1, 2, 3}})", "text/plain", "[1][3]float32"},
	}
	var list []testCell
	for _, c := range cells {
		list = append(list, testCell{Source: c.source})
	}
	p.notebook(t, "a.ipynb", list...)
	code, out := p.run(t, "run", "a.ipynb")
	if code != exitOK {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	type output struct {
		Type string                     `json:"output_type"`
		Data map[string]json.RawMessage `json:"data"`
	}
	var n struct {
		Cells []struct{ Outputs []output }
	}
	if err := json.Unmarshal([]byte(p.read(t, "circuitbook-out/a.ipynb")), &n); err != nil {
		t.Fatal(err)
	}
	for i, c := range n.Cells {
		at := slices.IndexFunc(c.Outputs, func(o output) bool { return o.Type == "execute_result" })
		if at < 0 {
			t.Errorf("%s: no result in %+v", cells[i].source, c.Outputs)
			continue
		}
		data := c.Outputs[at].Data
		var text any // a string or lines
		if err := json.Unmarshal(data["text/plain"], &text); err != nil {
			t.Errorf("%s: %v", cells[i].source, err)
		}
		if data[cells[i].mime] == nil || !strings.Contains(fmt.Sprint(text), cells[i].text) {
			t.Errorf("%s: %.600q", cells[i].source, data)
		}
	}
}
