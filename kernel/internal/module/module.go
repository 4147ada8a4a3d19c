// Package module finds the engine's module on disk and reads the versions
// that it pins.
//
// The kernel knows the engine as a folder with a go.mod, never as an import:
// a cell is compiled against that folder, whatever program was installed.
package module

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// Path is the import path of the engine's module.
const Path = "circuitbook"

// Env names the variable that says where the engine's module is.
const Env = "CIRCUITBOOK_MODULE"

// maxGoMod bounds what is read as a go.mod file.
const maxGoMod = 1 << 20

// ErrNotFound says that no place held the engine's module.
var ErrNotFound = errors.New("the Circuitbook module was not found")

// A Module is the engine's module: its folder and its parsed go.mod.
type Module struct {
	Dir  string // absolute, symbolic links resolved
	File *modfile.File
}

// A Search lists where to look, in order. Empty entries are left out.
type Search struct {
	Notebook string // a notebook, or a folder: looked for from there upwards
	Cwd      string // a working directory: looked for from there upwards
	Env      string // a module's folder, as $CIRCUITBOOK_MODULE has it
	Record   string // a module's folder, as a kernelspec recorded it
}

// Find returns the first module that s leads to. An entry of s.Env that is
// not the module is an error, since somebody asked for it; the others are
// passed over. With nothing found the error is ErrNotFound and says what to
// do.
func (s Search) Find() (*Module, error) {
	for _, start := range []string{s.Notebook, s.Cwd} {
		if start == "" {
			continue
		}
		if m := upwards(start); m != nil {
			return m, nil
		}
	}
	if s.Env != "" {
		m, err := Open(s.Env)
		if err != nil {
			return nil, fmt.Errorf("$%s names no folder of the module %s: %w", Env, Path, err)
		}
		return m, nil
	}
	if s.Record != "" {
		if m, err := Open(s.Record); err == nil {
			return m, nil
		}
	}
	return nil, fmt.Errorf("%w: work inside its folder, or set $%s to it", ErrNotFound, Env)
}

// upwards looks for the module in start and in each folder above it.
func upwards(start string) *Module {
	dir, err := filepath.Abs(start)
	if err != nil {
		return nil
	}
	for {
		if m, err := Open(dir); err == nil {
			return m
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil
		}
		dir = parent
	}
}

// Open reads dir as the engine's module. A folder that holds another module,
// or none, is an error.
func Open(dir string) (*Module, error) {
	name := filepath.Join(dir, "go.mod")
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxGoMod {
		return nil, fmt.Errorf("%s is not a go.mod file", name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	file, err := modfile.Parse(name, data, nil)
	if err != nil {
		return nil, err
	}
	if file.Module == nil || file.Module.Mod.Path != Path {
		return nil, fmt.Errorf("%s is not the module %s", name, Path)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	return &Module{Dir: abs, File: file}, nil
}

// Version returns the version that the module pins for the module path, or ""
// if it does not require it.
func (m *Module) Version(path string) string {
	for _, r := range m.File.Require {
		if r.Mod.Path == path {
			return r.Mod.Version
		}
	}
	return ""
}
