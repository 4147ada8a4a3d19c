package shim

import (
	"errors"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	engine "circuitbook/kernel/internal/module"
)

// envDir names GoNB's variable with the folder in which cells run.
const envDir = "GONB_DIR"

// An own is a module of the user's own.
type own struct {
	dir  string
	file *modfile.File
}

// ownMark marks the replacements in a cell's go.mod that addOwn made.
const ownMark = "// circuitbook: your own"

// addOwn has the cell in the working directory find the modules of the user's
// own that it imports: go.mod requires them, from their folders, as long as a
// cell imports them, so that one that is gone or broken keeps no other cell
// from running. What a user requires stays as it is.
func addOwn() error {
	paths := imports()
	text, err := os.ReadFile("go.mod")
	if err != nil {
		return nil // there is no cell to serve
	}
	mod, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		return nil // the go command says it better
	}
	changed := false
	for _, r := range slices.Clone(mod.Replace) {
		if !isOwn(r) {
			continue
		}
		// The go command takes a requirement away that nothing needs.
		changed = true
		err := mod.DropRequire(r.Old.Path)
		if provides(r.Old.Path, paths) {
			err = mod.AddRequire(r.Old.Path, anyVersion(r.Old.Path))
		} else {
			err = errors.Join(err, mod.DropReplace(r.Old.Path, r.Old.Version))
		}
		if err != nil {
			return err
		}
	}
	mod.Cleanup()
	known := map[string]bool{engine.Path: true}
	for _, r := range mod.Require {
		known[r.Mod.Path] = true
	}
	for _, r := range mod.Replace {
		known[r.Old.Path] = true
	}
	for _, m := range ownModules(os.Getenv(envDir)) {
		name := m.file.Module.Mod.Path
		if known[name] || !provides(name, paths) {
			continue
		}
		known[name], changed = true, true
		if err := errors.Join(mod.AddRequire(name, anyVersion(name)), mod.AddReplace(name, "", m.dir, "")); err != nil {
			return err
		}
		mod.Replace[len(mod.Replace)-1].Syntax.Suffix = []modfile.Comment{{Token: ownMark, Suffix: true}}
		for _, r := range m.file.Replace { // of another module they do not count
			if known[r.Old.Path] {
				continue
			}
			to := r.New.Path
			if r.New.Version == "" && !filepath.IsAbs(to) {
				to = filepath.Join(m.dir, to)
			}
			if err := mod.AddReplace(r.Old.Path, r.Old.Version, to, r.New.Version); err != nil {
				return err
			}
		}
		if err := addSums(filepath.Join(m.dir, "go.sum")); err != nil {
			return err
		}
	}
	if !changed {
		return nil
	}
	mod.Cleanup()
	if text, err = mod.Format(); err != nil {
		return err
	}
	return os.WriteFile("go.mod", text, 0o644)
}

func isOwn(r *modfile.Replace) bool {
	return slices.ContainsFunc(r.Syntax.Suffix, func(c modfile.Comment) bool { return c.Token == ownMark })
}

// imports are the import paths of the cell in the working directory.
func imports() (paths []string) {
	for _, name := range []string{"main.go", "main_test.go"} {
		file, _ := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if file == nil {
			continue
		}
		for _, imp := range file.Imports {
			if p, err := strconv.Unquote(imp.Path.Value); err == nil {
				paths = append(paths, p)
			}
		}
	}
	return paths
}

// provides reports whether one of the import paths is below a module's.
func provides(name string, paths []string) bool {
	for _, p := range paths {
		if p == name || strings.HasPrefix(p, name+"/") {
			return true
		}
	}
	return false
}

// anyVersion is a version that a module of the name may have.
func anyVersion(name string) string {
	if _, major, ok := module.SplitPathVersion(name); ok && major != "" {
		return module.PathMajorPrefix(major) + ".0.0"
	}
	return "v0.0.0"
}

// ownModules are the modules that belong to a folder: those that the nearest
// go.work at or above it uses, the one that it lies in, and those in its
// folders. What cannot be read is none.
func ownModules(dir string) (list []own) {
	add := func(at string) bool {
		text, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err != nil {
			return false
		}
		if file, err := modfile.Parse("go.mod", text, nil); err == nil && file.Module != nil {
			list = append(list, own{at, file})
		}
		return true
	}
	if dir == "" {
		return nil
	}
	nearest(dir, func(at string) bool {
		text, err := os.ReadFile(filepath.Join(at, "go.work"))
		if err != nil {
			return false
		}
		if work, err := modfile.ParseWork("go.work", text, nil); err == nil {
			for _, u := range work.Use {
				to := filepath.FromSlash(u.Path)
				if !filepath.IsAbs(to) {
					to = filepath.Join(at, to)
				}
				add(to)
			}
		}
		return true
	})
	nearest(dir, add)
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.IsDir() || e.Type()&fs.ModeSymlink != 0 {
			add(filepath.Join(dir, e.Name()))
		}
	}
	return list
}

// nearest calls found for a folder and those above it until it returns true.
func nearest(dir string, found func(string) bool) {
	for !found(dir) && filepath.Dir(dir) != dir {
		dir = filepath.Dir(dir)
	}
}

// addSums adds the lines of a go.sum, which need not be there, to the cell's.
func addSums(name string) error {
	theirs, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	sums, err := os.ReadFile("go.sum")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	have := map[string]bool{}
	for line := range strings.Lines(string(sums)) {
		have[strings.TrimSpace(line)] = true
	}
	for line := range strings.Lines(string(theirs)) {
		if line = strings.TrimSpace(line); !have[line] {
			sums = append(sums, line+"\n"...)
		}
	}
	return os.WriteFile("go.sum", sums, 0o644)
}
