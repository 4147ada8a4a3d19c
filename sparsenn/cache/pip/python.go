package pip

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// PythonEnv names the variable that says which Python interpreter to use.
const PythonEnv = "CIRCUITBOOK_PYTHON"

// The oldest Python that will do: the oldest that the embedded pip supports
// with the system's certificates, and the oldest of the notebook's packages.
const (
	minMajor = 3
	minMinor = 10
)

// probeLimit bounds the question for a version, so that a wrapper script that
// waits for something cannot hang the caller.
const probeLimit = 20 * time.Second

// ErrNoPython is what FindPython and Command fail with where no Python that
// would do is found.
var ErrNoPython = errors.New("no Python 3.10 or newer")

// Python is an interpreter that was asked for its version.
type Python struct {
	Path  string // as found: absolute, or relative to the working directory if the user's setting is
	Major int
	Minor int
}

// Version returns "3.11".
func (p Python) Version() string { return fmt.Sprintf("%d.%d", p.Major, p.Minor) }

// FindPython returns the interpreter that the user names by PythonEnv or else
// the first of python3 and python on PATH that is at least 3.10. What the user
// names is never passed over for another. The error lists what was looked at
// and says what to do; it is an ErrNoPython.
func FindPython(ctx context.Context) (Python, error) {
	if named := os.Getenv(PythonEnv); named != "" {
		p, err := probe(ctx, named)
		if err != nil {
			return Python{}, fmt.Errorf("%w: $%s=%s: %w", ErrNoPython, PythonEnv, named, err)
		}
		return p, nil
	}
	var seen []string
	for _, name := range []string{"python3", "python"} {
		p, err := probe(ctx, name)
		if err == nil {
			return p, nil
		}
		if ctx.Err() != nil {
			return Python{}, context.Cause(ctx)
		}
		seen = append(seen, name+": "+err.Error())
	}
	return Python{}, fmt.Errorf("%w on PATH (%s); install one, or set $%s to its path",
		ErrNoPython, strings.Join(seen, "; "), PythonEnv)
}

// Environ is the user's environment for a Python that runs programs of others than
// the user: less what changes where it looks for modules, what it takes text for,
// what it makes of warnings and what else it does. Only where bytecode goes stays.
func Environ() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return strings.HasPrefix(name, "PYTHON") && name != "PYTHONDONTWRITEBYTECODE" && name != "PYTHONPYCACHEPREFIX"
	})
	return append(env, "PYTHONUTF8=1")
}

func probe(ctx context.Context, name string) (Python, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return Python{}, errors.New("not found")
	}
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "-c", `import sys; print("%d %d" % sys.version_info[:2])`)
	cmd.WaitDelay = time.Second
	cmd.Env = Environ()
	out, err := cmd.Output()
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return Python{}, fmt.Errorf("%s does not run: %w", path, err)
	}
	major, minor, err := parseVersion(string(out))
	if err != nil {
		return Python{}, fmt.Errorf("%s: %w", path, err)
	}
	if major < minMajor || major == minMajor && minor < minMinor {
		return Python{}, fmt.Errorf("%s is Python %d.%d, older than %d.%d", path, major, minor, minMajor, minMinor)
	}
	return Python{Path: path, Major: major, Minor: minor}, nil
}

// parseVersion reads what probe asks an interpreter to print: "3 11".
func parseVersion(out string) (major, minor int, err error) {
	f := strings.Fields(out)
	if len(f) == 2 {
		var err1, err2 error
		major, err1 = strconv.Atoi(f[0])
		minor, err2 = strconv.Atoi(f[1])
		if err1 == nil && err2 == nil && major >= 0 && minor >= 0 {
			return major, minor, nil
		}
	}
	if len(out) > 80 {
		out = out[:80]
	}
	return 0, 0, fmt.Errorf("asked for its version it printed %q", out)
}
