package artifact

import (
	"archive/zip"
	"circuitbook/sparsenn/artifact/internal/disk"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// archivesFor names the archives of a root that can hold a run of that name: its own,
// and the one that small runs of a kind share.
func archivesFor(name string) []string {
	kind, _, _ := splitName(name)
	return []string{name + disk.ArchiveSuffix, kind + disk.ArchiveSuffix}
}

// isArchive says whether a file of a root is named like an archive.
func isArchive(file string) bool {
	base, ok := strings.CutSuffix(file, disk.ArchiveSuffix)
	return ok && (kindPattern.MatchString(base) || namePattern.MatchString(base))
}

// place is where the run of that name lies under a root: its folder, else an archive,
// else where its folder would be. An archive that cannot be read is an error.
func place(root, name string) (string, error) {
	dir := filepath.Join(root, name)
	if _, err := disk.Stat(dir); err == nil {
		return dir, nil
	}
	for _, file := range archivesFor(name) {
		path := filepath.Join(root, file)
		zip, err := disk.OpenArchive(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return dir, err
		}
		if _, err := fs.Stat(zip, name); err == nil {
			return filepath.Join(path, name), nil
		}
	}
	return dir, nil
}

// runNames lists what a root holds, sorted: runs, those in archives among them, and
// archives that cannot be read.
func runNames(root string) ([]string, error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !isArchive(e.Name()) {
			names = append(names, e.Name())
			continue
		}
		inside, err := disk.ReadDir(filepath.Join(root, e.Name()) + string(filepath.Separator))
		if err != nil {
			names = append(names, e.Name())
		}
		for _, run := range inside {
			if slices.Contains(archivesFor(run.Name()), e.Name()) {
				names = append(names, run.Name())
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// sharedBelow is the size, in bytes, below which runs of a kind share an archive: rows
// of a sweep, circuits, proofs.
const sharedBelow = 256 << 10

// Pack is [Copy] into an archive of the root, which notebooks are committed with: one
// file for a run, ROOT/KIND-HASH.zip, or for all small ones of a kind, ROOT/KIND.zip.
// Runs in archives are found like others. A run's bytes in an archive, and the order of
// its runs, are a function of the runs alone.
func Pack(dir, root string) (bool, error) { return packRun(disk.OS{}, dir, root) }

func packRun(files disk.System, dir, root string) (bool, error) {
	run, checkpoint, err := toCopy(dir, root)
	if checkpoint == nil || err != nil {
		return false, err
	}
	file := archivesFor(run.Name())[0]
	size := int64(0)
	for _, f := range checkpoint.asSaved().Files {
		size += f.Size
	}
	if size < sharedBelow {
		file = archivesFor(run.Name())[1]
	}
	add := func(w *zip.Writer) error {
		return writeCopy(run, checkpoint, func(name string, content func(io.Writer) error) error {
			header := &zip.FileHeader{Name: run.Name() + "/" + name, Method: zip.Deflate}
			if filepath.Ext(name) == tensorsExtension {
				header.Method = disk.PlanesMethod
			}
			to, err := w.CreateHeader(header)
			if err != nil {
				return err
			}
			return content(to)
		})
	}
	err = rewrite(files, filepath.Join(root, file), run.Name(), add)
	if err != nil {
		return false, fmt.Errorf("packing %s: %w", run.Name(), err)
	}
	return true, nil
}

// rewrite writes an archive anew, without what it holds of a run and, unless add is nil,
// with the run as add writes it, whole or not at all. An archive of no run is removed. One that
// is being written by another process is a LockedError.
func rewrite(files disk.System, path, run string, add func(*zip.Writer) error) (err error) {
	root := filepath.Dir(path)
	lock, err := lockRun(root, filepath.Base(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	var old []*zip.File
	if r, err := disk.OpenArchive(path); err == nil {
		old = r.File
	} else if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	fresh, err := files.MkdirTemp(root, disk.Temporary+"*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, files.RemoveAll(fresh)) }()
	temporary := filepath.Join(fresh, filepath.Base(path))
	count := 0
	err = disk.Write(files, temporary, func(w io.Writer) error {
		count, err = rewriteTo(w, old, run, add)
		return err
	})
	if err != nil {
		return err
	}
	if count == 0 {
		return errors.Join(files.Rename(path, temporary), files.SyncDir(root))
	}
	if add != nil {
		packed, err := OpenDir(filepath.Join(temporary, run))
		if err != nil {
			return err
		}
		disk.Forget(temporary)
		if c, problems, err := packed.Latest(); c == nil || len(problems) > 0 || err != nil {
			for _, p := range problems {
				err = errors.Join(err, p)
			}
			return fmt.Errorf("what was written is not what was read: %w", err)
		}
	}
	return errors.Join(files.Rename(temporary, path), files.SyncDir(root))
}

// rewriteTo returns how many files it wrote.
func rewriteTo(to io.Writer, old []*zip.File, run string, add func(*zip.Writer) error) (int, error) {
	w := zip.NewWriter(to)
	w.RegisterCompressor(disk.PlanesMethod, disk.SplitPlanes)
	w.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	count := 0
	put := func() error {
		if add == nil {
			return nil
		}
		count++
		err := add(w)
		add = nil
		return err
	}
	for _, f := range old {
		if strings.HasPrefix(f.Name, run+"/") {
			continue
		}
		if f.Name > run {
			if err := put(); err != nil {
				return 0, err
			}
		}
		count++
		if err := w.Copy(f); err != nil {
			return 0, err
		}
	}
	if err := put(); err != nil {
		return 0, err
	}
	return count, w.Close()
}
