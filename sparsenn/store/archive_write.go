package store

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// sharedBelow is the size, in bytes, below which runs of a kind share an archive: rows
// of a sweep, circuits, proofs.
const sharedBelow = 256 << 10

// Pack is [Copy] into an archive of the root, which notebooks are committed with: one
// file for a run, ROOT/KIND-HASH.zip, or for all small ones of a kind, ROOT/KIND.zip.
// Runs in archives are found like others. A run's bytes in an archive, and the order of
// its runs, are a function of the runs alone.
func Pack(dir, root string) (bool, error) { return packRun(osFiles{}, dir, root) }

func packRun(files fileSystem, dir, root string) (bool, error) {
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
				header.Method = planesMethod
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
func rewrite(files fileSystem, path, run string, add func(*zip.Writer) error) (err error) {
	root := filepath.Dir(path)
	lock, err := lockRun(root, filepath.Base(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	var old []*zip.File
	if r, err := openArchive(path); err == nil {
		old = r.File
	} else if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	fresh, err := files.MkdirTemp(root, temporaryPrefix+"*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, files.RemoveAll(fresh)) }()
	temporary := filepath.Join(fresh, filepath.Base(path))
	count := 0
	err = writeFile(files, temporary, func(w io.Writer) error {
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
		forget(temporary)
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
	w.RegisterCompressor(planesMethod, splitPlanes)
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
