// Package command is the command line of the program circuitbook.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"

	"circuitbook/kernel/internal/doctor"
	"circuitbook/kernel/internal/execute"
	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/provision"
	"circuitbook/kernel/internal/shim"
	"circuitbook/kernel/internal/supervise"
	"circuitbook/sparsenn/backend/plugin"
)

// Exit codes.
const (
	exitOK          = 0
	exitFailed      = 1   // a cell failed, or something that is needed is missing
	exitUsage       = 2   // the command line, or what it names, is not right
	exitProvision   = 3   // something could not be fetched or made
	exitInterrupted = 130 // as after Ctrl-C
)

const exitCodes = `Exit codes: 0 all well; 1 a cell failed, or something that is needed is missing; 2 the command line or a file it names is not right; 3 something that is needed could not be fetched or made; 130 interrupted.`

const description = `Go notebooks that train weight-sparse transformers and find their circuits.

` + exitCodes + `

Files that are made or fetched go to one cache folder: $CIRCUITBOOK_CACHE, or circuitbook in the user's cache folder. The engine's module is looked for from the notebook upwards, then from the working directory, then in $CIRCUITBOOK_MODULE. With $CIRCUITBOOK_OFFLINE=1 nothing is fetched.`

// cli is the command line.
type cli struct {
	Run       runCmd       `cmd:"" help:"Execute a notebook and write it, an HTML report and its results."`
	Runs      runsCmd      `cmd:"" help:"List, show, copy and remove what notebooks keep: trained models, circuits, proofs."`
	Lab       labCmd       `cmd:"" help:"Open JupyterLab with the kernel."`
	Python    pythonCmd    `cmd:"" help:"Run the Python that has papermill, jupytext, nbconvert and the kernel."`
	Install   installCmd   `cmd:"" help:"Install the program and the kernel for Jupyter."`
	Uninstall uninstallCmd `cmd:"" help:"Remove what install made."`
	Doctor    doctorCmd    `cmd:"" help:"Say what is there, which backend would be used, and what to do about what is missing. Fetches nothing."`
	Selftest  selftestCmd  `cmd:"" help:"Run three cells through the kernel: in Go, on the backend, and one that draws a circuit."`
	Kernel    kernelCmd    `cmd:"" hidden:"" help:"Be the kernel that Jupyter starts."`
}

// app is what commands share.
type app struct {
	ctx    context.Context // ends with the first interrupt
	stdout io.Writer
	stderr io.Writer
}

// exitError is an error with the exit code that it stands for.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string { return e.err.Error() }
func (e exitError) Unwrap() error { return e.err }

// usage marks err as one about what the command line asks for.
func usage(err error) error { return exitError{exitUsage, err} }

// Main runs the program with the arguments args, the first being its name,
// and returns its exit code.
func Main(args []string) int {
	if name := shim.Called(args[0]); name != "" {
		return shim.Main(name, args[1:])
	}
	if len(args) == 2 && args[1] == supervise.GuardCommand {
		supervise.GuardMain(os.Stdin)
		return exitOK
	}
	return run(args[1:], os.Stdout, os.Stderr)
}

// run parses the command line and runs the command.
func run(args []string, stdout, stderr io.Writer) (code int) {
	var c cli
	help := false
	parser, err := kong.New(&c,
		kong.Name("circuitbook"), kong.Description(description),
		kong.Writers(stdout, stderr), kong.Exit(func(int) { help = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		panic(err) // the grammar above is wrong
	}
	switch {
	case len(args) == 0:
		args = []string{"--help"}
	case args[0] == "help":
		args = append(slices.Clone(args[1:]), "--help")
	}
	parsed, err := parser.Parse(args)
	if help {
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(stderr, "circuitbook: %s\n", misused(err))
		return exitUsage
	}
	a := &app{stdout: stdout, stderr: stderr}
	var stop context.CancelFunc
	a.ctx, stop = signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second interrupt ends the program at once; its guards clean up.
	context.AfterFunc(a.ctx, stop)
	return a.report(parsed.Run(a))
}

// report prints err and returns the exit code that it stands for.
func (a *app) report(err error) int {
	if err == nil {
		return exitOK
	}
	code := exitFailed
	var e exitError
	switch {
	case a.ctx.Err() != nil:
		code = exitInterrupted
		if !errors.Is(err, execute.ErrInterrupted) {
			err = execute.ErrInterrupted // not what it made fail
		}
	case errors.As(err, &e):
		code = e.code
	}
	fmt.Fprintf(a.stderr, "circuitbook: %v\n", err)
	return code
}

// ensure finds or makes what is needed, fetching it where that may be, and
// says where only the slow backend is left.
func (a *app) ensure(needs provision.Needs) (provision.Machine, error) {
	if _, err := plugin.ParseChoice(os.Getenv(plugin.BackendEnv)); err != nil {
		return provision.Machine{}, usage(err)
	}
	found := doctor.Look(a.ctx, needs.Module)
	if err := doctor.Report(found, func(line string) { fmt.Fprintln(a.stderr, line) }); err != nil && a.ctx.Err() == nil {
		return provision.Machine{}, exitError{exitProvision, err}
	}
	needs.Fetch = true
	machine, err := provision.Ensure(a.ctx, needs, a.stderr)
	if err != nil {
		return machine, exitError{exitProvision, err}
	}
	if machine.PluginErr != nil {
		fmt.Fprintf(a.stderr, "the pure-Go backend will be used, which is slow: %v\n", machine.PluginErr)
	}
	return machine, nil
}

// findModule looks for the engine's module: from the path upwards, from the
// working directory upwards, in the environment, and where record says.
func findModule(path, record string) (*module.Module, error) {
	cwd, err := os.Getwd()
	if err != nil {
		cwd = ""
	}
	m, err := module.Search{Notebook: path, Cwd: cwd, Env: os.Getenv(module.Env), Record: record}.Find()
	if err != nil {
		return nil, usage(err)
	}
	return m, nil
}
