// Package place says where the cache folder is and locks names in it.
//
// It stands apart from package cache only so that cache/pip, which cache
// itself calls, can use the same folder; everyone else imports cache.
package place

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Env names the variable that moves the cache folder.
const Env = "CIRCUITBOOK_CACHE"

// retry is how often a taken lock is tried again: short beside the work done
// under any lock here, long enough to cost nothing while waiting.
const retry = 50 * time.Millisecond

// Dir returns the cache folder, created if need be: see cache.Dir.
func Dir() (string, error) {
	dir := os.Getenv(Env)
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("no cache folder: %w; set $%s to a folder that can be written", err, Env)
		}
		dir = filepath.Join(user, "circuitbook")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("cache folder $%s=%q: %w", Env, os.Getenv(Env), err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("cannot make the cache folder: %w; set $%s to a folder that can be written", err, Env)
	}
	if err := trustFolder(dir); err != nil {
		return "", err
	}
	return dir, nil
}

// Sub returns a folder inside Dir, created if need be: see cache.Sub.
func Sub(elem ...string) (string, error) {
	root, err := Dir()
	if err != nil {
		return "", err
	}
	rel := filepath.Join(elem...)
	if !filepath.IsLocal(rel) {
		return "", fmt.Errorf("cache sub-folder %q leaves the cache folder", filepath.ToSlash(rel))
	}
	dir := filepath.Join(root, rel)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("cannot make a folder in the cache: %w; set $%s to a folder that can be written", err, Env)
	}
	if err := Trusted(dir); err != nil {
		return "", err
	}
	return dir, nil
}

// Lock takes the named lock: see cache.Lock.
func Lock(ctx context.Context, name string) (func(), error) {
	if err := checkLockName(name); err != nil {
		return nil, err
	}
	dir, err := Sub("locks")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, name)
	// A flock.Flock of its own per call: the lock then also excludes other
	// goroutines of this process, not only other processes.
	l := flock.New(path)
	ok, err := l.TryLockContext(ctx, retry)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, fmt.Errorf("lock %s is held by another process or call: %w", path, context.Cause(ctx))
	case err != nil:
		return nil, fmt.Errorf("cannot lock %s: %w", path, err)
	case !ok:
		return nil, fmt.Errorf("cannot lock %s", path)
	}
	// The file stays: removing it would let a third process lock a new file
	// of the same name while a second still waits for the old one.
	return func() { _ = l.Unlock() }, nil
}

func checkLockName(name string) error {
	if name == "" || name == "." || name == ".." || len(name) > 200 {
		return fmt.Errorf("lock name %q: want 1 to 200 letters, digits, '.', '_' or '-'", name)
	}
	for _, r := range name {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", r) {
			return fmt.Errorf("lock name %q holds %q: want letters, digits, '.', '_' or '-'", name, r)
		}
	}
	return nil
}

// WriteAtomic writes path through write: a temporary file beside it, synced,
// then renamed, so that path is never seen half written. The folder must
// exist. On an error path is as it was.
func WriteAtomic(path string, perm os.FileMode, write func(f *os.File) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".tmp-"+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreMissing(os.Remove(f.Name())))
		}
	}()
	if err := write(f); err != nil {
		_ = f.Close()
		return err
	}
	if err := errors.Join(f.Chmod(perm), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
