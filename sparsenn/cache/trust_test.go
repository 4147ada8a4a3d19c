package cache_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"circuitbook/sparsenn/cache"
	"circuitbook/sparsenn/cache/cachetest"
)

// mode makes the file or folder at path one of a mode, whatever the umask is.
func mode(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// TestSharedFolder: a cache folder that others can write is refused with a way out,
// until it is trusted; an empty one is closed.
func TestSharedFolder(t *testing.T) {
	dir := cachetest.Fresh(t)
	for _, m := range []os.FileMode{0o777, 0o775, 0o757, 0o733} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		mode(t, dir, m)
		if _, err := cache.Dir(); err != nil {
			t.Errorf("%o, empty: %v", m, err)
		}
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != m&^0o022 {
			t.Errorf("an empty folder of mode %o was not closed: %v", m, info.Mode())
		}
		file := filepath.Join(dir, "planted")
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		mode(t, dir, m)
		for what, f := range map[string]func() error{
			"Dir":  func() error { _, err := cache.Dir(); return err },
			"Sub":  func() error { _, err := cache.Sub("x"); return err },
			"Lock": func() error { _, err := cache.Lock(t.Context(), "x"); return err },
		} {
			err := f()
			if !errors.Is(err, cache.ErrShared) || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), cache.TrustEnv) || !strings.Contains(err.Error(), "chmod go-w") {
				t.Errorf("%s in a folder of mode %o: %v", what, m, err)
			}
		}
		t.Setenv(cache.TrustEnv, "1")
		if _, err := cache.Dir(); err != nil {
			t.Errorf("trusted: %v", err)
		}
		t.Setenv(cache.TrustEnv, "0")
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSharedLink: a link to a folder that others can write is no way around.
func TestSharedLink(t *testing.T) {
	real, link := filepath.Join(t.TempDir(), "real"), filepath.Join(t.TempDir(), "link")
	if err := errors.Join(os.MkdirAll(filepath.Join(real, "x"), 0o755), os.Symlink(real, link)); err != nil {
		t.Fatal(err)
	}
	mode(t, real, 0o777)
	t.Setenv("CIRCUITBOOK_CACHE", link)
	if _, err := cache.Dir(); !errors.Is(err, cache.ErrShared) {
		t.Errorf("got %v", err)
	}
	mode(t, real, 0o755)
	if _, err := cache.Sub("x"); err != nil {
		t.Error(err)
	}
}

// TestTrusted: in a cache folder that is the user's, a file or a folder on the way
// to it may still be somebody else's.
func TestTrusted(t *testing.T) {
	dir := cachetest.Fresh(t)
	sub, err := cache.Sub("a", "b")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(sub, "f")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	mode(t, file, 0o644)
	if err := cache.Trusted(file); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, sub, filepath.Dir(sub)} {
		for what, f := range map[string]func() error{
			"mode":  func() error { return os.Chmod(path, 0o777) },
			"owner": func() error { return os.Chown(path, 65534, 65534) },
		} {
			if what == "owner" && os.Getuid() != 0 {
				continue // only root gives files away
			}
			if err := f(); err != nil {
				t.Fatal(err)
			}
			if err := cache.Trusted(file); !errors.Is(err, cache.ErrShared) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s of %s: %v", what, path, err)
			}
			if err := errors.Join(os.Chmod(path, 0o755), os.Lchown(path, os.Getuid(), os.Getgid())); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cache.Trusted(file); err != nil {
		t.Error(err)
	}
	if os.Getuid() != 0 {
		return
	}
	if err := os.Chown(dir, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if _, err := cache.Dir(); !errors.Is(err, cache.ErrShared) || !strings.Contains(err.Error(), "uid 65534") {
		t.Errorf("a folder of another user: %v", err)
	}
	// A link has no mode of its own.
	if err := errors.Join(os.Chown(dir, 0, 0), os.Remove(file), os.Symlink("/dev/null", file)); err != nil {
		t.Fatal(err)
	}
	if err := cache.Trusted(file); err != nil {
		t.Errorf("a link: %v", err)
	}
}

// TestFolderForAll: a folder that is made for all, as /tmp is, stays one, and is no
// cache folder.
func TestFolderForAll(t *testing.T) {
	dir := t.TempDir()
	mode(t, dir, os.ModeSticky|0o777)
	t.Setenv("CIRCUITBOOK_CACHE", dir)
	if _, err := cache.Dir(); !errors.Is(err, cache.ErrShared) {
		t.Errorf("got %v", err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o777 {
		t.Errorf("its mode was changed: %v", info.Mode())
	}
}
