package provision

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"

	"circuitbook/sparsenn/cache"
)

// ProgramName is the name of the program.
const ProgramName = "circuitbook"

// keepPrograms is how long a copy of the program that is not used stays.
const keepPrograms = 2 * 24 * time.Hour

// A Program is a copy of the running program that stays where it is, while
// the original may be a temporary file of `go run`.
type Program struct {
	Path string // the copy
	Shim string // a folder in which it is also called go and goimports
}

// EnsureProgram copies the running program into the cache, by its hash, if it
// is not there, with the links that a kernel puts before PATH.
func EnsureProgram(ctx context.Context) (Program, error) {
	self, err := os.Executable()
	if err != nil {
		return Program{}, err
	}
	sum, err := cache.SHA256File(self)
	if err != nil {
		return Program{}, err
	}
	id := sum[:16]
	bin, err := cache.Sub("program", id)
	if err != nil {
		return Program{}, err
	}
	shim, err := cache.Sub("shim", id)
	if err != nil {
		return Program{}, err
	}
	p := Program{Path: filepath.Join(bin, ProgramName), Shim: shim}
	if same(p.Path, self) && linked(p) {
		_ = p.Touch() // a cache that cannot be written serves as it is
		return p, nil
	}
	unlock, err := cache.Lock(ctx, "program")
	if err != nil {
		return Program{}, err
	}
	defer unlock()
	if !same(p.Path, self) {
		if err := copyProgram(self, p.Path); err != nil {
			return Program{}, fmt.Errorf("copying the program into the cache: %w", err)
		}
	}
	for _, name := range []string{"go", "goimports"} {
		if err := renameio.Symlink(p.Path, filepath.Join(shim, name)); err != nil {
			return Program{}, err
		}
	}
	removeOld(filepath.Dir(bin), filepath.Dir(shim), time.Now().Add(-keepPrograms))
	return p, p.Touch()
}

// Touch marks the copy as in use. What runs for long should do so daily.
func (p Program) Touch() error {
	now := time.Now()
	return os.Chtimes(filepath.Dir(p.Path), now, now)
}

// same reports whether the copy is there and as long as the original; its
// place is named by the original's hash.
func same(copied, original string) bool {
	a, err := os.Stat(copied)
	if err != nil {
		return false
	}
	b, err := os.Stat(original)
	return err == nil && a.Size() == b.Size()
}

// linked reports whether the links lead to the copy.
func linked(p Program) bool {
	for _, name := range []string{"go", "goimports"} {
		if to, err := os.Readlink(filepath.Join(p.Shim, name)); err != nil || to != p.Path {
			return false
		}
	}
	return true
}

// copyProgram writes the program from to the file to, whole or not at all.
func copyProgram(from, to string) error { return copyFile(from, to, 0o755) }

// copyFile writes the file from to the file to, whole or not at all.
func copyFile(from, to string, mode os.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := renameio.NewPendingFile(to, renameio.WithPermissions(mode), renameio.IgnoreUmask())
	if err != nil {
		return err
	}
	defer func() { _ = out.Cleanup() }()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.CloseAtomicallyReplace()
}

// CopyTo writes the program to the file name, whole or not at all.
func (p Program) CopyTo(name string) error { return copyProgram(p.Path, name) }

// removeOld removes copies that were last used before the time, and their
// links. What cannot be removed stays.
func removeOld(programs, shims string, before time.Time) {
	entries, err := os.ReadDir(programs)
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && info.ModTime().Before(before) {
			_ = os.RemoveAll(filepath.Join(shims, e.Name()))
			_ = os.RemoveAll(filepath.Join(programs, e.Name()))
		}
	}
}
