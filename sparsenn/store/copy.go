package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Copy copies a finished run into another folder, as notebooks/runs that
// notebooks are committed with: its config and its newest checkpoint, whose
// checksums are verified on the way. It returns false, and changes nothing, if
// the folder holds the finished run already. A run that is not finished, or of
// which no checkpoint is whole, is an error. The copy appears whole or not at
// all.
func Copy(dir, root string) (bool, error) { return copyRun(osFiles{}, dir, root) }

func copyRun(files fileSystem, dir, root string) (done bool, err error) {
	run, err := OpenDir(dir)
	if err != nil {
		return false, err
	}
	checkpoint, _, err := run.Latest()
	if err != nil {
		return false, err
	}
	if checkpoint == nil || !checkpoint.Done {
		return false, fmt.Errorf("%s is not finished: only finished runs are copied", run.Name())
	}
	to := filepath.Join(root, run.Name())
	if old, err := OpenDir(to); err == nil {
		there, _, err := old.Latest()
		if err != nil {
			return false, err
		}
		if there != nil && there.Done {
			return false, nil
		}
	}
	if _, err := os.Lstat(to); err == nil {
		return false, fmt.Errorf("%s is there, but is no finished run: remove it first", to)
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return false, err
	}
	fresh, err := files.MkdirTemp(root, temporaryPrefix+"*")
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, files.RemoveAll(fresh)) }()
	inner := filepath.Join(fresh, filepath.Base(checkpoint.Dir()))
	if err := os.Mkdir(inner, 0o755); err != nil {
		return false, err
	}
	from := []string{filepath.Join(run.Dir(), configName), filepath.Join(checkpoint.Dir(), manifestName)}
	into := []string{filepath.Join(fresh, configName), filepath.Join(inner, manifestName)}
	for _, name := range checkpoint.Names() {
		from, into = append(from, filepath.Join(checkpoint.Dir(), name)), append(into, filepath.Join(inner, name))
	}
	for i := range from {
		if err := copyFile(files, from[i], into[i]); err != nil {
			return false, err
		}
	}
	if _, problem, err := verify(inner, checkpoint.Step); err != nil || problem != nil {
		if err == nil {
			err = *problem
		}
		return false, fmt.Errorf("the copy of %s: %w", run.Name(), err)
	}
	for _, d := range []string{inner, fresh} {
		if err := files.SyncDir(d); err != nil {
			return false, err
		}
	}
	if err := files.Rename(fresh, to); err != nil {
		return false, err
	}
	return true, files.SyncDir(root)
}

func copyFile(files fileSystem, from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	return writeFile(files, to, func(w io.Writer) error {
		_, err := io.Copy(w, in)
		return err
	})
}
