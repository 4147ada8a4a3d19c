package provision

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"

	"circuitbook/kernel/internal/module"
	"circuitbook/sparsenn/cache"
)

// enginePatterns are the packages that cells import, those that there are.
func enginePatterns(m *module.Module) (list []string) {
	for _, dir := range []string{"sparsenn", "viz"} {
		if isDir(filepath.Join(m.Dir, dir)) {
			list = append(list, "./"+dir+"/...")
		}
	}
	return list
}

// compileEngine fills Go's build cache with what cells import. A failure is
// not one of the tools: the cell that needs the package shows it.
func compileEngine(ctx context.Context, t Tools, m *module.Module, log io.Writer) {
	patterns := enginePatterns(m)
	if len(patterns) == 0 {
		return
	}
	what := "the compiled engine (once)"
	if t.Env.GOFLAGS != "" {
		what = "the compiled engine (once for GOFLAGS=" + t.Env.GOFLAGS + ")"
	}
	done := making(log, what)
	if err := runCommand(ctx, t.command(ctx, m, append([]string{"build"}, patterns...)...)); err != nil {
		fmt.Fprintf(log, "the engine does not compile; a cell that needs it will fail: %v\n", err)
		return
	}
	done()
	_ = t.markCompiled(ctx, m) // else it is looked at again the next time
}

// command is the go command with arguments, in the module m.
func (t Tools) command(ctx context.Context, m *module.Module, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, t.Go, args...)
	cmd.Dir, cmd.Env = m.Dir, goEnviron()
	return cmd
}

// engineMark is the file that lists what Go's build cache holds of the modules
// that the engine requires, under the settings of the go command. The engine's own
// packages are not listed: they are few, and change.
func (t Tools) engineMark(m *module.Module) (string, error) {
	dir, err := cache.Sub("engine")
	if err != nil {
		return "", err
	}
	env := t.Env
	env.GOPROXY, env.GOTMPDIR = "", "" // of no matter to what is compiled
	text, err := json.Marshal(env)
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, key(string(text), pinned(m))+".json"), nil
}

// compiled reports whether Go's build cache holds what compileEngine put there.
// Where nothing was noted it may.
func (t Tools) compiled(m *module.Module) bool {
	if len(enginePatterns(m)) == 0 {
		return true
	}
	name, err := t.engineMark(m)
	if err != nil {
		return false
	}
	text, err := os.ReadFile(name)
	var files []string
	if err != nil || json.Unmarshal(text, &files) != nil {
		return false
	}
	for _, f := range files {
		if !isFile(f) {
			return false
		}
	}
	return true
}

// Compiled reports whether the engine is compiled for the settings that the tools
// were found with.
func (t Tools) Compiled(m *module.Module) bool { return t.compiled(m) }

// markCompiled notes what compileEngine made.
func (t Tools) markCompiled(ctx context.Context, m *module.Module) error {
	name, err := t.engineMark(m)
	if err != nil {
		return err
	}
	out, err := commandOutput(ctx, t.command(ctx, m, append([]string{"list", "-deps", "-export", "-f",
		"{{with .Module}}{{if not .Main}}{{$.Export}}{{end}}{{end}}"}, enginePatterns(m)...)...))
	if err != nil {
		return err
	}
	text, err := json.Marshal(strings.Fields(out))
	if err != nil {
		return err
	}
	return renameio.WriteFile(name, text, 0o644)
}

// pinned is the text of go.mod and go.sum of m.
func pinned(m *module.Module) string {
	mod, _ := os.ReadFile(filepath.Join(m.Dir, "go.mod"))
	sum, _ := os.ReadFile(filepath.Join(m.Dir, "go.sum"))
	return string(mod) + "\n" + string(sum)
}
