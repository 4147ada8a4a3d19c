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
	"reflect"
	"strings"

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
	GOVERSION, GOROOT, GOCACHE, GOMODCACHE, GOTMPDIR, GOPROXY string
	GOOS, GOARCH, GOHOSTOS, GOHOSTARCH                        string
	Build
}

// A Build is what else determines what a package is compiled to.
type Build struct {
	GOFLAGS, GOEXPERIMENT, GOAMD64, GOARM64, CC, CXX                 string
	CGO_ENABLED, CGO_CFLAGS, CGO_CPPFLAGS, CGO_CXXFLAGS, CGO_LDFLAGS string
}

// settings are the names of what a GoEnv holds.
var settings = fieldNames[GoEnv]()

func fieldNames[T any]() (names []string) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if f.Type.Kind() == reflect.String {
			names = append(names, f.Name)
		}
	}
	return names
}

// Settings asks the go command, which is looked for on PATH, for its settings in
// the module m.
func Settings(ctx context.Context, m *module.Module) (goCmd string, env GoEnv, err error) {
	if goCmd, err = exec.LookPath("go"); err != nil {
		return "", env, fmt.Errorf("the go command is not on PATH: %w", err)
	}
	if goCmd, err = filepath.Abs(goCmd); err != nil {
		return "", env, err
	}
	// By name: for all of them the go command makes folders, which may not be possible.
	cmd := exec.CommandContext(ctx, goCmd, append([]string{"env", "-json"}, settings...)...)
	cmd.Dir, cmd.Env = m.Dir, goEnviron()
	gently(cmd)
	out, err := cmd.Output()
	if err != nil {
		why := err.Error()
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			why = strings.TrimSpace(string(exit.Stderr))
		}
		return "", env, fmt.Errorf("go env in %s: %s", m.Dir, why)
	}
	if err := json.Unmarshal(out, &env); err != nil {
		return "", env, fmt.Errorf("go env: %w", err)
	}
	return goCmd, env, nil
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
	goCmd, env, err := Settings(ctx, m)
	if err != nil {
		return Tools{}, err
	}
	t := Tools{Go: goCmd, Env: env}
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
	if !t.built() {
		return t, ErrNoTools
	}
	return t, nil
}

// EnsureTools returns the tools for the module m, built first if they are not
// there, at the versions that m's go.mod pins and with the user's settings of
// the go command. It also sees that the modules that cells need are in Go's
// module cache, and has the engine compiled where Go's build cache lacks it, so
// that the first cell need not wait for that.
func EnsureTools(ctx context.Context, m *module.Module, log io.Writer) (Tools, error) {
	t, err := FindTools(ctx, m)
	if err != nil && !errors.Is(err, ErrNoTools) || err == nil && t.ready(m) {
		return t, err
	}
	found := err == nil
	unlock, err := cache.Lock(ctx, "tools")
	if err != nil {
		if found && ctx.Err() == nil { // a cache that cannot be written serves as it is
			return t, nil
		}
		return Tools{}, err
	}
	defer unlock()
	if err := ensureModules(ctx, t, m, log); err != nil {
		return Tools{}, err
	}
	if !t.built() { // another process may have been faster
		if err := t.build(ctx, m, log); err != nil {
			return Tools{}, err
		}
	}
	if !t.compiled(m) {
		compileEngine(ctx, t, m, log)
	}
	return t, nil
}

// ready reports whether nothing of what EnsureTools makes is missing.
func (t Tools) ready(m *module.Module) bool {
	missing, err := MissingModules(t.Env, m)
	return err == nil && len(missing) == 0 && t.compiled(m)
}

// built reports whether both programs are there, and nobody else could have
// written them.
func (t Tools) built() bool {
	return isFile(t.GoNB) && isFile(t.GoImports) && cache.Trusted(t.GoNB) == nil && cache.Trusted(t.GoImports) == nil
}

// build builds GoNB and goimports.
func (t Tools) build(ctx context.Context, m *module.Module, log io.Writer) error {
	done := making(log, "GoNB and goimports (once)")
	dir := filepath.Dir(t.GoNB)
	temp, err := os.MkdirTemp(filepath.Dir(dir), ".tmp-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	source, err := os.MkdirTemp("", "circuitbook-gonb-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(source)
	mod, err := mended(ctx, t.Go, m, source)
	if err != nil {
		return fmt.Errorf("building GoNB and goimports: %w", err)
	}
	build := exec.CommandContext(ctx, t.Go, "build", "-trimpath", "-modfile", mod, "-o", temp+string(filepath.Separator), gonbPath, goimportsPath)
	build.Dir = m.Dir
	build.Env = append(goEnviron(), "CGO_ENABLED=0") // neither needs a C compiler
	if err := runCommand(ctx, build); err != nil {
		return fmt.Errorf("building GoNB and goimports: %w", err)
	}
	if err := os.Chmod(temp, 0o755); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.Rename(temp, dir); err != nil {
		return err
	}
	done()
	return nil
}

// goEnviron is the user's environment for the go command: with the engine's
// module as it is, whatever workspace its folder lies in, and without a network
// where fetching is forbidden.
func goEnviron() []string {
	env := append(os.Environ(), "GOWORK=off")
	if cache.Offline() {
		env = append(env, "GOPROXY=off")
	}
	return env
}
