package cache

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"circuitbook/sparsenn/cache/pip"
)

// fetchLimit bounds one Fetch, the wait for other processes included, where
// the caller's context has no earlier deadline. It is what a wheel of 60 MB
// needs at 1 Mbit/s; without a network Fetch fails far sooner.
const fetchLimit = 10 * time.Minute

// A Wheel is one pinned file of one release of a Python package.
type Wheel struct {
	Name    string // the project's name: "lammps-jax-pjrt-cpu"
	Version string // "0.11.2"
	File    string // the file's name, ending in .whl
	SHA256  string // of the file, 64 lower-case hexadecimal digits
}

// String returns "NAME VERSION".
func (w Wheel) String() string { return w.Name + " " + w.Version }

// Cached returns the wheel's path if it is in the cache with the right hash,
// which is computed by every call. It reaches no network and changes nothing.
func (w Wheel) Cached() (path string, ok bool) {
	if w.check() != nil {
		return "", false
	}
	dir, err := Dir()
	if err != nil {
		return "", false
	}
	path = filepath.Join(dir, "wheels", w.SHA256, w.File)
	got, err := SHA256File(path)
	return path, err == nil && got == w.SHA256
}

// Fetch returns the path of the wheel in the cache, Dir()/wheels/SHA256/FILE.
// The hash is verified by every call; a file that does not have it is fetched
// again. Fetching is done by pip with the user's own configuration (index,
// proxy, certificates, wheel folders), under a lock, so several processes may
// ask at once, and one line of progress goes to log, which may be nil.
//
// The error names the wheel and says what to do. It is an ErrOffline where
// fetching is forbidden, an ErrNoNetwork where no index answered, and a
// pip.ErrNoPython where there is no Python to run pip.
func (w Wheel) Fetch(ctx context.Context, log io.Writer) (path string, err error) {
	if err := w.check(); err != nil {
		return "", err
	}
	if path, ok := w.Cached(); ok {
		return path, nil
	}
	path, err = w.fetch(ctx, log)
	if err != nil {
		where := "the cache folder"
		if dir, err := Dir(); err == nil {
			where = filepath.Join(dir, "wheels", w.SHA256)
		}
		return "", fmt.Errorf("wheel %s is not in the cache and could not be fetched: %w; "+
			"to go on without fetching put %s (sha256 %s) into %s", w, err, w.File, w.SHA256, where)
	}
	return path, nil
}

func (w Wheel) fetch(ctx context.Context, log io.Writer) (path string, err error) {
	if Offline() {
		return "", ErrOffline
	}
	ctx, cancel := context.WithTimeout(ctx, fetchLimit)
	defer cancel()
	dir, err := Sub("wheels", w.SHA256)
	if err != nil {
		return "", err
	}
	unlock, err := Lock(ctx, "wheel-"+w.SHA256)
	if err != nil {
		return "", err
	}
	defer unlock()
	if path, ok := w.Cached(); ok { // another process was faster
		return path, nil
	}
	removeLeftovers(dir)
	tmp, err := os.MkdirTemp(dir, tmpPrefix)
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(tmp) }()

	if log == nil {
		log = io.Discard
	}
	start := time.Now()
	fmt.Fprintf(log, "fetching %s with pip ...\n", w)
	if err := w.download(ctx, tmp); err != nil {
		return "", err
	}
	got := filepath.Join(tmp, w.File)
	sum, err := SHA256File(got)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("pip ended well but left no %s", w.File)
	}
	if err != nil {
		return "", err
	}
	if sum != w.SHA256 {
		return "", fmt.Errorf("what pip left has sha256 %s, not %s", sum, w.SHA256)
	}
	path = filepath.Join(dir, w.File)
	if err := os.Rename(got, path); err != nil {
		return "", err
	}
	fmt.Fprintf(log, "fetched %s in %.1f s\n", w, time.Since(start).Seconds())
	return path, nil
}

// tmpPrefix begins the names of the folders that downloads go to first.
const tmpPrefix = ".tmp-"

// removeLeftovers deletes what killed downloads left in dir. The caller holds
// the lock of dir, so none of them is in use.
func removeLeftovers(dir string) {
	old, _ := filepath.Glob(filepath.Join(dir, tmpPrefix+"*"))
	for _, o := range old {
		_ = os.RemoveAll(o)
	}
}

// download lets pip put the wheel into dir. pip itself compares the hash too.
func (w Wheel) download(ctx context.Context, dir string) error {
	req := filepath.Join(dir, "requirements.txt")
	line := fmt.Sprintf("%s==%s --hash=sha256:%s\n", w.Name, w.Version, w.SHA256)
	if err := os.WriteFile(req, []byte(line), 0o644); err != nil {
		return err
	}
	cmd, err := pip.Command(ctx, "download", "--no-deps", "--require-hashes", "--only-binary", ":all:",
		"--dest", dir, "--requirement", req, "--progress-bar", "off", "--no-input",
		"--disable-pip-version-check", "--retries", "1", "--timeout", "15")
	if err != nil {
		return err
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	// Users guard their Python against installs outside an environment; that
	// setting also stops downloads, which install nothing.
	cmd.Env = append(cmd.Env, "PIP_REQUIRE_VIRTUALENV=false")
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("pip was stopped: %w", context.Cause(ctx))
		}
		if msg := pipError(out.String()); msg != "" {
			err = errors.New(msg)
		}
		if noNetwork(out.String()) {
			return fmt.Errorf("%w (%w)", ErrNoNetwork, err)
		}
		return fmt.Errorf("pip: %w", err)
	}
	return nil
}

var (
	reName    = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)
	reVersion = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.+!_-]*$`)
	reFile    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.+!_-]*\.whl$`)
	reSHA256  = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// check refuses what would mean something else to pip or to the file system.
func (w Wheel) check() error {
	switch {
	case !reName.MatchString(w.Name):
		return fmt.Errorf("wheel: %q is not a package name", w.Name)
	case !reVersion.MatchString(w.Version):
		return fmt.Errorf("wheel %s: %q is not a version", w.Name, w.Version)
	case !reFile.MatchString(w.File):
		return fmt.Errorf("wheel %s: %q is not the name of a .whl file", w.Name, w.File)
	case !reSHA256.MatchString(w.SHA256):
		return fmt.Errorf("wheel %s: %q is not a sha256 (64 lower-case hexadecimal digits)", w.Name, w.SHA256)
	}
	return nil
}
