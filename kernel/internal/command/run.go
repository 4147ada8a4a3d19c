package command

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"circuitbook/kernel/internal/execute"
	"circuitbook/kernel/internal/kernelspec"
	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/notebook"
	"circuitbook/kernel/internal/provision"
	"circuitbook/kernel/internal/report"
	"circuitbook/kernel/internal/supervise"
	"circuitbook/sparsenn/artifact"
)

// runCmd executes a notebook.
type runCmd struct {
	Notebook string   `arg:"" help:"The notebook."`
	Param    []string `short:"p" sep:"none" placeholder:"NAME=VALUE" help:"Set a variable of the cell tagged parameters. May be repeated."`
	Out      string   `default:"circuitbook-out" placeholder:"DIR" help:"Where NAME.ipynb, NAME.html and NAME.results.json go (${default})."`
	Timeout  limit    `placeholder:"D" help:"How long each cell may take, as 90s or 10m; no limit by default."`
	Report   bool     `hidden:"" help:"Write the report: every run does."`
	PDF      bool     `help:"Also print the report to NAME.pdf, by a Chromium or Chrome that is installed."`
	InPlace  bool     `help:"Also write the executed notebook over the one that was read, if every cell did well."`
}

// A limit is how long something may take.
type limit time.Duration

// UnmarshalText reads a limit as the command line has it.
func (l *limit) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	switch {
	case err != nil:
		return fmt.Errorf("%q is no time: give a number with its unit, as 90s or 10m", text)
	case d < 0:
		return fmt.Errorf("%s must not be negative; leave it out for no limit", text)
	}
	*l = limit(d)
	return nil
}

// Help is shown by run --help.
func (*runCmd) Help() string {
	return `Cells run in order up to the first that fails. A cell fails if it does not compile, if it exits with another code than 0, if a shell command or a script in it does, if a magic in it does not exist, or if it claims what was claimed before or is not finite. Cells tagged raises-exception may fail; cells tagged skip-execution are passed over. What was executed is kept also when a cell fails or Ctrl-C ends the run.

` + exitCodes
}

func (r *runCmd) Run(a *app) (err error) {
	started := time.Now()
	n, params, hash, err := r.read()
	if err != nil {
		return usage(err)
	}
	files, err := r.prepare()
	if err != nil {
		return usage(err)
	}
	if r.PDF {
		if _, err := report.Browser(); err != nil {
			return usage(fmt.Errorf("--pdf: %w", err))
		}
	}
	unlock, err := lockOutputs(a.ctx, files)
	if err != nil {
		return usage(err)
	}
	defer unlock()
	path, err := filepath.Abs(r.Notebook)
	if err != nil {
		return usage(err)
	}
	if path, err = filepath.EvalSymlinks(path); err != nil { // --in-place writes the file, not a link to it
		return usage(err)
	}
	m, err := findModule(path, "")
	if err != nil {
		return err
	}
	machine, err := a.ensure(provision.Needs{Module: m, Python: true})
	if err != nil {
		return err
	}
	// An earlier run's results must not be taken for this one's.
	if err := errors.Join(removeFile(files.results), removeFile(files.html), removeFile(files.pdf)); err != nil {
		return usage(err)
	}

	guard, err := supervise.StartGuard(machine.Program.Path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, guard.Close()) }()
	temp, err := guard.TempDir("run")
	if err != nil {
		return err
	}
	env := append(provision.PythonEnviron(), module.Env+"="+m.Dir)
	progress := execute.NewProgress(a.stdout, len(execute.Cells(n)))
	results := report.New()
	var saved time.Time
	var took time.Duration
	failed := execute.Run{
		Notebook: n, Dir: filepath.Dir(path),
		Python: machine.Python, Env: env,
		Kernel:  kernelspec.Spec{Program: machine.Program.Path, Module: m.Dir},
		Timeout: time.Duration(r.Timeout), Progress: progress, Guard: guard, Temp: temp,
		Done: func(c *notebook.Cell) error {
			err := results.Add(c)
			if time.Since(saved) < 9*took {
				return err // so that saving much again and again takes a tenth of the time at most
			}
			start := time.Now()
			err = errors.Join(err, save(n, files.notebook))
			saved = time.Now()
			if took = saved.Sub(start); took < 100*time.Millisecond {
				took = 0
			}
			return err
		},
	}.Execute(a.ctx)
	progress.Close()

	n.SetKernel(kernelspec.Name, kernelspec.DisplayName, kernelspec.Language)
	if err := save(n, files.notebook); err != nil {
		return errors.Join(failed, err)
	}
	if a.ctx.Err() != nil {
		return fmt.Errorf("%w; what ran is in %s", execute.ErrInterrupted, files.notebook)
	}
	from := provenance(path, hash, params, m, machine, started)
	if roots, err := rootsOf(m); err == nil { // else no cell had any run
		from.Runs = report.Runs(n, roots)
	}
	text, err := results.Encode(from)
	if err != nil {
		return errors.Join(failed, err)
	}
	if err := r.report(a, machine, env, path, files, temp, text); err != nil {
		return errors.Join(failed, err)
	}
	if failed != nil {
		failed = fmt.Errorf("%w\nwhat ran is in %s", failed, files.notebook)
		if errors.Is(failed, execute.ErrKernel) {
			failed = exitError{exitProvision, failed}
		}
		return failed
	}
	if err := write(files.results, text); err != nil {
		return err
	}
	if r.InPlace {
		if err := save(n, path); err != nil {
			return err
		}
	}
	if cells := len(execute.Cells(n)); cells == 0 {
		fmt.Fprintf(a.stdout, "%s has no cell to execute\n", r.Notebook)
	} else {
		fmt.Fprintf(a.stdout, "all %d cells did well in %.1f s; %d results\n", cells, time.Since(started).Seconds(), results.Len())
	}
	for _, file := range files.list() {
		fmt.Fprintln(a.stdout, "  "+file)
	}
	return nil
}

