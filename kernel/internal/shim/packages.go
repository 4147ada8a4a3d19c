package shim

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	engine "circuitbook/kernel/internal/module"
)

// A packages knows what packages export, by reading their sources; no more
// of them than it is asked for.
type packages struct {
	setup Setup
	names map[string][]string // of the engine: last element -> import paths, sorted
	known map[string]map[string]bool
}

// packages lists the engine's packages that a cell may import.
func (s Setup) packages() *packages {
	p := &packages{setup: s, names: map[string][]string{}, known: map[string]map[string]bool{}}
	// In lexical order, so that a shorter path comes first.
	_ = filepath.WalkDir(s.Module, func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil
		}
		rel, err := filepath.Rel(s.Module, dir)
		if err != nil || rel == "." {
			return nil
		}
		switch name := d.Name(); {
		case name[0] == '.', name[0] == '_', name == "testdata", name == "internal",
			rel == "kernel", rel == "docker", path.Dir(filepath.ToSlash(rel)) == "notebooks" && name != "lab":
			return filepath.SkipDir
		case rel == "notebooks":
			return nil
		}
		p.names[d.Name()] = append(p.names[d.Name()], engine.Path+"/"+filepath.ToSlash(rel))
		return nil
	})
	return p
}

// provider returns the engine's package of the given name that exports most of
// the selectors, so that a mistyped one is reported against the engine; ""
// if none exports any. Where the standard library has a package of that name
// too, the engine's must export all.
func (p *packages) provider(name string, selectors map[string]bool) string {
	best, most := "", 0
	for _, candidate := range p.names[name] {
		exports, _ := p.exportsOf(candidate)
		n := 0
		for sel := range selectors {
			if exports[sel] {
				n++
			}
		}
		if n > most {
			best, most = candidate, n
		}
	}
	if most < len(selectors) && isDir(filepath.Join(p.setup.GoRoot, "src", name)) {
		return ""
	}
	return best
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// exportsOf returns the exported names of the package at an import path, and
// whether its folder was found.
func (p *packages) exportsOf(importPath string) (map[string]bool, bool) {
	if exports, ok := p.known[importPath]; ok {
		return exports, exports != nil
	}
	var exports map[string]bool
	if dir := p.dir(importPath); dir != "" {
		exports = exportsIn(dir)
	}
	p.known[importPath] = exports
	return exports, exports != nil
}

// dir returns the folder of the package at an import path, "" if it is not
// found: in the engine, in a required module, or in the standard library.
func (p *packages) dir(importPath string) string {
	if rest, ok := strings.CutPrefix(importPath, engine.Path+"/"); ok {
		return filepath.Join(p.setup.Module, filepath.FromSlash(rest))
	}
	if std := filepath.Join(p.setup.GoRoot, "src", filepath.FromSlash(importPath)); isDir(std) {
		return std
	}
	data, err := os.ReadFile("go.mod")
	if err != nil {
		return ""
	}
	file, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		return ""
	}
	for _, r := range file.Replace { // by a folder
		if rest, ok := strings.CutPrefix(importPath+"/", r.Old.Path+"/"); ok && r.New.Version == "" {
			return filepath.Join(r.New.Path, filepath.FromSlash(rest))
		}
	}
	for prefix := importPath; prefix != "."; prefix = path.Dir(prefix) {
		for _, r := range file.Require {
			if r.Mod.Path != prefix {
				continue
			}
			escaped, err := module.EscapePath(prefix)
			if err != nil {
				return ""
			}
			version, err := module.EscapeVersion(r.Mod.Version)
			if err != nil {
				return ""
			}
			rest := filepath.FromSlash(strings.TrimPrefix(importPath, prefix))
			return filepath.Join(p.setup.ModCache, filepath.FromSlash(escaped)+"@"+version, rest)
		}
	}
	return ""
}

// exportsIn returns the exported package-level names in a folder's Go files,
// whatever platform they are for; nil if it holds none.
func exportsIn(dir string) map[string]bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var exports map[string]bool
	add := func(id *ast.Ident) {
		if id.IsExported() {
			exports[id.Name] = true
		}
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, parser.SkipObjectResolution)
		if file == nil || (err != nil && len(file.Decls) == 0) {
			continue
		}
		if exports == nil {
			exports = map[string]bool{}
		}
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Recv == nil {
					add(decl.Name)
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						add(spec.Name)
					case *ast.ValueSpec:
						for _, id := range spec.Names {
							add(id)
						}
					}
				}
			}
		}
	}
	return exports
}
