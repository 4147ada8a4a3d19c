// Package pip runs pip, from a wheel embedded in the program, with the user's
// own Python and the user's own pip configuration. It works where Python came
// without pip and ensurepip.
//
// Nothing of the user's configuration is overridden here: index, proxy,
// certificates, wheel folders come from pip.conf and the PIP_ variables.
package pip

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"circuitbook/sparsenn/cache/internal/place"
)

// Version is the version of the embedded pip.
const Version = "26.3"

// wheelSHA256 is the hash of the wheel as published.
const wheelSHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"

//go:embed pip-26.3-py3-none-any.whl
var wheel []byte

// Command returns the command `python pip ARGS`, not yet started, with no
// standard streams set, in Environ; it is killed when ctx ends. The embedded wheel is
// written into the cache first if it is not there whole. To install into
// another environment begin args with "--python", "ENV/bin/python": pip
// refuses to install into a Python that the system manages.
func Command(ctx context.Context, args ...string) (*exec.Cmd, error) {
	python, err := FindPython(ctx)
	if err != nil {
		return nil, err
	}
	path, err := Wheel(ctx)
	if err != nil {
		return nil, err
	}
	// Python runs a package inside a wheel given as a path: wheels are zip
	// files, and pip's __main__ puts the wheel on the module path itself.
	cmd := exec.CommandContext(ctx, python.Path, append([]string{filepath.Join(path, "pip")}, args...)...)
	cmd.Env = Environ()
	// A child of pip that lives on must not keep Wait waiting for its output.
	cmd.WaitDelay = 5 * time.Second
	return cmd, nil
}

// Wheel returns the path of the embedded pip wheel in the cache, written there
// if it is missing or not what it should be.
func Wheel(ctx context.Context) (string, error) {
	dir, err := place.Sub("wheels", wheelSHA256)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "pip-"+Version+"-py3-none-any.whl")
	if holds(path) {
		return path, nil
	}
	unlock, err := place.Lock(ctx, "pip-wheel")
	if err != nil {
		return "", err
	}
	defer unlock()
	if holds(path) {
		return path, nil
	}
	err = place.WriteAtomic(path, 0o644, func(f *os.File) error {
		_, err := f.Write(wheel)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("cannot unpack pip into the cache: %w; set $%s to a folder that can be written", err, place.Env)
	}
	return path, nil
}

// holds reports whether path is the embedded wheel, byte for byte.
func holds(path string) bool {
	b, err := os.ReadFile(path)
	return err == nil && bytes.Equal(b, wheel)
}
