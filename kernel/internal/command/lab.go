package command

import (
	"crypto/sha256"
	"encoding/hex"
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
	python, env, err := a.jupyter()
	if err != nil {
		return err
	}
	args := append([]string{python, "-m", "jupyterlab"}, l.Args...)
	// JupyterLab takes over the process, and with it the terminal.
	return fmt.Errorf("starting JupyterLab: %w", syscall.Exec(python, args, env))
}

// jupyter finds or makes a Python that knows the kernel, in the environment env.
func (a *app) jupyter() (python string, env []string, err error) {
	m, err := findModule("", "")
	if err != nil {
		return "", nil, err
	}
	machine, err := a.ensure(provision.Needs{Module: m, Python: true})
	if err != nil {
		return "", nil, err
	}
	spec := kernelspec.Spec{Program: machine.Program.Path, Module: m.Dir}
	data, err := labData(spec)
	if err != nil {
		return "", nil, err
	}
	if err := spec.Write(data); err != nil {
		return "", nil, err
	}
	path := data
	if user := os.Getenv("JUPYTER_PATH"); user != "" {
		path += string(filepath.ListSeparator) + user
	}
	return machine.Python, append(provision.PythonEnviron(), "JUPYTER_PATH="+path, module.Env+"="+m.Dir), nil
}

// labData is the Jupyter data folder with the kernel spec. Each has its own: a
// JupyterLab that runs keeps its kernel when another clone of the module, or another
// version of the program, opens one too.
func labData(spec kernelspec.Spec) (string, error) {
	sum := sha256.Sum256([]byte(spec.Program + "\x00" + spec.Module))
	return cache.Sub("lab", hex.EncodeToString(sum[:8]))
}
