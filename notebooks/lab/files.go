package lab

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"

	"github.com/google/renameio/v2"
)

// Save writes the circuit to a file, in the form that its name asks for: .json as
// circuit.Load reads it; .csv, a line for each edge; .neuronpedia.json, a graph for
// Neuronpedia's viewer, of the first prompt for selecting; .svg, .html or .txt, the picture.
func (c *Circuit) Save(path string) {
	data := c.Data()
	switch {
	case strings.HasSuffix(path, ".neuronpedia.json"):
		e := c.Selected()[0]
		tok := c.model.Run().Tokenizer
		var tokens []string
		for _, id := range e.Prompt {
			tokens = append(tokens, cell.Must(tok.Token(id)))
		}
		slug := strings.ReplaceAll(c.Finding().Task.Name, "_", "-")
		cell.Check(write(path, cell.Must(circuit.Neuronpedia(data, slug, tok.Decode(e.Prompt), tokens))))
	case filepath.Ext(path) == ".json":
		cell.Check(data.Save(path))
	case filepath.Ext(path) == ".csv":
		cell.Check(write(path, cell.Must(circuit.EdgesCSV(data))))
	case slices.Contains([]string{".svg", ".html", ".txt"}, filepath.Ext(path)):
		Save(path, c)
	default:
		cell.End(fmt.Errorf("save %s: the ending %q is none of .svg, .html, .txt (the picture), .json, .csv, .neuronpedia.json (the circuit)", path, filepath.Ext(path)))
	}
}

// write writes a file whole or not at all.
func write(path string, data []byte) error {
	if err := renameio.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	return nil
}
