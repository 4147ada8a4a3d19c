package main

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"circuitbook/sparsenn/cache"
	"circuitbook/sparsenn/cache/pip"
)

// peers are the other contestants: Python workers, a C program, and the lock of
// the packages that they need.
//
//go:embed peers
var peers embed.FS

// completeName is the file that is written last into an environment.
const completeName = "complete"

// environment returns the folder of the peers' Python environment, made first if it
// is not there: about 1.7 GB, some 700 MB of it fetched through the user's pip.
func environment(ctx context.Context, log io.Writer) (string, error) {
	lock, err := peers.ReadFile("peers/requirements.txt")
	if err != nil {
		return "", err
	}
	base, err := pip.FindPython(ctx)
	if err != nil {
		return "", err
	}
	path, err := filepath.Abs(base.Path)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append(lock, path...))
	dir, err := cache.Sub("bench", base.Version()+"-"+hex.EncodeToString(sum[:6]))
	if err != nil {
		return "", err
	}
	unlock, err := cache.Lock(ctx, "bench")
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(filepath.Join(dir, completeName)); err == nil {
		return dir, nil
	}
	if cache.Offline() {
		return "", fmt.Errorf("the peers' environment is not set up yet: %w", cache.ErrOffline)
	}
	fmt.Fprintln(log, "setting up the peers' environment, once (some 700 MB to fetch) ...")
	if err := makeEnvironment(ctx, path, dir, lock); err != nil {
		return "", errors.Join(fmt.Errorf("the peers' environment: %w", err), os.RemoveAll(dir))
	}
	return dir, nil
}

func makeEnvironment(ctx context.Context, base, dir string, lock []byte) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := run(ctx, base, "-m", "venv", "--without-pip", dir); err != nil {
		return err
	}
	file := filepath.Join(dir, "requirements.txt")
	if err := os.WriteFile(file, lock, 0o644); err != nil {
		return err
	}
	install, err := pip.Command(ctx, "--python", filepath.Join(dir, "bin", "python"), "install",
		"--require-hashes", "--no-deps", "--no-compile", "--no-user", "--no-input", "--disable-pip-version-check",
		"--no-warn-script-location", "--progress-bar", "off", "--retries", "2", "--timeout", "30", "--quiet", "-r", file)
	if err != nil {
		return err
	}
	install.Env = cleanEnviron(os.Environ())
	if out, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("pip could not install the packages: %w\n%s", err, strings.TrimSpace(string(out)))
	}
	libs, err := filepath.Glob(filepath.Join(dir, "lib", "python*", "site-packages", "torch", "lib"))
	if err != nil || len(libs) != 1 {
		return fmt.Errorf("PyTorch's libraries were not found in %s", dir)
	}
	if err := makeStandIns(ctx, libs[0], filepath.Join(dir, "standins")); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, completeName), nil, 0o644)
}

func run(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = cleanEnviron(os.Environ())
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// cleanEnviron is env without what would send Python's imports or pip's installs
// elsewhere.
func cleanEnviron(env []string) []string {
	drop := []string{"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONINSPECT", "VIRTUAL_ENV", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT",
		"PIP_USER", "PIP_PYTHON", "PIP_CONSTRAINT", "PIP_REQUIREMENT", "PIP_REQUIRE_VIRTUALENV", "PIP_DRY_RUN", "PIP_REPORT"}
	env = slices.DeleteFunc(slices.Clone(env), func(s string) bool {
		name, _, _ := strings.Cut(s, "=")
		return slices.Contains(drop, name)
	})
	return append(env, "PYTHONNOUSERSITE=1", "PYTHONUTF8=1")
}

// workerEnviron is the environment of all workers. Idle OpenMP threads sleep, or
// PyTorch's would take the processors from the others: the user's own setting of
// OMP_WAIT_POLICY is kept.
func workerEnviron(env []string, environment, runs, compiled string) []string {
	env = cleanEnviron(env)
	if !slices.ContainsFunc(env, func(s string) bool { return strings.HasPrefix(s, "OMP_WAIT_POLICY=") }) {
		env = append(env, "OMP_WAIT_POLICY=PASSIVE")
	}
	standIns := filepath.Join(environment, "standins")
	for _, s := range env {
		if path, ok := strings.CutPrefix(s, "LD_LIBRARY_PATH="); ok && path != "" {
			standIns += string(os.PathListSeparator) + path
		}
	}
	return append(env, "LD_LIBRARY_PATH="+standIns, "CUDA_VISIBLE_DEVICES=", "JAX_PLATFORMS=cpu",
		"CIRCUITBOOK_RUNS="+runs, "TORCHINDUCTOR_CACHE_DIR="+compiled)
}

// newSetup makes all that workers need. environment may be "" if only contestants
// in Go or C run.
func newSetup(ctx context.Context, dir, environment string) (setup, error) {
	self, err := os.Executable()
	if err != nil {
		return setup{}, err
	}
	s := setup{dir: dir, python: filepath.Join(environment, "bin", "python"), self: self}
	files, err := peers.ReadDir("peers")
	if err != nil {
		return s, err
	}
	for _, f := range files {
		data, err := peers.ReadFile("peers/" + f.Name())
		if err != nil {
			return s, err
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name()), data, 0o644); err != nil {
			return s, err
		}
	}
	compiled, err := cache.Sub("bench", "inductor")
	if err != nil {
		return s, err
	}
	s.env = workerEnviron(os.Environ(), environment, filepath.Join(dir, "runs"), compiled)
	cc := os.Getenv("CC")
	if cc == "" {
		cc = "cc"
	}
	return s, run(ctx, cc, "-O3", "-march=native", "-o", filepath.Join(dir, "mask"), filepath.Join(dir, "mask.c"))
}
