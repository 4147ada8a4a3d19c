// Package kernelspec writes and removes the folder by which Jupyter knows the
// kernel. It touches no other kernel's.
package kernelspec

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// What Jupyter shows and finds the kernel by.
const (
	Name        = "circuitbook"
	DisplayName = "Go (Circuitbook)"
	Language    = "go"
)

//go:embed logo-svg.svg
var logos embed.FS

// A Spec says what the kernel's folder shall hold.
type Spec struct {
	Program string // the program's absolute path
	Module  string // where the engine's module is, for when nothing else says it
}

// file is kernel.json.
type file struct {
	Argv          []string       `json:"argv"`
	DisplayName   string         `json:"display_name"`
	Language      string         `json:"language"`
	InterruptMode string         `json:"interrupt_mode"`
	Metadata      map[string]any `json:"metadata"`
}

// Encode returns kernel.json.
func (s Spec) Encode() ([]byte, error) {
	if !filepath.IsAbs(s.Program) || !filepath.IsAbs(s.Module) {
		return nil, fmt.Errorf("kernelspec: the paths %q and %q must be absolute", s.Program, s.Module)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(file{
		Argv:          []string{s.Program, "kernel", "--module", s.Module, "{connection_file}"},
		DisplayName:   DisplayName,
		Language:      Language,
		InterruptMode: "message",
		Metadata:      map[string]any{"circuitbook": map[string]any{"module": s.Module}},
	})
	return buf.Bytes(), err
}

// Dir returns the kernel's folder in a Jupyter data folder.
func Dir(data string) string { return filepath.Join(data, "kernels", Name) }

// Write makes the kernel's folder in the Jupyter data folder data, or brings
// it up to date.
func (s Spec) Write(data string) error {
	dir := Dir(data)
	text, err := s.Encode()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files := map[string][]byte{"kernel.json": text}
	if files["logo-svg.svg"], err = logos.ReadFile("logo-svg.svg"); err != nil {
		return err
	}
	for _, size := range []int{32, 64} {
		if files[fmt.Sprintf("logo-%dx%d.png", size, size)], err = logoPNG(size); err != nil {
			return err
		}
	}
	for name, content := range files {
		if err := renameio.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Read returns the Spec in the Jupyter data folder data. The error is an
// os.ErrNotExist where there is none.
func Read(data string) (Spec, error) {
	text, err := os.ReadFile(filepath.Join(Dir(data), "kernel.json"))
	if err != nil {
		return Spec{}, err
	}
	return decode(text)
}

// decode reads what Encode wrote.
func decode(text []byte) (Spec, error) {
	var f file
	if err := json.Unmarshal(text, &f); err != nil {
		return Spec{}, err
	}
	if len(f.Argv) != 5 || f.Argv[1] != "kernel" || f.Argv[2] != "--module" {
		return Spec{}, errors.New("kernel.json was not written by this program")
	}
	return Spec{Program: f.Argv[0], Module: f.Argv[3]}, nil
}

// Remove removes the kernel's folder from the Jupyter data folder data and
// reports whether there was one. A folder that this program did not write is
// left, with an error.
func Remove(data string) (bool, error) {
	if _, err := Read(data); errors.Is(err, os.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("%s is left as it is: %w", Dir(data), err)
	}
	return true, os.RemoveAll(Dir(data))
}
