package disk

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"circuitbook/sparsenn/tensorfile"
	"circuitbook/sparsenn/tensorfile/lookalike"
)

// File is a file that is open for reading.
type File interface {
	fs.File
	io.ReaderAt
}

// OpenRegular is [tensorfile.OpenRegular], also in an archive.
func OpenRegular(path string) (File, error) {
	if archive, inside, ok := InArchive(path); ok {
		return openArchived(archive, inside)
	}
	return tensorfile.OpenRegular(path)
}

// OpenTensors is [tensorfile.Open], also in an archive.
func OpenTensors(path string) (*tensorfile.File, error) {
	f, err := OpenRegular(path)
	if err != nil {
		return nil, err
	}
	stat, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	t, err := tensorfile.New(path, f, stat.Size())
	if err != nil {
		f.Close()
	}
	return t, err
}

// Stat is os.Stat, also in an archive.
func Stat(path string) (fs.FileInfo, error) {
	archive, inside, ok := InArchive(path)
	if !ok {
		return os.Stat(path)
	}
	zip, err := OpenArchive(archive)
	if err != nil {
		return nil, err
	}
	return fs.Stat(zip, inside)
}

// ReadDir is os.ReadDir, also in an archive.
func ReadDir(path string) ([]fs.DirEntry, error) {
	archive, inside, ok := InArchive(path)
	if !ok {
		return os.ReadDir(path)
	}
	zip, err := OpenArchive(archive)
	if err != nil {
		return nil, err
	}
	return fs.ReadDir(zip, inside)
}

// ReadText reads a file of at most so many bytes, whatever its size is said to be.
func ReadText(path string, most int64) ([]byte, error) {
	f, err := OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if stat.Size() > most {
		return nil, &os.PathError{Op: "read", Path: path, Err: fmt.Errorf("it has %d bytes; such a file has at most %d", stat.Size(), most)}
	}
	text := make([]byte, stat.Size())
	n, err := io.ReadFull(f, text)
	if err == io.ErrUnexpectedEOF || err == io.EOF { // it was cut meanwhile
		err = nil
	}
	return text[:n], err
}

// Foreign is what a damaged file is, where it is not the one that was saved.
func Foreign(path string) string {
	f, err := OpenRegular(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, lookalike.Head))
	if err != nil || len(b) == 0 { // an empty file is one cut short
		return ""
	}
	if filepath.Ext(path) == ".gz" {
		b = bytes.TrimPrefix(b, []byte("\x1f\x8b"))
	}
	return lookalike.Text(b)
}
