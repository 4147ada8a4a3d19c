package command

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"circuitbook/kernel/internal/kernelspec"
	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/provision"
	"circuitbook/sparsenn/cache"
)

// labCmd opens JupyterLab.
type labCmd struct {
	Args []string `arg:"" optional:"" passthrough:"" help:"A folder, or a notebook, and arguments for JupyterLab."`
}

// labCommands are those of JupyterLab that take a folder's place.
var labCommands = []string{"build", "clean", "licenses", "path", "paths", "workspace", "workspaces"}

func (l *labCmd) Run(a *app) error {
	if len(l.Args) > 0 && !strings.HasPrefix(l.Args[0], "-") && !slices.Contains(labCommands, l.Args[0]) {
		if _, err := os.Stat(l.Args[0]); err != nil {
			return usage(fmt.Errorf("there is nothing to open: %w", err))
		}
	}
	m, err := findModule("", "")
	if err != nil {
		return err
	}
	machine, err := a.ensure(provision.Needs{Module: m, Python: true})
	if err != nil {
		return err
	}
	data, err := cache.Sub("lab")
	if err != nil {
		return err
	}
	spec := kernelspec.Spec{Program: machine.Program.Path, Module: m.Dir}
	if err := spec.Write(data); err != nil {
		return err
	}
	path := data
	if user := os.Getenv("JUPYTER_PATH"); user != "" {
		path += string(filepath.ListSeparator) + user
	}
	env := append(provision.PythonEnviron(), "JUPYTER_PATH="+path, module.Env+"="+m.Dir)
	args := append([]string{machine.Python, "-m", "jupyterlab"}, l.Args...)
	// JupyterLab takes over the process, and with it the terminal.
	return fmt.Errorf("starting JupyterLab: %w", syscall.Exec(machine.Python, args, env))
}
