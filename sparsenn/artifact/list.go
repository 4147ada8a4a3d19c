package artifact

import (
	"archive/zip"
	"circuitbook/sparsenn/artifact/internal/disk"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// RunInfo is what [List] and [Check] say of a run. Without a Problem it is whole,
// as far as they look.
type RunInfo struct {
	Root    string
	Name    string // KIND-HASH
	Kind    string
	Step    int // of the newest whole checkpoint; -1 if there is none
	Done    bool
	Size    int64 // bytes of all files
	Changed time.Time
	// Problem is all that is wrong with the config and with checkpoints newer than
	// the whole one, or that keeps it from being read.
	Problem error

	dir string
}

// Dir returns the path of the run's directory, which in an archive leads through the
// zip.
func (i RunInfo) Dir() string { return i.dir }

// List returns the runs under the roots, in the order of the roots and by name
// in each. It looks at configs, manifests and the sizes of files; [Check] reads
// files as well. A run that cannot be read has that as its Problem, and so has an
// archive, under the name of its file. A root that does not exist holds no runs; what is not
// named like a run is passed over.
func List(roots ...string) ([]RunInfo, error) {
	var out []RunInfo
	for _, root := range roots {
		names, err := runNames(root)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			info, _, err := inspect(root, name, glance)
			if err == nil {
				out = append(out, info)
			}
		}
	}
	return out, nil
}

// Check is what [List] says of the run of that name under a root, with every file
// of its newest checkpoint read and compared with its checksum. The checkpoint is
// the newest that is whole, nil if there is none. The error is about a name that is
// no run's.
func Check(root, name string) (RunInfo, *Checkpoint, error) {
	return inspect(root, name, verify)
}

// glance is verify by the sizes of files alone.
func glance(dir string, step int) (*Checkpoint, *Problem, error) {
	m, problem, err := readManifest(dir, step)
	if problem != nil || err != nil {
		return nil, problem, err
	}
	for _, f := range m.Files {
		why := ""
		if stat, err := disk.Stat(filepath.Join(dir, f.Name)); err != nil {
			why = reason(err)
		} else {
			why = f.wrongSize(stat.Size())
		}
		if why != "" {
			return nil, &Problem{Checkpoint: dir, File: f.Name, Reason: why}, nil
		}
	}
	return &Checkpoint{Step: m.Step, Done: m.Done, dir: dir, manifest: m}, nil, nil
}

// inspect describes the run of that name; look tells whole checkpoints.
func inspect(root, name string, look func(dir string, step int) (*Checkpoint, *Problem, error)) (RunInfo, *Checkpoint, error) {
	kind, _, ok := splitName(name)
	info := RunInfo{Root: root, Name: name, Kind: kind, Step: -1, dir: filepath.Join(root, name)}
	if isArchive(name) {
		if _, info.Problem = disk.OpenArchive(info.dir); info.Problem != nil {
			return info, nil, nil
		}
	}
	if !ok {
		return info, nil, fmt.Errorf("%q is not the name of a run, KIND-HASH", name)
	}
	// What keeps an archive from being read is told under its own name.
	info.dir, _ = place(root, name)
	switch stat, err := disk.Stat(info.Dir()); {
	case errors.Is(err, fs.ErrNotExist):
		return info, nil, err
	case err != nil:
		info.Problem = err
		return info, nil, nil
	case !stat.IsDir():
		return info, nil, fmt.Errorf("%s is not a folder", info.Dir())
	}
	info.Size, info.Changed = extent(info.Dir())
	names, err := checkpointNames(info.Dir())
	problems := []error{err}
	var whole *Checkpoint
	for _, n := range names {
		dir := filepath.Join(info.Dir(), n.String())
		c, problem, err := look(dir, n.step)
		if err == nil && problem == nil {
			whole, info.Step, info.Done = c, c.Step, c.Done
			break
		}
		if _, gone := disk.Stat(dir); errors.Is(gone, fs.ErrNotExist) {
			continue // a newer save took its place
		}
		if err == nil {
			err = *problem
		}
		problems = append(problems, err)
	}
	// A kill right after a run was made leaves nothing in it, which is no damage.
	if _, err := OpenDir(info.Dir()); err != nil && (len(names) > 0 || !errors.Is(err, fs.ErrNotExist)) {
		problems = append(problems, err)
	}
	info.Problem = errors.Join(problems...)
	return info, whole, nil
}

// extent is how many bytes the files of a run take, and when the last was changed.
func extent(dir string) (size int64, changed time.Time) {
	// The dot has a link to a folder followed, as everything else does.
	root, inside := os.DirFS(dir), "."
	if archive, in, ok := disk.InArchive(dir); ok {
		zip, err := disk.OpenArchive(archive)
		if err != nil {
			return 0, changed
		}
		root, inside = zip, in
		if stat, err := os.Stat(archive); err == nil {
			changed = stat.ModTime()
		}
	}
	// What cannot be walked into is told by who reads it.
	_ = fs.WalkDir(root, inside, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		stat, err := e.Info()
		if err != nil {
			return nil // a save is under way
		}
		if stat.ModTime().After(changed) {
			changed = stat.ModTime()
		}
		if packed, ok := stat.Sys().(*zip.FileHeader); ok {
			size += int64(packed.CompressedSize64)
		} else if stat.Mode().IsRegular() {
			size += stat.Size()
		}
		return nil
	})
	return size, changed
}

// Remove removes a run, by the name of its directory, from a root. A run that
// is being written is a [*LockedError]; a name that is not there, or is not a
// run's, is an error; that of an archive that cannot be read is taken. A kill half-way
// leaves the run or nothing of that name.
func Remove(root, name string) error {
	return remove(disk.OS{}, root, name)
}

func remove(files disk.System, root, name string) error {
	if isArchive(name) {
		if _, err := disk.OpenArchive(filepath.Join(root, name)); err != nil {
			return os.Remove(filepath.Join(root, name))
		}
	}
	if _, _, ok := splitName(name); !ok {
		return fmt.Errorf("%q is not the name of a run, KIND-HASH", name)
	}
	dir, err := place(root, name)
	if err != nil {
		return err
	}
	if archive, _, ok := disk.InArchive(dir); ok {
		return rewrite(files, archive, name, nil)
	}
	if _, err := os.Stat(dir); err != nil {
		return err
	}
	lock, err := lockRun(root, name)
	if err != nil {
		return err
	}
	defer lock.release()
	gone, err := files.MkdirTemp(root, disk.Temporary+"removed-*")
	if err != nil {
		return err
	}
	if err := files.Rename(dir, filepath.Join(gone, name)); err != nil {
		return errors.Join(err, files.RemoveAll(gone))
	}
	if err := files.SyncDir(root); err != nil {
		return err
	}
	// What kills left of earlier removals goes as well; two removals at once do
	// not mind each other.
	entries, err := os.ReadDir(root)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), disk.Temporary+"removed-") {
			err = errors.Join(err, files.RemoveAll(filepath.Join(root, e.Name())))
		}
	}
	return err
}
