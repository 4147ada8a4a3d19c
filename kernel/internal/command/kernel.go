package command

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/provision"
	"circuitbook/kernel/internal/shim"
	"circuitbook/kernel/internal/supervise"
	"circuitbook/sparsenn/backend/plugin"
	"circuitbook/sparsenn/store"
)

// logEnv names the variable with a file for GoNB's own log.
const logEnv = "CIRCUITBOOK_KERNEL_LOG"

// kernelCmd is what the kernelspec has Jupyter start.
type kernelCmd struct {
	Module     string `help:"Where the engine's module is, for when nothing else says it."`
	Connection string `arg:"" help:"Jupyter's connection file."`
}

func (k *kernelCmd) Run(a *app) error {
	// GoNB ends in a trace of its stack where it cannot read the file.
	text, err := os.ReadFile(k.Connection)
	if err != nil {
		return usage(fmt.Errorf("the connection file of a Jupyter client is needed: %w", err))
	}
	if !json.Valid(text) {
		return usage(fmt.Errorf("%s is not the connection file of a Jupyter client: it is not JSON", k.Connection))
	}
	cwd, err := os.Getwd() // the notebook's folder, if Jupyter is asked nothing else
	if err != nil {
		return err
	}
	m, err := findModule(cwd, k.Module)
	if err != nil {
		return err
	}
	machine, err := provision.Ensure(a.ctx, provision.Needs{Module: m}, a.stderr)
	if err != nil {
		return exitError{exitProvision, err}
	}
	kernel := supervise.Kernel{
		Self:       machine.Program.Path,
		GoNB:       machine.Tools.GoNB,
		Connection: k.Connection,
		Env:        kernelEnviron(machine, m),
		Log:        os.Getenv(logEnv),
	}
	go func() {
		for range time.Tick(time.Hour) {
			_ = machine.Program.Touch()
		}
	}()
	// Signals are the supervisor's: an interrupt is for the cell only.
	code, err := kernel.Run(context.WithoutCancel(a.ctx))
	if err == nil && code != 0 {
		err = fmt.Errorf("GoNB ended with exit code %d", code)
	}
	return err
}

// kernelEnviron is the environment of GoNB and of the cells: the user's, with
// the shim in front of PATH, with the runs that are committed beside the
// notebooks, and with the XLA plugin that was found.
func kernelEnviron(machine provision.Machine, m *module.Module) []string {
	path := os.Getenv("PATH")
	setup := shim.Setup{
		Go: machine.Tools.Go, GoImports: machine.Tools.GoImports, Module: m.Dir, Path: path,
		GoFlags: machine.Tools.Env.GOFLAGS, GoRoot: machine.Tools.Env.GOROOT, ModCache: machine.Tools.Env.GOMODCACHE,
	}
	env := append(os.Environ(), setup.Environ()...)
	env = append(env,
		"PATH="+machine.Program.Shim+string(filepath.ListSeparator)+path,
		module.Env+"="+m.Dir,
		store.NotebookRootVariable+"="+notebookRuns(m),
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
