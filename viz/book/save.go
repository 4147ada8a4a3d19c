package book

import (
	"fmt"
	"path/filepath"

	"circuitbook/viz"

	"github.com/google/renameio/v2"
)

// Save writes a figure to a file, in the form that the name's ending asks for: .svg, .html or .txt.
// The file is whole or absent.
func Save(path string, f viz.Figure) error {
	b, err := f.Bundle()
	if err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	var data string
	switch ext := filepath.Ext(path); ext {
	case ".svg":
		if data = b.SVG; data == "" {
			return fmt.Errorf("save %s: the figure has no picture; save it as .html or .txt", path)
		}
	case ".html":
		data = "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n" + b.HTML
	case ".txt":
		data = b.Text
	default:
		return fmt.Errorf("save %s: the ending %q is none of .svg, .html, .txt", path, ext)
	}
	if err := renameio.WriteFile(path, []byte(data), 0o644); err != nil {
		return fmt.Errorf("save figure: %w", err)
	}
	return nil
}
