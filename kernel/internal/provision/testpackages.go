package provision

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"circuitbook/sparsenn/cache"
	"circuitbook/sparsenn/cache/pip"
)

// testLock pins the Python packages of tests; requirements-test.in says how it
// is made.
//
//go:embed requirements-test.txt
var testLock []byte

// EnsureTestPackages returns a folder with the Python packages that tests use
// beyond those of the environment with the interpreter python, made first if
// it is not there. It goes into PYTHONPATH.
func EnsureTestPackages(ctx context.Context, python string, log io.Writer) (string, error) {
	root, err := cache.Sub("python-test")
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, key(string(testLock), python))
	if isDir(dir) {
		return dir, nil
	}
	if cache.Offline() {
		return "", fmt.Errorf("the Python packages of tests: %w", cache.ErrOffline)
	}
	unlock, err := cache.Lock(ctx, "python-test")
	if err != nil {
		return "", err
	}
	defer unlock()
	if isDir(dir) { // another process was faster
		return dir, nil
	}
	done := making(log, "the Python packages of tests (once)")
	wheel, err := pip.Wheel(ctx)
	if err != nil {
		return "", err
	}
	temp, err := os.MkdirTemp(root, ".tmp-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(temp, "requirements.txt")
	if err := os.WriteFile(file, testLock, 0o644); err != nil {
		return "", errors.Join(err, os.RemoveAll(temp))
	}
	install := exec.CommandContext(ctx, python, filepath.Join(wheel, "pip"),
		"install", "--require-hashes", "--no-deps", "--no-compile", "--no-input", "--target", filepath.Join(temp, "lib"),
		"--disable-pip-version-check", "--progress-bar", "off", "--retries", "2", "--timeout", "20", "--quiet", "-r", file)
	install.Env = PythonEnviron()
	if err := runCommand(ctx, install); err != nil {
		return "", errors.Join(fmt.Errorf("the Python packages of tests: %w", err), os.RemoveAll(temp))
	}
	if err := errors.Join(os.Rename(filepath.Join(temp, "lib"), dir), os.RemoveAll(temp)); err != nil {
		return "", err
	}
	done()
	return dir, nil
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
