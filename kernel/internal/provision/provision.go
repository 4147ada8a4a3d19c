// Package provision makes what notebooks need and a machine lacks: a Python
// environment from a lock with hashes, the programs gonb and goimports, and
// an XLA plugin. Everything goes into the cache folder, under file locks, so
// that several programs may ask at once; what is there is used without a look
// at the network.
package provision

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"circuitbook/kernel/internal/module"
	"circuitbook/sparsenn/backend/plugin"
)

// Needs says what to make sure of.
type Needs struct {
	Module *module.Module // the engine, whose go.mod pins the tools
	Python bool           // for executing notebooks and for JupyterLab
	Fetch  bool           // fetch an XLA plugin where there is none
}

// A Machine is what was found or made.
type Machine struct {
	Program   Program
	Python    string // the environment's python; "" if it was not asked for
	Tools     Tools
	Plugin    plugin.Plugin // the zero Plugin where there is none
	PluginErr error         // why there is none: the pure-Go backend is used
}

// Ensure finds or makes everything that is needed, what can be side by side
// so. It tells log a line about each thing that it has to make.
func Ensure(ctx context.Context, needs Needs, log io.Writer) (Machine, error) {
	var m Machine
	// What is made is executed: nobody else may write it, whatever the user lets
	// others do with files.
	was := syscall.Umask(0o022)
	syscall.Umask(was | 0o022)
	defer syscall.Umask(was)
	log = &lineWriter{w: log}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		m.Program, err = EnsureProgram(ctx)
		return err
	})
	if needs.Python {
		group.Go(func() (err error) {
			m.Python, err = EnsurePython(ctx, log)
			return err
		})
	}
	group.Go(func() (err error) {
		m.Tools, err = EnsureTools(ctx, needs.Module, log)
		return err
	})
	group.Go(func() (err error) {
		m.Plugin, m.PluginErr, err = ensurePlugin(ctx, needs.Fetch, log)
		return err
	})
	return m, group.Wait()
}

// errGo is why there is no plugin where none is wanted.
var errGo = errors.New("$" + plugin.BackendEnv + " asks for it")

// ensurePlugin finds the plugin that cells will use, and fetches it if it may.
// Without one there is still the pure-Go backend: missing says why that is
// used. Only where the user asked for XLA and it cannot be fetched, err is set.
func ensurePlugin(ctx context.Context, fetch bool, log io.Writer) (p plugin.Plugin, missing, err error) {
	env := os.Getenv(plugin.BackendEnv)
	choice, err := plugin.ParseChoice(env)
	switch {
	case err != nil: // the cell that opens a backend says it
		return p, err, nil
	case choice.Go:
		return p, errGo, nil
	}
	q := plugin.Query{Platform: choice.Platform}
	if !fetch {
		p, missing = q.Find()
		return p, missing, nil
	}
	p, missing = q.Ensure(ctx, log)
	if missing != nil && choice.XLA {
		err = fmt.Errorf("$%s=%s, but: %w", plugin.BackendEnv, env, missing)
	}
	return p, missing, err
}

// lineWriter passes writes on one at a time.
type lineWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lineWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// making tells log that something is made, and, by the function that it
// returns, that it is done and how long it took.
func making(log io.Writer, what string) (done func()) {
	start := time.Now()
	fmt.Fprintf(log, "making %s ...\n", what)
	return func() { fmt.Fprintf(log, "made %s in %.1f s\n", what, time.Since(start).Seconds()) }
}

// runCommand runs cmd; its error holds the end of what it said.
func runCommand(ctx context.Context, cmd *exec.Cmd) error {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	gently(cmd)
	return commandError(ctx, cmd, cmd.Run(), &out)
}

// gently has a command interrupted, not killed, when its context ends: the go command
// and pip then take away the folders that they made.
func gently(cmd *exec.Cmd) {
	if cmd.Cancel != nil {
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
		cmd.WaitDelay = 10 * time.Second
	}
}

// commandOutput runs cmd for what it prints; an error holds the end of its
// complaints.
func commandOutput(ctx context.Context, cmd *exec.Cmd) (string, error) {
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	gently(cmd)
	err := commandError(ctx, cmd, cmd.Run(), &complaints)
	return out.String(), err
}

func commandError(ctx context.Context, cmd *exec.Cmd, err error, out *bytes.Buffer) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) > 12 {
		lines = lines[len(lines)-12:]
	}
	return fmt.Errorf("%s: %w\n  %s", strings.Join(cmd.Args[:min(3, len(cmd.Args))], " "), err, strings.Join(lines, "\n  "))
}

// key returns a short name for what parts determine.
func key(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d %s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// without returns env less the variables named.
func without(env []string, names ...string) []string {
	var kept []string
next:
	for _, kv := range env {
		for _, name := range names {
			if strings.HasPrefix(kv, name+"=") {
				continue next
			}
		}
		kept = append(kept, kv)
	}
	return kept
}

// isFile reports whether name is a file.
func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
