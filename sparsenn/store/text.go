package store

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"circuitbook/sparsenn/store/lookalike"
)

// How large the texts of a run can be, in bytes: some room above what this program
// writes, and little enough that one from elsewhere cannot take a machine's memory.
const (
	maxConfig   = 1 << 20
	maxManifest = 16 << 20 // a line for each tensor
	maxJSON     = 64 << 20 // a circuit
	maxLines    = 256 << 20
)

// provenanceName is the file that [Provenance.JSON] is saved as.
const provenanceName = "provenance.json"

// maxText is how large a text of a checkpoint can be; ok is false for other files.
func maxText(name string) (most int64, ok bool) {
	switch ext := filepath.Ext(name); {
	case name == provenanceName:
		return maxConfig, true
	case ext == ".json":
		return maxJSON, true
	case ext == ".jsonl":
		return maxLines, true
	}
	return 0, false
}

// checkText says that a text is larger than its kind can be.
func checkText(name string, size int64) error {
	if most, ok := maxText(name); ok && size > most {
		return fmt.Errorf("%s is said to have %d bytes; such a file has at most %d", name, size, most)
	}
	return nil
}

// file is a file that is open for reading.
type file interface {
	fs.File
	io.ReaderAt
}

// openRegular opens a file for reading, also one in an archive. A pipe, on which
// opening would wait without end, a folder and a device are errors.
func openRegular(path string) (file, error) {
	stat, err := statPath(path)
	if err != nil {
		return nil, err
	}
	if !stat.Mode().IsRegular() {
		return nil, &os.PathError{Op: "open", Path: path, Err: fmt.Errorf("not a regular file, but %s", kindOf(stat.Mode()))}
	}
	if archive, inside, ok := inArchive(path); ok {
		return openArchived(archive, inside)
	}
	return os.Open(path)
}

// statPath is os.Stat, also in an archive.
func statPath(path string) (fs.FileInfo, error) {
	archive, inside, ok := inArchive(path)
	if !ok {
		return os.Stat(path)
	}
	zip, err := openArchive(archive)
	if err != nil {
		return nil, err
	}
	return fs.Stat(zip, inside)
}

// readDir is os.ReadDir, also in an archive.
func readDir(path string) ([]fs.DirEntry, error) {
	archive, inside, ok := inArchive(path)
	if !ok {
		return os.ReadDir(path)
	}
	zip, err := openArchive(archive)
	if err != nil {
		return nil, err
	}
	return fs.ReadDir(zip, inside)
}

func kindOf(m os.FileMode) string {
	switch {
	case m.IsDir():
		return "a folder"
	case m&os.ModeNamedPipe != 0:
		return "a pipe"
	}
	return strings.ToLower(m.Type().String())
}

// readText reads a file of at most so many bytes, whatever its size is said to be.
func readText(path string, most int64) ([]byte, error) {
	f, err := openRegular(path)
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

// foreign is what a damaged file is, where it is not the one that was saved.
func foreign(path string) string {
	f, err := openRegular(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, lookalike.Head))
	if err != nil || len(b) == 0 { // an empty file is one cut short
		return ""
	}
	if filepath.Ext(path) == packSuffix {
		b = bytes.TrimPrefix(b, []byte("\x1f\x8b"))
	}
	return lookalike.Text(b)
}
