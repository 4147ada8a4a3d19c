package labtest

import (
	"fmt"
	"slices"
	"strings"

	"circuitbook/kernel/internal/notebook"
)

// A Display is an output of a notebook that a reader should see, in the form
// that a place chooses.
type Display struct {
	Cell   int    `json:"cell"`   // among the code cells, from 0
	Output int    `json:"output"` // among the cell's outputs, from 0
	HTML   string `json:"html"`   // a fragment, or
	Images int    `json:"images"` // 1 for an image, or
	Text   string `json:"text"`   // plain text
}

// String names the display as a reader would.
func (d Display) String() string {
	return fmt.Sprintf("code cell %d, output %d", d.Cell+1, d.Output+1)
}

// Forms of an output, by MIME type, in the order in which places choose.
var (
	// WithHTML is the order of JupyterLab and of nbconvert.
	WithHTML = []string{"text/html", "image/svg+xml", "image/png", "image/jpeg", "text/plain"}
	// WithoutHTML is that of a page whose HTML is not to be trusted.
	WithoutHTML = []string{"image/svg+xml", "image/png", "image/jpeg", "text/plain"}
)

// Displays lists the outputs of n that are displays, each in the first of the
// forms that it has. What has none of them is not for a reader.
func Displays(n *notebook.Notebook, forms []string) []Display {
	var list []Display
	cell := 0
	for _, c := range n.Cells {
		if c.Type != notebook.Code {
			continue
		}
		for i, out := range c.Outputs {
			data, _ := out.(map[string]any)["data"].(map[string]any)
			at := slices.IndexFunc(forms, func(form string) bool { return joined(data[form]) != "" })
			if at < 0 {
				continue
			}
			d := Display{Cell: cell, Output: i}
			switch text := joined(data[forms[at]]); forms[at] {
			case "text/html":
				d.HTML = text
			case "text/plain":
				d.Text = text
			default:
				d.Images = 1
			}
			list = append(list, d)
		}
		cell++
	}
	return list
}

// joined is text that a notebook may hold as a list of pieces.
func joined(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var b strings.Builder
		for _, piece := range v {
			s, _ := piece.(string)
			b.WriteString(s)
		}
		return b.String()
	}
	return ""
}
