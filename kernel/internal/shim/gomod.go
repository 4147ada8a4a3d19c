package shim

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	engine "circuitbook/kernel/internal/module"
)

// engineVersion is what a cell requires the engine at; it is replaced by a
// folder, so that the number only has to be well formed.
const engineVersion = "v0.0.0-00010101000000-000000000000"

// cellModule returns a go.mod for the module name, and its go.sum: the
// requirements of the engine in dir, all of them, and the engine from dir.
// With everything in it the go command has nothing to look up.
func cellModule(dir, name string) (mod, sum []byte, err error) {
	m, err := engine.Open(dir)
	if err != nil {
		return nil, nil, err
	}
	f := new(modfile.File)
	if err := f.AddModuleStmt(name); err != nil {
		return nil, nil, err
	}
	if m.File.Go != nil {
		if err := f.AddGoStmt(m.File.Go.Version); err != nil {
			return nil, nil, err
		}
	}
	if m.File.Toolchain != nil {
		if err := f.AddToolchainStmt(m.File.Toolchain.Name); err != nil {
			return nil, nil, err
		}
	}
	requires := []*modfile.Require{{Mod: module.Version{Path: engine.Path, Version: engineVersion}}}
	for _, r := range m.File.Require {
		requires = append(requires, &modfile.Require{Mod: r.Mod, Indirect: r.Indirect})
	}
	f.SetRequireSeparateIndirect(requires)
	for _, r := range m.File.Replace {
		path := r.New.Path
		if r.New.Version == "" && !filepath.IsAbs(path) {
			path = filepath.Join(m.Dir, path)
		}
		if err := f.AddReplace(r.Old.Path, r.Old.Version, path, r.New.Version); err != nil {
			return nil, nil, err
		}
	}
	for _, x := range m.File.Exclude {
		if err := f.AddExclude(x.Mod.Path, x.Mod.Version); err != nil {
			return nil, nil, err
		}
	}
	if err := f.AddReplace(engine.Path, "", m.Dir, ""); err != nil {
		return nil, nil, err
	}
	f.Cleanup()
	mod, err = f.Format()
	if err != nil {
		return nil, nil, err
	}
	sum, err = os.ReadFile(filepath.Join(m.Dir, "go.sum"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	return mod, sum, nil
}
