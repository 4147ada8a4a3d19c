package typing

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// Exports gives the type checker what compiled packages export. Packages that
// the build cache does not hold are compiled when they are first asked for. It
// may be used by several goroutines.
type Exports struct {
	goCommand, dir string
	env            []string

	mu     sync.Mutex
	files  map[string]string // import path -> file in the build cache
	absent map[string]bool
	gc     types.Importer
}

// NewExports returns the exports of what the module in the folder dir can
// import, listed by the go command in an environment.
func NewExports(goCommand, dir string, env []string) *Exports {
	e := &Exports{goCommand: goCommand, dir: dir, env: env, files: map[string]string{}, absent: map[string]bool{}}
	e.gc = importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		file := e.files[path]
		if file == "" {
			return nil, fmt.Errorf("no export data for %s", path)
		}
		return os.Open(file)
	})
	return e
}

// Load finds packages, each a path or a pattern of paths, with all that they
// import. One that was not found is not looked for again.
func (e *Exports) Load(ctx context.Context, patterns ...string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.load(ctx, patterns)
}

func (e *Exports) load(ctx context.Context, patterns []string) error {
	var missing []string
	for _, p := range patterns {
		if e.files[p] == "" && !e.absent[p] && p != "unsafe" && p != "C" {
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	args := append([]string{"list", "-e", "-export", "-deps", "-f", "{{if .Export}}{{.ImportPath}} {{.Export}}{{end}}", "--"}, missing...)
	cmd := exec.CommandContext(ctx, e.goCommand, args...)
	cmd.Dir, cmd.Env = e.dir, e.env
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		if path, file, ok := strings.Cut(lines.Text(), " "); ok {
			e.files[path] = file
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, p := range missing {
		if e.files[p] == "" {
			e.absent[p] = true
		}
	}
	if err != nil && len(out) == 0 {
		return fmt.Errorf("listing packages: %w: %s", err, bytes.TrimSpace(problems.Bytes()))
	}
	return nil
}

// importing is an importer for the time of one check.
type importing struct {
	ctx context.Context
	e   *Exports
}

// Import implements types.Importer.
func (i importing) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if path == "C" {
		return nil, errors.New("no cgo in cells")
	}
	i.e.mu.Lock()
	defer i.e.mu.Unlock()
	if err := i.e.load(i.ctx, []string{path}); err != nil {
		return nil, err
	}
	return i.e.gc.Import(path)
}
