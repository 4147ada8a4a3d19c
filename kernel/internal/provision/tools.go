package provision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"circuitbook/kernel/internal/module"
	"circuitbook/sparsenn/cache"
)

// The programs that are built, by import path and by module.
const (
	gonbPath        = "github.com/janpfeifer/gonb"
	goimportsPath   = "golang.org/x/tools/cmd/goimports"
	goimportsModule = "golang.org/x/tools"
)

// A GoEnv is what `go env` says in the engine's module.
type GoEnv struct {
	GOVERSION, GOOS, GOARCH, GOROOT, GOMODCACHE, GOFLAGS, CC, CGO_ENABLED string
}

// Tools are the Go programs that a kernel needs.
type Tools struct {
	Go        string // the go command
	Env       GoEnv
	GoNB      string
	GoImports string
}

// ErrNoTools is what FindTools fails with where they are not built yet.
var ErrNoTools = errors.New("GoNB is not built yet")

// FindTools returns the tools for the module m if they are built. It asks the
// go command for its settings and builds nothing; with an ErrNoTools all but
// the programs' presence holds.
func FindTools(ctx context.Context, m *module.Module) (Tools, error) {
	goCmd, err := exec.LookPath("go")
	if err != nil {
		return Tools{}, fmt.Errorf("the go command is not on PATH: %w", err)
	}
	if goCmd, err = filepath.Abs(goCmd); err != nil {
		return Tools{}, err
	}
	t := Tools{Go: goCmd}
	cmd := exec.CommandContext(ctx, goCmd, "env", "-json",
		"GOVERSION", "GOOS", "GOARCH", "GOROOT", "GOMODCACHE", "GOFLAGS", "CC", "CGO_ENABLED")
	cmd.Dir = m.Dir
	out, err := cmd.Output()
	if err != nil {
		why := err.Error()
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			why = string(exit.Stderr)
		}
		return Tools{}, fmt.Errorf("go env in %s: %s", m.Dir, why)
	}
	if err := json.Unmarshal(out, &t.Env); err != nil {
		return Tools{}, fmt.Errorf("go env: %w", err)
	}
	gonb, goimports := m.Version(gonbPath), m.Version(goimportsModule)
	if gonb == "" || goimports == "" {
		return Tools{}, fmt.Errorf("%s/go.mod pins no version of GoNB or of goimports", m.Dir)
	}
	root, err := cache.Sub("bin")
	if err != nil {
		return Tools{}, err
	}
	dir := filepath.Join(root, "gonb-"+gonb+"-"+key(gonb, mendsKey(), goimports, t.Env.GOVERSION, t.Env.GOOS, t.Env.GOARCH))
	t.GoNB, t.GoImports = filepath.Join(dir, "gonb"), filepath.Join(dir, "goimports")
	if !isFile(t.GoNB) || !isFile(t.GoImports) {
		return t, ErrNoTools
	}
	return t, nil
}

// EnsureTools returns the tools for the module m, built first if they are not
// there, at the versions that m's go.mod pins and with the user's settings of
// the go command. After building it also has the engine compiled, so that the
// first cell need not wait for that.
func EnsureTools(ctx context.Context, m *module.Module, log io.Writer) (Tools, error) {
	t, err := FindTools(ctx, m)
	if !errors.Is(err, ErrNoTools) {
		return t, err
	}
	unlock, err := cache.Lock(ctx, "tools")
	if err != nil {
		return Tools{}, err
	}
	defer unlock()
	t, err = FindTools(ctx, m) // another process may have been faster
	if !errors.Is(err, ErrNoTools) {
		return t, err
	}
	done := making(log, "GoNB and goimports (once)")
	dir := filepath.Dir(t.GoNB)
	temp, err := os.MkdirTemp(filepath.Dir(dir), ".tmp-")
	if err != nil {
		return Tools{}, err
	}
	defer os.RemoveAll(temp)
	source, err := os.MkdirTemp("", "circuitbook-gonb-")
	if err != nil {
		return Tools{}, err
	}
	defer os.RemoveAll(source)
	mod, err := mended(ctx, t.Go, m, source)
	if err != nil {
		return Tools{}, fmt.Errorf("building GoNB and goimports: %w", err)
	}
	build := exec.CommandContext(ctx, t.Go, "build", "-trimpath", "-modfile", mod, "-o", temp+string(filepath.Separator), gonbPath, goimportsPath)
	build.Dir = m.Dir
	build.Env = append(goEnviron(), "CGO_ENABLED=0") // neither needs a C compiler
	if err := runCommand(ctx, build); err != nil {
		return Tools{}, fmt.Errorf("building GoNB and goimports: %w", err)
	}
	if err := os.Chmod(temp, 0o755); err != nil {
		return Tools{}, err
	}
	if err := os.RemoveAll(dir); err != nil {
		return Tools{}, err
	}
	if err := os.Rename(temp, dir); err != nil {
		return Tools{}, err
	}
	done()
	compileEngine(ctx, t, m, log)
	return t, nil
}

// compileEngine fills Go's build cache with what cells import. A failure is
// not one of the tools: the cell that needs the package shows it.
func compileEngine(ctx context.Context, t Tools, m *module.Module, log io.Writer) {
	args := []string{"build"}
	for _, dir := range []string{"sparsenn", "viz"} {
		if info, err := os.Stat(filepath.Join(m.Dir, dir)); err == nil && info.IsDir() {
			args = append(args, "./"+dir+"/...")
		}
	}
	if len(args) == 1 {
		return
	}
	done := making(log, "the compiled engine (once)")
	cmd := exec.CommandContext(ctx, t.Go, args...)
	cmd.Dir = m.Dir
	cmd.Env = goEnviron()
	if err := runCommand(ctx, cmd); err != nil {
		fmt.Fprintf(log, "the engine does not compile; a cell that needs it will fail: %v\n", err)
		return
	}
	done()
}

// goEnviron is the user's environment for the go command, without a network
// where fetching is forbidden.
func goEnviron() []string {
	env := os.Environ()
	if cache.Offline() {
		env = append(env, "GOPROXY=off")
	}
	return env
}
