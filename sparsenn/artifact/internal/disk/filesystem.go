package disk

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// Temporary begins the name of what is being written, or what a kill left of it.
const Temporary = ".tmp-"

// System is what writing needs of the operating system, so that tests can
// make each of its calls fail. Reading goes to package os directly.
type System interface {
	MkdirTemp(dir, pattern string) (string, error)
	Create(path string) (Writable, error) // fails if there is a file
	Rename(from, to string) error
	RemoveAll(path string) error
	Exchange(a, b string) error // errors.ErrUnsupported where there is no such thing
	SyncDir(path string) error
}

type Writable interface {
	io.WriteCloser
	Sync() error
}

// OS is the real one.
type OS struct{}

// MkdirTemp gives the directory the usual permissions: os.MkdirTemp's are for
// secrets, and the directory is to be renamed to its final name.
func (OS) MkdirTemp(dir, pattern string) (string, error) {
	path, err := os.MkdirTemp(dir, pattern)
	if err != nil {
		return "", err
	}
	return path, os.Chmod(path, 0o755)
}

func (OS) Create(path string) (Writable, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
}

func (OS) Rename(from, to string) error { return os.Rename(from, to) }

func (OS) RemoveAll(path string) error { return os.RemoveAll(path) }

// SyncDir makes the names in a directory durable. Windows cannot open a
// directory for it and needs nothing of the kind, and some network file
// systems refuse with EINVAL or ENOTSUP, where there is nothing to be had.
func (OS) SyncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	err = dir.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, dir.Close())
}

// Write writes and syncs a new file.
func Write(fs System, path string, write func(io.Writer) error) error {
	f, err := fs.Create(path)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Replace puts a file with the given content at path, whole or not at all.
func Replace(fs System, path string, content []byte) error {
	dir := filepath.Dir(path)
	temporary, err := fs.MkdirTemp(dir, Temporary+"*")
	if err != nil {
		return err
	}
	defer fs.RemoveAll(temporary)
	written := filepath.Join(temporary, filepath.Base(path))
	err = Write(fs, written, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
	if err != nil {
		return err
	}
	if err := fs.Rename(written, path); err != nil {
		return err
	}
	return fs.SyncDir(dir)
}
