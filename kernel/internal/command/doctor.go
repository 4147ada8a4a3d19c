package command

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/sys/unix"

	"circuitbook/kernel/internal/kernelspec"
	"circuitbook/kernel/internal/provision"
	"circuitbook/sparsenn/backend/plugin"
	"circuitbook/sparsenn/cache"
	"circuitbook/sparsenn/cache/pip"
	"circuitbook/sparsenn/store"
)

// doctorCmd says what is there and what is missing.
type doctorCmd struct{}

// A finding is one thing that doctor looked at.
type finding struct {
	ok   bool
	what string
	text string
	do   string // what to do about it
}

// String returns "ok   WHAT: TEXT" or "MISS WHAT: TEXT; DO".
func (f finding) String() string {
	mark := "ok  "
	if !f.ok {
		mark = "MISS"
	}
	s := mark + " " + f.what + ": " + f.text
	if f.do != "" {
		s += "; " + f.do
	}
	return s
}

// errMissing is what doctor ends with if something that is needed is not
// there.
var errMissing = errors.New("something that is needed is missing; the lines marked MISS say what to do")

func (d *doctorCmd) Run(a *app) error {
	missing := false
	say := func(f finding) {
		fmt.Fprintln(a.stdout, f)
		missing = missing || !f.ok
	}
	const once = "the first circuitbook run makes it, which takes a network once"

	dir, err := cache.Dir()
	say(check("cache folder", dir, err, "set $CIRCUITBOOK_CACHE to a folder that can be written"))
	if err == nil {
		if note, ok := readOnly(dir); ok {
			say(note)
		}
	}
	say(runsFolder())

	m, err := findModule("", "")
	if err != nil {
		say(finding{false, "engine", err.Error(), ""})
		return errMissing
	}
	say(finding{true, "engine", m.Dir, ""})

	tools, err := provision.FindTools(a.ctx, m)
	if err != nil && !errors.Is(err, provision.ErrNoTools) {
		say(finding{false, "Go", err.Error(), "install Go " + m.File.Go.Version + " or newer"})
	} else {
		say(finding{true, "Go", tools.Env.GOVERSION + ", " + tools.Go, ""})
		say(compiler(tools.Env))
		say(check("GoNB and goimports", tools.GoNB, err, once))
	}

	if python, err := provision.FindPython(); err == nil {
		say(finding{true, "Python environment", python, ""})
	} else {
		base, baseErr := pip.FindPython(a.ctx)
		say(check("Python", base.Path+", "+base.Version(), baseErr, ""))
		say(finding{false, "Python environment", err.Error(), once})
	}

	// The slow backend needs nothing, so a plugin is never a need.
	for _, l := range plugin.Report() {
		fmt.Fprintln(a.stdout, finding{l.OK, l.What, l.Text, l.Do})
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
func check(what, text string, err error, do string) finding {
	if err != nil {
		return finding{false, what, err.Error(), do}
	}
	return finding{true, what, text, ""}
}

// readOnly says of a cache folder that it is one that cannot be written, if so.
// What is in it serves all the same, so that it is no need.
func readOnly(dir string) (finding, bool) {
	err := unix.Access(dir, unix.W_OK)
	if err == nil {
		return finding{}, false
	}
	text := fmt.Sprintf("it is read-only (%v): what is in it is used, and nothing can be added", err)
	return finding{true, "cache folder", text, "set $CIRCUITBOOK_CACHE to a folder that can be written"}, true
}

// runsFolder looks whether runs can be kept.
func runsFolder() finding {
	const what, do = "folder of runs", "set $" + store.RootVariable + " to a folder that can be written"
	root, err := store.Root()
	if err != nil {
		return finding{false, what, err.Error(), ""}
	}
	// It is made when it is needed, in the first folder above that there is.
	if err := unix.Access(existing(root), unix.W_OK); err != nil {
		return finding{false, what, fmt.Sprintf("%s cannot be written: %v", root, err), do}
	}
	return finding{true, what, root, ""}
}

// compiler looks for the C compiler, which XLA's bindings need.
func compiler(env provision.GoEnv) finding {
	const what = "C compiler"
	if env.CGO_ENABLED == "0" {
		return finding{false, what, "CGO_ENABLED is 0", "set it to 1: XLA's bindings are C"}
	}
	words := strings.Fields(env.CC)
	if len(words) == 0 {
		return finding{false, what, "the go command knows none", "install gcc or clang"}
	}
	path, err := exec.LookPath(words[0])
	return check(what, path, err, "install gcc or clang, or set CC")
}

// wouldUse says which backend a cell would get.
func wouldUse() finding {
	const what = "backend that would be used"
	env := os.Getenv(plugin.BackendEnv)
	choice, err := plugin.ParseChoice(env)
	if err != nil {
		return finding{false, what, "none", err.Error()}
	}
	if choice.Go {
		return finding{true, what, "pure Go, slow, as $" + plugin.BackendEnv + " asks", ""}
	}
	p, err := plugin.Query{Platform: choice.Platform}.Find()
	switch {
	case err == nil:
		return finding{true, what, "XLA on " + p.Platform, ""}
	case choice.XLA:
		// Only the CPU's can be fetched, and the lines above say if it would be.
		return finding{choice.Platform != plugin.CUDA, what, "none yet: $" + plugin.BackendEnv + "=" + env, err.Error()}
	}
	return finding{true, what, "pure Go, slow, unless a plugin can be fetched", ""}
}

// installed says whether Jupyter knows the kernel, which only it needs: in the
// first of the places that has it.
func installed(places ...kernelspec.Place) finding {
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
	return finding{true, what, "not installed", "circuitbook install does it; run and lab need it not"}
}
