package command

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/google/renameio/v2"
	"golang.org/x/sys/unix"

	"circuitbook/kernel/internal/notebook"
	"circuitbook/sparsenn/cache"
)

// outputs are the files that a run writes.
type outputs struct {
	notebook, html, results string
	pdf                     string // if it is wanted
	wantsPDF                bool
}

// list are the files of a run that did well, in the order in which they are told.
func (o outputs) list() []string {
	list := []string{o.notebook, o.html, o.results}
	if o.wantsPDF {
		list = append(list, o.pdf)
	}
	return list
}

// prepare makes the output folder and makes sure that everything can be
// written before anything is executed.
func (r *runCmd) prepare() (outputs, error) {
	if err := folder("--out", r.Out); err != nil {
		return outputs{}, err
	}
	base := filepath.Join(r.Out, name(r.Notebook))
	files := outputs{base + ".ipynb", base + ".html", base + ".results.json", base + ".pdf", r.PDF}
	if r.InPlace {
		if err := writable(filepath.Dir(r.Notebook)); err != nil {
			return outputs{}, fmt.Errorf("--in-place: nothing can be written beside the notebook: %w", err)
		}
	}
	in, err := os.Stat(r.Notebook)
	if err != nil {
		return outputs{}, err
	}
	if out, err := os.Stat(files.notebook); err == nil && os.SameFile(in, out) {
		return outputs{}, fmt.Errorf("--out %s would write over the notebook itself; choose another, and --in-place to have that too", r.Out)
	}
	return files, nil
}

// folder makes the folder dir that a flag names, if it is not there, and sees
// that files can be made in it.
func folder(flag, dir string) error {
	err := os.MkdirAll(dir, 0o755)
	if err == nil {
		err = writable(dir)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%s %s: there is a file in the folder's place; choose another folder", flag, dir)
	}
	return fmt.Errorf("%s %s cannot be written: %w; choose another folder", flag, dir, err)
}

// writable reports why no file can be made in dir. It makes none to see that: who is
// killed just then would leave it.
func writable(dir string) error {
	return unix.Access(dir, unix.W_OK|unix.X_OK)
}

// name is the notebook's name without its folder and extension.
func name(path string) string {
	return strings.TrimSuffix(filepath.Base(path), ".ipynb")
}

// save writes the notebook to a file, whole or not at all.
func save(n *notebook.Notebook, path string) error {
	text, err := n.Encode()
	if err != nil {
		return err
	}
	return write(path, text)
}

// write writes a file, whole or not at all.
func write(path string, text []byte) error {
	return makeRoom(renameio.WriteFile(path, text, 0o644))
}

// makeRoom adds to an error about a full disk what to do.
func makeRoom(err error) error {
	if err == nil {
		return nil
	}
	full := errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) ||
		strings.Contains(err.Error(), "No space left on device") // Python's words
	if !full {
		return err
	}
	return fmt.Errorf("%w: make room on that disk, or write to another one (--out, $TMPDIR)", err)
}

func removeFile(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// lockOutputs keeps other runs from writing the same files until unlock is
// called, or the process ends; one that is there already is an error. Notebooks
// of other names may be written into the folder at the same time. Without a
// cache folder that can be written there is no lock; files are whole even so.
func lockOutputs(ctx context.Context, files outputs) (unlock func(), err error) {
	path, err := filepath.Abs(files.notebook)
	if err != nil {
		return nil, err
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(dir, filepath.Base(path))
	}
	sum := sha256.Sum256([]byte(path))
	short, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	unlock, err = cache.Lock(short, "out-"+hex.EncodeToString(sum[:8]))
	switch {
	case err == nil:
		return unlock, nil
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("another run is writing %s: wait for it to end, or choose another folder with --out", files.notebook)
	}
	return func() {}, ctx.Err()
}

// lockWait is how long a run that is just ending may hold its lock.
const lockWait = 200 * time.Millisecond