// report writes the page of the notebook, and what is printed of it if that is
// wanted.
func (r *runCmd) report(a *app, machine provision.Machine, env []string, notebook string, files outputs, temp string, results []byte) error {
	card, err := report.Card(results)
	if err != nil {
		return err
	}
	draft := filepath.Join(temp, "report.html")
	left, err := execute.WriteHTML(a.ctx, machine.Python, env, execute.Page{
		From: files.notebook, To: draft, Title: name(r.Notebook), Card: card, Dir: filepath.Dir(notebook),
	})
	if err != nil {
		return makeRoom(err)
	}
	if len(left) > 0 {
		fmt.Fprintf(a.stdout, "%s leaves out what could run or load something: %s\n", files.html, strings.Join(left, ", "))
	}
	page, err := os.ReadFile(draft)
	if err != nil {
		return err
	}
	if err := write(files.html, page); err != nil || !r.PDF {
		return err
	}
	printed := filepath.Join(temp, "report.pdf")
	if err := report.Print(a.ctx, draft, printed, temp); err != nil {
		return makeRoom(err)
	}
	if page, err = os.ReadFile(printed); err != nil {
		return err
	}
	return write(files.pdf, page)
}

// read reads the notebook and sets its parameters.
func (r *runCmd) read() (n *notebook.Notebook, params []notebook.Param, hash string, err error) {
	set, err := notebook.ParseAssignments(r.Param)
	if err != nil {
		return nil, nil, "", err
	}
	if n, err = notebook.Read(r.Notebook); err != nil {
		if _, absent := os.Stat(r.Notebook + ".ipynb"); absent == nil {
			err = fmt.Errorf("%w; is %s.ipynb meant?", err, r.Notebook)
		}
		return nil, nil, "", err
	}
	if language := n.Language(); language != "" && !strings.EqualFold(language, kernelspec.Language) {
		return nil, nil, "", fmt.Errorf("%s is a notebook in %s, and only those in Go are run: open it with circuitbook lab, and choose the kernel %q, if its cells are Go",
			r.Notebook, language, kernelspec.DisplayName)
	}
	hash = n.SourceHash()
	if params, err = n.SetParams(set); err != nil {
		return nil, nil, "", fmt.Errorf("%s: %w", r.Notebook, err)
	}
	return n, params, hash, nil
}

// provenance says where the results of a run come from.
func provenance(path, hash string, params []notebook.Param, m *module.Module, machine provision.Machine, started time.Time) report.Provenance {
	p := report.Provenance{
		Notebook:   filepath.Base(path),
		SourceHash: hash,
		Parameters: report.Parameters(params),
		Modules:    report.Modules(m),
		Go:         machine.Tools.Env.GOVERSION,
		Machine:    artifact.Machine(),
		Started:    started.UTC().Format(time.RFC3339),
		Seconds:    time.Since(started).Seconds(),
	}
	if machine.PluginErr == nil {
		p.Plugin = &report.Plugin{Platform: machine.Plugin.Platform, Version: machine.Plugin.Version}
		if hashed, err := machine.Plugin.Hash(); err == nil {
			p.Plugin.SHA256 = hashed.SHA256
		}
	}
	return p
}
