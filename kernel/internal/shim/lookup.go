package shim

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A Lookup answers questions about the packages that a cell may use without an
// import: the engine's and those of the standard library. It reads sources as
// it is asked and remembers them; it may be used by several goroutines.
type Lookup struct {
	setup Setup
	mu    sync.Mutex
	pkgs  *packages
	std   map[string][]string // last element -> import paths, sorted
	verbs map[string]string   // what kindsIn says of them; nil before they are asked for
}

// NewLookup returns a Lookup for what the setup knows.
func NewLookup(s Setup) *Lookup { return &Lookup{setup: s} }

// load lists the packages, once.
func (l *Lookup) load() {
	if l.pkgs != nil {
		return
	}
	l.pkgs, l.std = l.setup.packages(), map[string][]string{}
	src := filepath.Join(l.setup.GoRoot, "src")
	_ = filepath.WalkDir(src, func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil
		}
		rel, err := filepath.Rel(src, dir)
		if err != nil || rel == "." {
			return nil
		}
		switch d.Name() {
		case "cmd", "internal", "vendor", "testdata":
			return filepath.SkipDir
		}
		name := d.Name()
		if len(name) == 2 && name[0] == 'v' && name[1] >= '2' && name[1] <= '9' {
			name = filepath.Base(filepath.Dir(rel)) // a version of the package above
		}
		l.std[name] = append(l.std[name], filepath.ToSlash(rel))
		return nil
	})
}

// paths are the import paths that the name may mean: the engine's first.
func (l *Lookup) paths(name string) []string {
	l.load()
	return append(slices.Clone(l.pkgs.names[name]), l.std[name]...)
}

// Packages lists the names of packages, sorted.
func (l *Lookup) Packages() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.load()
	all := map[string]bool{}
	for name := range l.pkgs.names {
		all[name] = true
	}
	for name := range l.std {
		all[name] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// Paths lists the import paths of packages, sorted.
func (l *Lookup) Paths() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.load()
	var all []string
	for _, paths := range l.pkgs.names {
		all = append(all, paths...)
	}
	for _, paths := range l.std {
		all = append(all, paths...)
	}
	slices.Sort(all)
	return all
}

// Members lists the exported names of the packages with the name, sorted.
func (l *Lookup) Members(name string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := map[string]bool{}
	for _, p := range l.paths(name) {
		exports, _ := l.pkgs.exportsOf(p)
		maps.Copy(all, exports)
	}
	return slices.Sorted(maps.Keys(all))
}

// Doc is what the go command says of the package with the name, or of a member
// of it; "" if there is none.
func (l *Lookup) Doc(ctx context.Context, name, member string) string {
	for _, p := range l.having(name, member) {
		if text := l.DocAt(ctx, p, member); text != "" {
			return text
		}
	}
	return ""
}

// DocAt is like Doc for the package at an import path. A member may be one of a
// member: Type.Method.
func (l *Lookup) DocAt(ctx context.Context, importPath, member string) string {
	dir := l.dirOf(ctx, importPath)
	if dir == "" {
		return ""
	}
	args := []string{"doc"}
	if member != "" {
		args = append(args, member)
	}
	// From within the package's folder and without modules: to find a package by
	// its path, go doc first lists the whole graph of modules, of which a fresh
	// module cache lacks files that nothing else needs.
	cmd := exec.CommandContext(ctx, l.setup.Go, args...)
	cmd.Dir = dir
	cmd.Env = append(l.setup.Environment(), "PWD="+dir, "GO111MODULE=off", "GOFLAGS=-buildvcs=false")
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.Replace(string(out), `// import "."`, "// import "+strconv.Quote(importPath), 1)
}

// dirOf is the folder of the package at an import path, "" if there is none.
func (l *Lookup) dirOf(ctx context.Context, importPath string) string {
	cmd := exec.CommandContext(ctx, l.setup.Go, "list", "-find", "-f", "{{.Dir}}", "--", importPath)
	cmd.Dir = l.setup.Module
	cmd.Env = l.setup.Environment()
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// Environment is in which the go command is asked about packages: as the user
// has it, without a network. One that is killed with the kernel leaves its folder in Temp.
func (s Setup) Environment() []string {
	env := append(os.Environ(), "GOPROXY=off", "PATH="+s.Path)
	if s.Temp != "" {
		env = append(env, "GOTMPDIR="+s.Temp)
	}
	return env
}

// having are the import paths of the packages with the name that have the
// member, if one is named.
func (l *Lookup) having(name, member string) (list []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.paths(name) {
		exports, ok := l.pkgs.exportsOf(p)
		if ok && (member == "" || exports[strings.SplitN(member, ".", 2)[0]]) {
			list = append(list, p)
		}
	}
	return list
}
