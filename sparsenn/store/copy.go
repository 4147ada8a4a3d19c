package store

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// Copy copies a finished run into another folder, as notebooks/runs that
// notebooks are committed with: its config and its newest checkpoint, whose
// checksums are verified on the way. Large texts of the checkpoint, such as the
// metrics of a training, are packed with gzip, and the manifest says what they were:
// [Checkpoint.ReadFile] gives them as they were saved. Copy returns false, and changes nothing, if
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
	if err := copyFile(files, filepath.Join(run.Dir(), configName), filepath.Join(fresh, configName)); err != nil {
		return false, err
	}
	if err := copyCheckpoint(files, checkpoint, inner); err != nil {
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

// copyCheckpoint writes a checkpoint into a folder, packs what packs, and reads all
// of it back.
func copyCheckpoint(files fileSystem, c *Checkpoint, dir string) error {
	m := c.manifest
	m.Files = slices.Clone(m.Files)
	for i, f := range m.Files {
		from := filepath.Join(c.Dir(), f.Name)
		var err error
		if f.packs() {
			m.Format = packedVersion
			m.Files[i], err = f.pack(files, from, dir)
		} else {
			err = copyFile(files, from, filepath.Join(dir, f.Name))
		}
		if err != nil {
			return err
		}
	}
	slices.SortFunc(m.Files, func(a, b manifestFile) int { return cmp.Compare(a.Name, b.Name) })
	text, err := m.encode()
	if err != nil {
		return err
	}
	err = writeFile(files, filepath.Join(dir, manifestName), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if err != nil {
		return err
	}
	copied, problem, err := verify(dir, c.Step)
	if err == nil && problem != nil {
		err = *problem
	}
	if err != nil {
		return err
	}
	for _, f := range m.Files {
		if f.Packed == nil {
			continue
		}
		if _, err := copied.ReadFile(f.Packed.Name); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(files fileSystem, from, to string) error {
	in, err := openRegular(from)
	if err != nil {
		return err
	}
	defer in.Close()
	return writeFile(files, to, func(w io.Writer) error {
		_, err := io.Copy(w, in)
		return err
	})
}
