package artifact

import (
	"circuitbook/sparsenn/artifact/internal/disk"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Copy copies a finished run into another folder: its config and its newest
// checkpoint, as they were saved, also out of an archive. Checksums are verified on the
// way. Copy returns false, and changes nothing, if the folder holds the
// finished run already. A run that is not finished, or of which no checkpoint is whole,
// is an error. The copy appears whole or not at all.
func Copy(dir, root string) (bool, error) { return copyRun(disk.OS{}, dir, root) }

func copyRun(files disk.System, dir, root string) (done bool, err error) {
	run, checkpoint, err := toCopy(dir, root)
	if checkpoint == nil || err != nil {
		return false, err
	}
	fresh, err := files.MkdirTemp(root, disk.Temporary+"*")
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, files.RemoveAll(fresh)) }()
	inner := filepath.Join(fresh, filepath.Base(checkpoint.Dir()))
	if err := os.Mkdir(inner, 0o755); err != nil {
		return false, err
	}
	write := func(name string, content func(io.Writer) error) error {
		return disk.Write(files, filepath.Join(fresh, filepath.FromSlash(name)), content)
	}
	if err := writeCopy(run, checkpoint, write); err != nil {
		return false, err
	}
	if err := whole(inner, checkpoint.Step); err != nil {
		return false, fmt.Errorf("the copy of %s: %w", run.Name(), err)
	}
	for _, d := range []string{inner, fresh} {
		if err := files.SyncDir(d); err != nil {
			return false, err
		}
	}
	if err := files.Rename(fresh, filepath.Join(root, run.Name())); err != nil {
		return false, err
	}
	return true, files.SyncDir(root)
}

// toCopy opens a run that is to be copied into a root, which is made. The checkpoint is
// nil if the root holds the run finished.
func toCopy(dir, root string) (*Run, *Checkpoint, error) {
	run, err := OpenDir(dir)
	if err != nil {
		return nil, nil, err
	}
	checkpoint, _, err := run.Latest()
	if err != nil {
		return nil, nil, err
	}
	if checkpoint == nil || !checkpoint.Done {
		return nil, nil, fmt.Errorf("%s is not finished: only finished runs are copied", run.Name())
	}
	to, err := place(root, run.Name())
	if err != nil {
		return nil, nil, err
	}
	if old, err := OpenDir(to); err == nil {
		if finished, err := old.Finished(); finished || err != nil {
			return run, nil, err
		}
	}
	if _, err := disk.Stat(to); err == nil {
		return nil, nil, fmt.Errorf("%s is there, but is no finished run: remove it first", to)
	}
	return run, checkpoint, os.MkdirAll(root, 0o755)
}

// writeCopy writes the files of a copy, in order, by their slashed paths in the run's
// folder.
func writeCopy(run *Run, c *Checkpoint, write func(name string, content func(io.Writer) error) error) error {
	m := c.asSaved()
	text, err := m.encode()
	if err != nil {
		return err
	}
	config, err := indentJSON(run.config)
	if err != nil {
		return err
	}
	base := filepath.Base(c.Dir()) + "/"
	contents := map[string]func(io.Writer) error{configName: writeBytes(config), base + manifestName: writeBytes(text)}
	for _, f := range m.Files {
		contents[base+f.Name] = func(w io.Writer) error { return c.copyFile(w, f.Name) }
	}
	for _, name := range slices.Sorted(maps.Keys(contents)) {
		if err := write(name, contents[name]); err != nil {
			return err
		}
	}
	return nil
}

// asSaved is the checkpoint's manifest with every file as it was saved.
func (c *Checkpoint) asSaved() manifest {
	m := manifest{Format: formatVersion, Step: c.Step, Done: c.Done, Files: []manifestFile{}}
	for _, name := range c.Names() {
		f, ok := c.manifest.packed(name)
		if ok {
			f = manifestFile{Name: name, Size: f.Packed.Size, SHA256: f.Packed.SHA256}
		} else {
			f, _ = c.manifest.find(name)
		}
		m.Files = append(m.Files, f)
	}
	return m
}

func writeBytes(b []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}
}

// copyFile writes the content of a file as it was saved.
func (c *Checkpoint) copyFile(w io.Writer, name string) error {
	if _, ok := c.manifest.packed(name); ok {
		text, err := c.ReadFile(name)
		if err != nil {
			return err
		}
		return writeBytes(text)(w)
	}
	path, err := c.path(name)
	if err != nil {
		return err
	}
	f, err := disk.OpenRegular(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

// whole reads a checkpoint just written.
func whole(dir string, step int) error {
	_, problem, err := verify(dir, step)
	if err == nil && problem != nil {
		err = *problem
	}
	return err
}
