package command

import (
	"fmt"
	"syscall"
)

// pythonCmd runs the Python that notebooks are run with, from where papermill,
// jupytext, nbconvert and jupyter know the kernel without an installation.
type pythonCmd struct {
	Args []string `arg:"" optional:"" passthrough:"" help:"As for python: -m papermill IN.ipynb OUT.ipynb -p scale tiny."`
}

func (p *pythonCmd) Run(a *app) error {
	python, env, err := a.jupyter()
	if err != nil {
		return err
	}
	return fmt.Errorf("starting Python: %w", syscall.Exec(python, append([]string{python}, p.Args...), env))
}
