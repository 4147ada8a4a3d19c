package command

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"circuitbook/kernel/internal/kernelspec"
	"circuitbook/kernel/internal/provision"
	"circuitbook/sparsenn/cache/pip"
)

// placeFlags choose where an installation is.
type placeFlags struct {
	User      bool   `xor:"place" help:"In the user's own folders; this is the default."`
	Prefix    string `xor:"place" placeholder:"DIR" help:"Below DIR/share, as for a Python environment or /usr/local."`
	SysPrefix bool   `xor:"place" help:"Below the prefix of the python3 on PATH."`
}

// place resolves the flags.
func (f placeFlags) place(a *app) (kernelspec.Place, error) {
	switch {
	case f.Prefix != "":
		abs, err := filepath.Abs(f.Prefix)
		return kernelspec.Prefix(abs), err
	case f.SysPrefix:
		python, err := pip.FindPython(a.ctx)
		if err != nil {
			return kernelspec.Place{}, err
		}
		out, err := exec.CommandContext(a.ctx, python.Path, "-c", "import sys; print(sys.prefix)").Output()
		if err != nil {
			return kernelspec.Place{}, fmt.Errorf("%s: %w", python.Path, err)
		}
		return kernelspec.Prefix(strings.TrimSpace(string(out))), nil
	}
	return kernelspec.User()
}

// installCmd installs the program and the kernelspec.
type installCmd struct {
	placeFlags
	DryRun bool `help:"Only say what would be written."`
}

func (i *installCmd) Run(a *app) error {
	place, err := i.place(a)
	if err != nil {
		return usage(err)
	}
	m, err := findModule("", "")
	if err != nil {
		return err
	}
	spec := kernelspec.Spec{Program: place.Program(), Module: m.Dir}
	if i.DryRun {
		text, err := spec.Encode()
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "would write the program %s\nwould write the kernel %s, with kernel.json:\n%s",
			spec.Program, kernelspec.Dir(place.Jupyter), text)
		return nil
	}
	// Before anything that takes time.
	if err := mayWrite(place.Own, place.Jupyter); err != nil {
		return usage(err)
	}
	// With what the kernel needs in place it starts at once.
	machine, err := a.ensure(provision.Needs{Module: m})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(spec.Program), 0o755); err != nil {
		return usage(err)
	}
	if err := machine.Program.CopyTo(spec.Program); err != nil {
		return usage(err)
	}
	if err := spec.Write(place.Jupyter); err != nil {
		return usage(err)
	}
	fmt.Fprintf(a.stdout, "wrote the program %s\nwrote the kernel %s\n", spec.Program, kernelspec.Dir(place.Jupyter))
	return nil
}

// mayWrite reports why folders cannot be made and written: the first folder above
// each that is there says it.
func mayWrite(dirs ...string) error {
	for _, dir := range dirs {
		at := existing(dir)
		info, err := os.Stat(at)
		switch {
		case err != nil:
			return err
		case !info.IsDir():
			return fmt.Errorf("%s is a file, and nothing can be installed below it: choose another folder (--prefix DIR)", at)
		}
		if err := unix.Access(at, unix.W_OK); err != nil {
			return fmt.Errorf("%s cannot be written: %w; choose another folder (--prefix DIR), or install for yourself (--user)", at, err)
		}
	}
	return nil
}

// existing is the path, or the first above it that is there.
func existing(path string) string {
	for at := path; ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); err == nil || at == filepath.Dir(at) {
			return at
		}
	}
}

// uninstallCmd removes what installCmd wrote.
type uninstallCmd struct {
	placeFlags
	DryRun bool `help:"Only say what would be removed."`
}

func (u *uninstallCmd) Run(a *app) error {
	place, err := u.place(a)
	if err != nil {
		return usage(err)
	}
	if u.DryRun {
		fmt.Fprintf(a.stdout, "would remove the kernel %s\nwould remove the program %s\n", kernelspec.Dir(place.Jupyter), place.Program())
		return nil
	}
	was, err := kernelspec.Remove(place.Jupyter)
	if err != nil {
		return err
	}
	if was {
		fmt.Fprintf(a.stdout, "removed the kernel %s\n", kernelspec.Dir(place.Jupyter))
	}
	switch err := os.Remove(place.Program()); {
	case err == nil:
		fmt.Fprintf(a.stdout, "removed the program %s\n", place.Program())
		// The folders too, if nothing else is in them.
		_ = os.Remove(filepath.Dir(place.Program()))
		_ = os.Remove(place.Own)
	case !errors.Is(err, os.ErrNotExist):
		return err
	case !was:
		fmt.Fprintln(a.stdout, "nothing was installed there")
	}
	return nil
}
