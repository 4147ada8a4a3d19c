package notebook

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Encode returns the notebook as Jupyter's own tools write it: keys sorted,
// indented by one space, long texts as lists of lines, a final newline. Equal
// notebooks give equal bytes.
func (n *Notebook) Encode() ([]byte, error) {
	cells := make([]any, len(n.Cells))
	for i, c := range n.Cells {
		cells[i] = c.encode()
	}
	root := maps.Clone(n.root)
	root["cells"] = cells
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(root); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// encode returns the cell as a JSON object.
func (c *Cell) encode() map[string]any {
	raw := maps.Clone(c.raw)
	raw["cell_type"] = c.Type
	raw["source"] = lines(c.Source)
	if c.Type != Code {
		delete(raw, "outputs")
		delete(raw, "execution_count")
		return raw
	}
	outputs := make([]any, len(c.Outputs))
	for i, out := range c.Outputs {
		outputs[i] = encodeOutput(out)
	}
	raw["outputs"] = outputs
	raw["execution_count"] = nil
	if c.Count > 0 {
		raw["execution_count"] = c.Count
	}
	return raw
}

// encodeOutput splits the texts of one output into lines, as nbformat does:
// those of streams, and of the bundle's text types and SVG.
func encodeOutput(out any) any {
	m, ok := out.(map[string]any)
	if !ok {
		return out
	}
	m = maps.Clone(m)
	if s, ok := text(m["text"]); ok {
		m["text"] = lines(s)
	}
	if data, ok := m["data"].(map[string]any); ok {
		data = maps.Clone(data)
		for mime, v := range data {
			if !strings.HasPrefix(mime, "text/") && mime != "image/svg+xml" {
				continue
			}
			if s, ok := text(v); ok {
				data[mime] = lines(s)
			}
		}
		m["data"] = data
	}
	return m
}

// lines splits s after each newline; "" gives no line.
func lines(s string) []string {
	list := strings.SplitAfter(s, "\n")
	return slices.DeleteFunc(list, func(line string) bool { return line == "" })
}
