package provision

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/renameio/v2"

	"circuitbook/sparsenn/cache"
	"circuitbook/sparsenn/cache/pip"
)

// lock pins every Python package by version and hash; requirements.in says
// how it is made.
//
//go:embed requirements.txt
var lock []byte

// papermill is what teaches papermill the parameters of notebooks in Go. It is
// installed as a package of its own, with the entry point by which papermill
// loads it.
//
//go:embed papermill.py
var papermill []byte

const papermillEntry = "[papermill.engine]\ncircuitbook = circuitbook_papermill:Engine\n"

// markerName is the file that makes an environment complete. It is written
// last: an environment without it was cut short and is made anew.
const markerName = "circuitbook.json"

// A marker says for what an environment was made, to notice when the Python
// under it was replaced.
type marker struct {
	Lock   string    `json:"lock"`
	Named  string    `json:"named"`  // $CIRCUITBOOK_PYTHON at the time
	Python string    `json:"python"` // the interpreter, links resolved
	Size   int64     `json:"size"`
	Time   time.Time `json:"time"`
}

// ErrNoEnvironment is what FindPython fails with where there is none yet.
var ErrNoEnvironment = errors.New("the Python environment is not set up yet")

// FindPython returns the python of a complete environment, looking at files
// only.
func FindPython() (string, error) {
	root, err := cache.Sub("python")
	if err != nil {
		return "", err
	}
	found, err := filepath.Glob(filepath.Join(root, "*", markerName))
	if err != nil {
		return "", err
	}
	slices.Sort(found)
	for _, name := range found {
		if dir := filepath.Dir(name); complete(dir) && cache.Trusted(name) == nil {
			return interpreter(dir), nil
		}
	}
	return "", ErrNoEnvironment
}

// contents names what an environment holds.
func contents() string { return key(string(lock), string(papermill)) }

func interpreter(dir string) string { return filepath.Join(dir, "bin", "python") }

// complete reports whether dir is an environment of this program's lock whose
// interpreter is the one that it was made with.
func complete(dir string) bool {
	data, err := os.ReadFile(filepath.Join(dir, markerName))
	if err != nil {
		return false
	}
	var was marker
	if json.Unmarshal(data, &was) != nil {
		return false
	}
	now, err := mark(interpreter(dir))
	if err != nil {
		return false
	}
	return was.Lock == now.Lock && was.Named == now.Named && was.Python == now.Python &&
		was.Size == now.Size && was.Time.Equal(now.Time)
}

// mark describes an environment made now with the interpreter python.
func mark(python string) (marker, error) {
	real, err := filepath.EvalSymlinks(python)
	if err != nil {
		return marker{}, err
	}
	info, err := os.Stat(real)
	if err != nil {
		return marker{}, err
	}
	return marker{
		Lock: contents(), Named: os.Getenv(pip.PythonEnv),
		Python: real, Size: info.Size(), Time: info.ModTime().UTC(),
	}, nil
}

// EnsurePython returns the python of the environment, made first if it is not
// there. It needs a Python 3.10 with the venv module, but neither pip nor
// ensurepip; packages come through pip with the user's settings.
func EnsurePython(ctx context.Context, log io.Writer) (string, error) {
	python, err := FindPython()
	if !errors.Is(err, ErrNoEnvironment) {
		return python, err
	}
	unlock, err := cache.Lock(ctx, "python")
	if err != nil {
		return "", err
	}
	defer unlock()
	python, err = FindPython() // another process may have been faster
	if !errors.Is(err, ErrNoEnvironment) {
		return python, err
	}
	if cache.Offline() {
		return "", fmt.Errorf("%w: %w; unset it once, where there is a network", ErrNoEnvironment, cache.ErrOffline)
	}
	base, err := pip.FindPython(ctx)
	if err != nil {
		return "", err
	}
	path, err := filepath.Abs(base.Path)
	if err != nil {
		return "", err
	}
	// Programs in an environment hold its path, so it is made in its place.
	dir, err := cache.Sub("python")
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, base.Version()+"-"+key(contents(), path))
	done := making(log, "the Python environment (once)")
	if err := makeEnvironment(ctx, path, dir); err != nil {
		return "", errors.Join(fmt.Errorf("the Python environment: %w", err), os.RemoveAll(dir))
	}
	done()
	return interpreter(dir), nil
}

// makeEnvironment makes the environment dir with the interpreter base, over
// whatever an interrupted run left there.
func makeEnvironment(ctx context.Context, base, dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	wheel, err := pip.Wheel(ctx)
	if err != nil {
		return err
	}
	venv := exec.CommandContext(ctx, base, "-m", "venv", "--without-pip", dir)
	venv.Env = PythonEnviron()
	if err := runCommand(ctx, venv); err != nil {
		return fmt.Errorf("%w\nthis Python lacks its venv module, which some systems package apart (python3-venv)", err)
	}
	file := filepath.Join(dir, "requirements.txt")
	if err := os.WriteFile(file, lock, 0o644); err != nil {
		return err
	}
	// Bytecode is left to the first import: compiling all takes longer than
	// all the rest.
	install := exec.CommandContext(ctx, interpreter(dir), filepath.Join(wheel, "pip"),
		"install", "--require-hashes", "--no-deps", "--no-compile", "--no-user", "--no-input",
		"--disable-pip-version-check", "--no-warn-script-location", "--progress-bar", "off",
		"--retries", "2", "--timeout", "20", "--quiet", "-r", file)
	install.Env = PythonEnviron()
	if err := runCommand(ctx, install); err != nil {
		return fmt.Errorf("%w\npip could not install the packages; with a network and the usual pip settings it can be tried again", err)
	}
	if err := installPapermill(dir); err != nil {
		return err
	}
	return writeMarker(dir)
}

// installPapermill puts our module into the environment dir as pip would.
func installPapermill(dir string) error {
	sites, err := filepath.Glob(filepath.Join(dir, "lib", "python3.*", "site-packages"))
	if err != nil || len(sites) != 1 {
		return fmt.Errorf("%s has %d folders for packages, not one", dir, len(sites))
	}
	const info = "circuitbook_papermill-1.0.dist-info"
	if err := os.MkdirAll(filepath.Join(sites[0], info), 0o755); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"circuitbook_papermill.py": string(papermill),
		info + "/METADATA":         "Metadata-Version: 2.1\nName: circuitbook-papermill\nVersion: 1.0\n",
		info + "/entry_points.txt": papermillEntry,
		info + "/INSTALLER":        "circuitbook\n",
		info + "/RECORD":           "",
	} {
		if err := os.WriteFile(filepath.Join(sites[0], name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// writeMarker makes the environment dir complete.
func writeMarker(dir string) error {
	m, err := mark(interpreter(dir))
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return renameio.WriteFile(filepath.Join(dir, markerName), append(data, '\n'), 0o644)
}

// PythonEnviron is the environment for the cache's Python: the user's, less
// what would send imports or installs elsewhere or change what Python does.
func PythonEnviron() []string {
	env := without(pip.Environ(), "VIRTUAL_ENV",
		"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_PYTHON", "PIP_CONSTRAINT", "PIP_REQUIREMENT",
		"PIP_REQUIRE_VIRTUALENV", "PIP_DRY_RUN", "PIP_REPORT")
	return append(env, "PYTHONNOUSERSITE=1")
}
