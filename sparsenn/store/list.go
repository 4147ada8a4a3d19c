package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// RunInfo is what [List] says of a run.
type RunInfo struct {
	Root    string
	Name    string // KIND-HASH
	Kind    string
	Step    int // of the newest checkpoint; -1 if there is none
	Done    bool
	Size    int64 // bytes of all files
	Changed time.Time
	// Problem is what is wrong at first sight: files are not read for it,
	// only the manifest is.
	Problem error
}

// Dir returns the path of the run's directory.
func (i RunInfo) Dir() string { return filepath.Join(i.Root, i.Name) }

// List returns the runs under the roots, in the order of the roots and by name
// in each. Checksums of files are not verified; [Run.Latest] does that. A root
// that does not exist holds no runs; directories that are not named like runs
// are passed over.
func List(roots ...string) ([]RunInfo, error) {
	var out []RunInfo
	for _, root := range roots {
		entries, err := os.ReadDir(root)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			kind, _, ok := splitName(e.Name())
			if !ok || !e.IsDir() {
				continue
			}
			info, err := inspect(root, e.Name())
			if errors.Is(err, fs.ErrNotExist) {
				continue // removed meanwhile
			}
			if err != nil {
				return nil, err
			}
			info.Kind = kind
			out = append(out, info)
		}
	}
	return out, nil
}

func inspect(root, name string) (RunInfo, error) {
	info := RunInfo{Root: root, Name: name, Step: -1}
	err := filepath.WalkDir(info.Dir(), func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) && path != info.Dir() {
				return nil // a save is under way
			}
			return err
		}
		stat, err := e.Info()
		if err != nil {
			return nil
		}
		if stat.ModTime().After(info.Changed) {
			info.Changed = stat.ModTime()
		}
		if stat.Mode().IsRegular() {
			info.Size += stat.Size()
		}
		return nil
	})
	if err != nil {
		return info, err
	}
	names, err := checkpointNames(info.Dir())
	if err != nil {
		return info, err
	}
	for _, n := range names {
		m, problem, err := readManifest(filepath.Join(info.Dir(), n.String()), n.step)
		if err == nil && problem == nil {
			info.Step, info.Done = m.Step, m.Done
			break
		}
		if info.Problem == nil {
			if info.Problem = err; err == nil {
				info.Problem = *problem
			}
		}
	}
	if info.Problem == nil {
		_, info.Problem = OpenDir(info.Dir())
	}
	return info, nil
}

// Remove removes a run, by the name of its directory, from a root. A run that
// is being written is a [*LockedError]; a name that is not there, or is not a
// run's, is an error. A kill half-way leaves the run or nothing of that name.
func Remove(root, name string) error {
	return remove(osFiles{}, root, name)
}

func remove(files fileSystem, root, name string) error {
	if _, _, ok := splitName(name); !ok {
		return fmt.Errorf("%q is not the name of a run, KIND-HASH", name)
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); err != nil {
		return err
	}
	lock, err := lockRun(root, name)
	if err != nil {
		return err
	}
	defer lock.release()
	gone, err := files.MkdirTemp(root, temporaryPrefix+"removed-*")
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
		if strings.HasPrefix(e.Name(), temporaryPrefix+"removed-") {
			err = errors.Join(err, files.RemoveAll(filepath.Join(root, e.Name())))
		}
	}
	return err
}
