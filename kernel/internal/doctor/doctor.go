// Package doctor finds what keeps notebooks from running on a machine, before
// anything is built or fetched, and puts right what it can: where a folder of the
// user's cannot be used one in the cache folder serves in its place. What it finds
// is said in the same words by every command. It takes a fraction of a second.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/provision"
	"circuitbook/sparsenn/cache"
)

// A State says how bad a Finding is.
type State int

// The states of a Finding.
const (
	OK     State = iota
	Note         // it works, but not as the user may think
	Absent       // not there yet: a run makes it
	Broken       // nothing can run
)

// A Finding is one thing that was looked at.
type Finding struct {
	State State
	What  string
	Text  string
	Do    string // what to do about it
}

// String returns "ok   WHAT: TEXT" or "MISS WHAT: TEXT; DO".
func (f Finding) String() string {
	mark := [...]string{"ok  ", "note", "MISS", "MISS"}[f.State]
	s := mark + " " + f.What + ": " + f.Text
	if f.Do != "" {
		s += "; " + f.Do
	}
	return s
}

// Look looks at the cache folder, the folders of the user's that programs write, and
// the go command with what it needs for the module m. The environment of the process
// is another one afterwards where that helps.
func Look(ctx context.Context, m *module.Module) []Finding {
	found := Settle()
	if broken(found) {
		return found
	}
	return append(found, GoCommand(ctx, m)...)
}

// ErrBroken is why nothing is begun where a finding is Broken.
var ErrBroken = errors.New("nothing can run like this; circuitbook doctor says what else is there")

func broken(found []Finding) bool {
	for _, f := range found {
		if f.State == Broken {
			return true
		}
	}
	return false
}

// Report says in lines what of found a person should know before a run, and whether
// it can begin.
func Report(found []Finding, say func(string)) error {
	for _, f := range found {
		if f.State == Note || f.State == Broken {
			say(strings.TrimSpace(f.String()))
		}
	}
	if broken(found) {
		return ErrBroken
	}
	return nil
}

// GoCommand looks at the go command, its settings and what it needs.
func GoCommand(ctx context.Context, m *module.Module) (found []Finding) {
	add := func(f ...Finding) { found = append(found, f...) }
	goCmd, env, err := provision.Settings(ctx, m)
	if err != nil {
		do := ""
		if errors.Is(err, exec.ErrNotFound) {
			do = "install Go " + m.File.Go.Version + " or newer"
		}
		return []Finding{{Broken, "Go", err.Error(), do}}
	}
	add(Finding{OK, "Go", env.GOVERSION + ", " + goCmd, ""})
	if add(platform(env)...); broken(found) {
		return found // what follows would be about that other machine
	}
	add(flags(env)...)
	if missing, err := provision.MissingModules(env, m); err == nil && len(missing) == 0 {
		env.GOMODCACHE = "" // where all is there nothing need be written
	}
	add(goFolders(env)...)
	add(compiler(ctx, env))
	if broken(found) {
		return found
	}
	tools, err := provision.FindTools(ctx, m) // with the settings as they are now
	add(modules(tools, m)...)
	const once = "the first circuitbook run makes it"
	switch {
	case errors.Is(err, provision.ErrNoTools):
		add(Finding{Absent, "GoNB and goimports", err.Error(), once + ", which takes a network once"})
	case err != nil:
		add(Finding{Broken, "GoNB and goimports", err.Error(), ""})
	default:
		add(Finding{OK, "GoNB and goimports", tools.GoNB, ""})
	}
	if err != nil {
		return found
	}
	if !tools.Compiled(m) {
		text := "not there for this go command and its settings"
		if tools.Env.GOFLAGS != "" {
			text += " (GOFLAGS=" + tools.Env.GOFLAGS + ")"
		}
		add(Finding{Note, "compiled engine", text, "circuitbook run compiles it before the first cell, once for these settings, which takes a minute or more"})
	}
	return found
}

// platform looks whether what is compiled can run here.
func platform(env provision.GoEnv) []Finding {
	if env.GOOS == env.GOHOSTOS && env.GOARCH == env.GOHOSTARCH {
		return nil
	}
	return []Finding{{Broken, "Go", fmt.Sprintf("it compiles for %s/%s, and this machine is %s/%s", env.GOOS, env.GOARCH, env.GOHOSTOS, env.GOHOSTARCH),
		"unset GOOS and GOARCH (`go env -u GOOS GOARCH`)"}}
}

// flags takes out of GOFLAGS what no cell would get along with.
func flags(env provision.GoEnv) []Finding {
	kept, left := Flags(env.GOFLAGS)
	if kept == env.GOFLAGS {
		return nil
	}
	// Not nothing, for which the go command takes its own file of settings.
	if kept == "" {
		kept = "-buildvcs=false"
	}
	if err := os.Setenv("GOFLAGS", kept); err != nil {
		return []Finding{{Broken, "GOFLAGS", err.Error(), ""}}
	}
	if len(left) == 0 {
		return nil
	}
	return []Finding{{Note, "GOFLAGS", strings.Join(left, " ") + " is left out: with it cells would not be compiled, or all packages anew for each", ""}}
}

// Flags divides the flags of the go command into those with which cells work and
// those with which they do not, or compile all packages anew each time.
func Flags(all string) (kept string, left []string) {
	var keep []string
	for flag := range strings.FieldsSeq(all) {
		name, _, _ := strings.Cut(strings.TrimLeft(flag, "-"), "=")
		switch name {
		case "a", "n", "x", "work", "json", "modfile":
			left = append(left, flag)
		case "mod": // it is chosen for cells, without a word
		default:
			keep = append(keep, flag)
		}
	}
	return strings.Join(keep, " "), left
}

// modules looks whether the modules that cells need are there.
func modules(tools provision.Tools, m *module.Module) []Finding {
	const what = "modules of Go"
	missing, err := provision.MissingModules(tools.Env, m)
	switch {
	case errors.Is(err, provision.ErrModules):
		return []Finding{{Absent, what, err.Error(), "the first circuitbook run keeps them in the cache folder, which takes a network once, unless they are in " + tools.Env.GOMODCACHE}}
	case err != nil:
		return []Finding{{Broken, what, err.Error(), ""}}
	case len(missing) == 0:
		f := Finding{OK, what, "in " + tools.Env.GOMODCACHE, ""}
		// There `go run` needs them before anything of this program can help.
		if proxy, err := provision.ModuleProxy(); err == nil && provision.AllKept(m) {
			f.Text += ", and packed in the cache folder: without a network, where Go's module cache is empty, `GOPROXY=" + proxy + " go run ./kernel run NOTEBOOK` takes them from there"
		}
		return []Finding{f}
	}
	text := fmt.Sprintf("%s lacks %d of them", tools.Env.GOMODCACHE, len(missing))
	for _, v := range missing {
		if provision.Kept(v) {
			continue
		}
		if cache.Offline() {
			return []Finding{{Broken, what, text + ", such as " + v.String() + ", and so does the cache folder",
				"unset $" + cache.OfflineEnv + ", or, where there is a network, run `go mod download` in " + m.Dir}}
		}
		return []Finding{{Note, what, text + ", such as " + v.String() + ", and so does the cache folder",
			"the next circuitbook run fetches them"}}
	}
	return []Finding{{Note, what, text, "the next circuitbook run takes them from the cache folder"}}
}
