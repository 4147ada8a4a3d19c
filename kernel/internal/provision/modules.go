package provision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/renameio/v2"
	gomodule "golang.org/x/mod/module"

	"circuitbook/kernel/internal/module"
	"circuitbook/sparsenn/cache"
)

// Go keeps modules in a cache of its own, which may be emptied, or be another
// one, while the cache folder is kept. So the modules that cells, the tools and
// this program are built of are kept in the cache folder too, packed, in the form
// of a module proxy: modules/PATH/@v/VERSION.zip and so on. A list beside them,
// one for each content of go.mod and go.sum, says which they are.

// moduleStore is the folder of packed modules.
func moduleStore() (string, error) { return cache.Sub("modules") }

// ModuleProxy is the address of the packed modules in the cache folder, for
// GOPROXY.
func ModuleProxy() (string, error) {
	dir, err := moduleStore()
	return "file://" + filepath.ToSlash(dir), err
}

// ModuleList is the file that lists the modules that m needs.
func ModuleList(m *module.Module) (string, error) {
	dir, err := moduleStore()
	return filepath.Join(dir, "list-"+key(pinned(m))+".json"), err
}

// ErrModules is what MissingModules fails with where it is not known which modules
// are needed.
var ErrModules = errors.New("no modules of Go are kept yet")

// MissingModules lists which of the modules that m needs are not in Go's module
// cache.
func MissingModules(env GoEnv, m *module.Module) (missing []gomodule.Version, err error) {
	all, err := neededModules(m)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(v gomodule.Version) bool { return isDir(unpacked(env, v)) }), nil
}

// AllKept reports whether the cache folder has all modules that m needs, so that the go
// command with ModuleProxy builds this program without a network.
func AllKept(m *module.Module) bool {
	all, err := neededModules(m)
	return err == nil && !slices.ContainsFunc(all, func(v gomodule.Version) bool { return !Kept(v) })
}

// neededModules lists the modules that m needs, or fails with ErrModules.
func neededModules(m *module.Module) (all []gomodule.Version, err error) {
	name, err := ModuleList(m)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrModules
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, ErrModules // it is written anew
	}
	return all, nil
}

// Kept reports whether the module is in the cache folder.
func Kept(v gomodule.Version) bool {
	dir, err := moduleStore()
	return err == nil && isFile(filepath.Join(dir, packed(v)+".zip")) && isFile(filepath.Join(dir, packed(v)+".mod"))
}

// unpacked is the folder of a module in Go's module cache.
func unpacked(env GoEnv, v gomodule.Version) string {
	path, _ := gomodule.EscapePath(v.Path)
	version, _ := gomodule.EscapeVersion(v.Version)
	return filepath.Join(env.GOMODCACHE, filepath.FromSlash(path)+"@"+version)
}

// packed is the name of a module's files in a proxy, without their extensions.
func packed(v gomodule.Version) string {
	path, _ := gomodule.EscapePath(v.Path)
	version, _ := gomodule.EscapeVersion(v.Version)
	return filepath.Join(filepath.FromSlash(path), "@v", version)
}

// ensureModules sees that Go's module cache and the cache folder have the modules
// that m needs. They come from each other, and else from where the user's Go gets
// modules.
func ensureModules(ctx context.Context, t Tools, m *module.Module, log io.Writer) error {
	missing, err := MissingModules(t.Env, m)
	if errors.Is(err, ErrModules) {
		return keepModules(ctx, t, m)
	}
	if err != nil || len(missing) == 0 {
		return err
	}
	proxy, err := ModuleProxy()
	if err != nil {
		return err
	}
	done := making(log, fmt.Sprintf("Go's module cache, which lacks %d modules", len(missing)))
	args := []string{"mod", "download"}
	for _, v := range missing {
		args = append(args, v.String())
	}
	cmd := t.command(ctx, m, args...)
	if rest := lookup(cmd.Env, "GOPROXY", t.Env.GOPROXY); rest != "" {
		proxy += "," + rest
	}
	// Sums are those of go.sum.
	cmd.Env = append(cmd.Env, "GOPROXY="+proxy, "GONOPROXY=none")
	if err := runCommand(ctx, cmd); err != nil {
		return fmt.Errorf("the module cache of Go, %s, lacks %s and %d more modules: %w\nwith a network, `go mod download` in %s fetches them",
			t.Env.GOMODCACHE, missing[0], len(missing)-1, err, m.Dir)
	}
	done()
	return nil
}

// keep says which packages the modules are needed for; tests name others.
var keep = keptPackages

// keptPackages are what cells may import, the tools, and this program.
func keptPackages(m *module.Module) []string {
	list := append(enginePatterns(m), gonbPath, goimportsPath)
	if isDir(filepath.Join(m.Dir, "kernel")) {
		list = append(list, "./kernel")
	}
	return list
}

// keepModules finds out which modules m needs, which fetches those that Go's module
// cache lacks, and keeps them in the cache folder.
func keepModules(ctx context.Context, t Tools, m *module.Module) error {
	cmd := t.command(ctx, m, append([]string{"list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}"}, keep(m)...)...)
	out, err := commandOutput(ctx, cmd)
	if err != nil {
		return fmt.Errorf("the modules that cells are built of: %w\nwith a network, `go mod download` in %s fetches them", err, m.Dir)
	}
	var list []gomodule.Version
	for line := range strings.Lines(out) {
		if f := strings.Fields(line); len(f) == 2 {
			list = append(list, gomodule.Version{Path: f[0], Version: f[1]})
		}
	}
	gomodule.Sort(list)
	list = slices.Compact(list)
	for _, v := range list {
		if err := keepModule(t, v); err != nil {
			return fmt.Errorf("keeping the module %s in the cache folder: %w", v, err)
		}
	}
	name, err := ModuleList(m)
	if err != nil {
		return err
	}
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return renameio.WriteFile(name, append(text, '\n'), 0o644)
}

// keepModule links or copies the files of a module to the cache folder, as far as
// Go's module cache has them packed.
func keepModule(t Tools, v gomodule.Version) error {
	store, err := moduleStore()
	if err != nil {
		return err
	}
	to := filepath.Join(store, packed(v))
	from := filepath.Join(t.Env.GOMODCACHE, "cache", "download", packed(v))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	for _, ext := range []string{".info", ".mod", ".zip"} {
		if isFile(to+ext) || !isFile(from+ext) {
			continue
		}
		if os.Link(from+ext, to+ext) == nil {
			continue
		}
		if err := copyFile(from+ext, to+ext, 0o644); err != nil { // on another file system
			return err
		}
	}
	return nil
}

// lookup returns the value that a variable has in env: the last one, and otherwise
// one that is given.
func lookup(env []string, name, otherwise string) string {
	for _, v := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(v, name+"="); ok && value != "" {
			return value
		}
	}
	return otherwise
}
