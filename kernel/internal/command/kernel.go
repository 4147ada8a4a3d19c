package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"circuitbook/kernel/internal/doctor"
	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/provision"
	"circuitbook/kernel/internal/relay"
	"circuitbook/kernel/internal/shim"
	"circuitbook/kernel/internal/supervise"
	"circuitbook/kernel/internal/wire"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/backend/plugin"
)

// logEnv names the variable with a file for GoNB's own log.
const logEnv = "CIRCUITBOOK_KERNEL_LOG"

// kernelCmd is what the kernelspec has Jupyter start.
type kernelCmd struct {
	Module     string `help:"Where the engine's module is, for when nothing else says it."`
	Connection string `arg:"" help:"Jupyter's connection file."`
}

func (k *kernelCmd) Run(a *app) (err error) {
	connection, err := wire.ReadConnection(k.Connection)
	if err != nil {
		return usage(err)
	}
	cwd, err := os.Getwd() // the notebook's folder, if Jupyter is asked nothing else
	if err != nil {
		return err
	}
	ctx, stop, err := untilTold(a.ctx)
	if err != nil {
		return err
	}
	defer stop()
	// Before anything that takes time, so that a front end finds somebody.
	r, err := relay.New(ctx, relay.Config{
		Connection: connection, File: k.Connection, Version: version(), Log: slog.New(slog.NewTextHandler(a.stderr, nil)),
	})
	if err != nil {
		return err
	}
	go r.Run(ctx, stop)
	m, err := findModule(cwd, k.Module)
	if err != nil {
		return err
	}
	report := func(found []doctor.Finding) error {
		if err := doctor.Report(found, func(line string) { fmt.Fprintln(a.stderr, line) }); err != nil && a.ctx.Err() == nil {
			return exitError{exitProvision, err}
		}
		return nil
	}
	if err := report(doctor.Settle()); err != nil {
		return err
	}
	guard, temp, err := guarded()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, guard.Close()) }()
	if err := report(doctor.GoCommand(a.ctx, m)); err != nil {
		return err
	}
	machine, err := provision.Ensure(a.ctx, provision.Needs{Module: m}, a.stderr)
	if err != nil {
		return exitError{exitProvision, err}
	}
	setup := shimSetup(machine, m)
	kernel := supervise.Kernel{
		Guard: guard,
		Temp:  temp,
		GoNB:  machine.Tools.GoNB,
		Env:   kernelEnviron(machine, m, setup),
		Log:   os.Getenv(logEnv),
		Prepare: func() (string, error) {
			setup.Temp = temp
			r.Help(newHelper(setup))
			return r.Prepare(temp)
		},
		Started:   func(c *supervise.Child) { r.Started(ctx, c) },
		Interrupt: r.Interrupt,
	}
	go func() {
		for range time.Tick(time.Hour) {
			_ = machine.Program.Touch()
		}
	}()
	code, err := kernel.Run(ctx)
	if err == nil && code != 0 && ctx.Err() == nil {
		err = fmt.Errorf("GoNB ended with exit code %d", code)
	}
	return err
}

// guarded starts the guard of this process and returns the folder of the kernel's
// own files, which it removes. What go commands leave that are killed with the kernel
// lies in it too, unless the user has a place of theirs for that.
func guarded() (*supervise.Guard, string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, "", err
	}
	guard, err := supervise.StartGuard(self)
	if err != nil {
		return nil, "", err
	}
	temp, err := guard.TempDir("kernel")
	if err == nil && os.Getenv("GOTMPDIR") == "" {
		err = os.Setenv("GOTMPDIR", temp)
	}
	if err != nil {
		return nil, "", errors.Join(err, guard.Close())
	}
	return guard, temp, nil
}

// untilTold is a context that ends when the kernel is told to end, from now on,
// whatever it is about: the supervisor listens only once it has started GoNB, and
// of what came before it hears nothing. An interrupt is for the cell only, but
// one that came already has ended ctx.
func untilTold(ctx context.Context) (context.Context, context.CancelFunc, error) {
	until, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM, syscall.SIGHUP)
	if err := context.Cause(ctx); err != nil {
		stop()
		return nil, nil, err
	}
	return until, stop, nil
}

// version is the version of this program, "0.0.0" of one that has none.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if v := strings.TrimPrefix(info.Main.Version, "v"); ok && v != "" && v != "(devel)" {
		return v
	}
	return "0.0.0"
}

// shimSetup is what the shim needs to know.
func shimSetup(machine provision.Machine, m *module.Module) shim.Setup {
	return shim.Setup{
		Go: machine.Tools.Go, GoImports: machine.Tools.GoImports, Module: m.Dir, Path: os.Getenv("PATH"),
		GoFlags: machine.Tools.Env.GOFLAGS, GoRoot: machine.Tools.Env.GOROOT, ModCache: machine.Tools.Env.GOMODCACHE,
	}
}

// kernelEnviron is the environment of GoNB and of the cells: the user's, with
// the shim in front of PATH, with the runs that are committed beside the
// notebooks, and with the XLA plugin that was found.
func kernelEnviron(machine provision.Machine, m *module.Module, setup shim.Setup) []string {
	env := append(os.Environ(), setup.Environ()...)
	env = append(env,
		"PATH="+machine.Program.Shim+string(filepath.ListSeparator)+setup.Path,
		module.Env+"="+m.Dir,
		artifact.NotebookRootVariable+"="+notebookRuns(m),
		"GOMLX_NO_AUTO_INSTALL=1", // what is fetched is fetched by hash
	)
	if machine.PluginErr == nil && os.Getenv(plugin.UserEnv) == "" {
		// For cells that open a backend of GoMLX by themselves.
		env = append(env, plugin.UserEnv+"="+machine.Plugin.Dir)
	}
	return env
}

// notebookRuns is the folder of the runs that the module's notebooks come with.
// It need not exist.
func notebookRuns(m *module.Module) string { return filepath.Join(m.Dir, "notebooks", "runs") }
