package command

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"circuitbook/kernel/internal/doctor"
	"circuitbook/kernel/internal/kernelspec"
	"circuitbook/kernel/internal/provision"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/backend/plugin"
	"circuitbook/sparsenn/cache/pip"
)

// doctorCmd says what is there and what is missing.
type doctorCmd struct{}

// finding is a shorter name for what is found.
func finding(ok bool, what, text, do string) doctor.Finding {
	state := doctor.OK
	if !ok {
		state = doctor.Absent
	}
	return doctor.Finding{State: state, What: what, Text: text, Do: do}
}

// errMissing is what doctor ends with if something that is needed is not
// there.
var errMissing = errors.New("something that is needed is missing; the lines marked MISS say what to do")

func (d *doctorCmd) Run(a *app) error {
	missing := false
	say := func(found ...doctor.Finding) {
		for _, f := range found {
			fmt.Fprintln(a.stdout, f)
			missing = missing || f.State > doctor.Note
		}
	}
	m, err := findModule("", "")
	if err != nil {
		say(doctor.Settle()...)
		say(finding(false, "engine", err.Error(), ""))
		return errMissing
	}
	say(finding(true, "engine", m.Dir, ""))
	say(doctor.Look(a.ctx, m)...)
	say(runsFolder())

	if python, err := provision.FindPython(); err == nil {
		say(finding(true, "Python environment", python, ""))
	} else {
		base, baseErr := pip.FindPython(a.ctx)
		say(check("Python", base.Path+", "+base.Version(), baseErr, ""))
		say(finding(false, "Python environment", err.Error(), "the first circuitbook run makes it, which takes a network once"))
	}

	// The slow backend needs nothing, so a plugin is never a need.
	for _, l := range plugin.Report() {
		fmt.Fprintln(a.stdout, finding(l.OK, l.What, l.Text, l.Do))
	}
	say(wouldUse())

	if place, err := kernelspec.User(); err == nil {
		// Where Jupyter looks after the user's own folder.
		say(installed(place, kernelspec.Prefix("/usr/local"), kernelspec.Prefix("/usr")))
	}
	if missing {
		return errMissing
	}
	return nil
}

// check turns an error into a finding.
func check(what, text string, err error, do string) doctor.Finding {
	if err != nil {
		return finding(false, what, err.Error(), do)
	}
	return finding(true, what, text, "")
}

// runsFolder looks whether runs can be kept.
func runsFolder() doctor.Finding {
	const what, do = "folder of runs", "set $" + artifact.RootVariable + " to a folder that can be written"
	root, err := artifact.Root()
	if err != nil {
		return finding(false, what, err.Error(), "")
	}
	// It is made when it is needed, in the first folder above that there is.
	if err := unix.Access(existing(root), unix.W_OK); err != nil {
		return finding(false, what, fmt.Sprintf("%s cannot be written: %v", root, err), do)
	}
	return finding(true, what, root, "")
}

// wouldUse says which backend a cell would get.
func wouldUse() doctor.Finding {
	const what = "backend that would be used"
	env := os.Getenv(plugin.BackendEnv)
	choice, err := plugin.ParseChoice(env)
	if err != nil {
		return finding(false, what, "none", err.Error())
	}
	if choice.Go {
		return finding(true, what, "pure Go, slow, as $"+plugin.BackendEnv+" asks", "")
	}
	p, err := plugin.Query{Platform: choice.Platform}.Find()
	switch {
	case err == nil:
		return finding(true, what, "XLA on "+p.Platform, "")
	case choice.XLA:
		// Only the CPU's can be fetched, and the lines above say if it would be.
		return finding(choice.Platform != plugin.CUDA, what, "none yet: $"+plugin.BackendEnv+"="+env, err.Error())
	}
	return finding(true, what, "pure Go, slow, unless a plugin can be fetched", "")
}

// installed says whether Jupyter knows the kernel, which only it needs: in the
// first of the places that has it.
func installed(places ...kernelspec.Place) doctor.Finding {
	const what = "kernel for Jupyter"
	for _, place := range places {
		spec, err := kernelspec.Read(place.Jupyter)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil {
			_, err = os.Stat(spec.Program)
		}
		return check(what, kernelspec.Dir(place.Jupyter), err, "circuitbook install writes it anew")
	}
	return finding(true, what, "not installed", "circuitbook install does it; run and lab need it not")
}
