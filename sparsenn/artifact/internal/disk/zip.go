package disk

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// An archive is a zip of finished runs in a root, each in a folder KIND-HASH as it
// would lie in the root itself. A path of a run in one leads through the zip, as in
// ROOT/point.zip/point-0123456789abcdef, and is read like any other: see
// [OpenRegular], [Stat] and [ReadDir].
const ArchiveSuffix = ".zip"

// InArchive splits a path that leads into an archive; inside is "." for the archive
// itself, whose path ends with a separator then.
func InArchive(path string) (archive, inside string, ok bool) {
	const end = ArchiveSuffix + string(filepath.Separator)
	i := strings.LastIndex(path, end)
	if i < 0 {
		return "", "", false
	}
	archive = path[:i+len(ArchiveSuffix)]
	if stat, err := os.Stat(archive); err != nil || stat.IsDir() {
		return "", "", false
	}
	return archive, cmp.Or(filepath.ToSlash(path[i+len(end):]), "."), true
}

// archives remembers the directories of zips: a sweep reads hundreds of rows of one.
var archives struct {
	sync.Mutex
	m map[string]archive
}

type archive struct {
	zip  *zip.Reader
	stat fs.FileInfo // as it was when it was read
}

// OpenArchive reads the directory of a zip. One that is not there, or is no file, is
// fs.ErrNotExist.
func OpenArchive(path string) (*zip.Reader, error) {
	stat, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !stat.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	archives.Lock()
	defer archives.Unlock()
	if a, ok := archives.m[path]; ok && os.SameFile(a.stat, stat) && a.stat.Size() == stat.Size() && a.stat.ModTime().Equal(stat.ModTime()) {
		return a.zip, nil
	}
	r, err := zip.NewReader(byPath(path), stat.Size())
	if err != nil {
		reason := err.Error()
		head := make([]byte, 2)
		if _, err := byPath(path).ReadAt(head, 0); err == nil && string(head) != "PK" {
			reason = cmp.Or(Foreign(path), reason)
		}
		return nil, fmt.Errorf("%s cannot be read, nor any run in it: %s", path, reason)
	}
	r.RegisterDecompressor(PlanesMethod, joinPlanes)
	if archives.m == nil {
		archives.m = map[string]archive{}
	}
	archives.m[path] = archive{r, stat}
	return r, nil
}

// Forget ends what is remembered of a temporary archive.
func Forget(path string) {
	archives.Lock()
	defer archives.Unlock()
	delete(archives.m, path)
}

// byPath reads a file that it opens each time, so that what is remembered of an
// archive holds none open.
type byPath string

func (p byPath) ReadAt(b []byte, offset int64) (int, error) {
	f, err := os.Open(string(p))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return f.ReadAt(b, offset)
}

// archived is a file in an archive.
type archived struct {
	fs.File
	all func() (*bytes.Reader, error)
}

func openArchived(path, inside string) (File, error) {
	zip, err := OpenArchive(path)
	if err != nil {
		return nil, err
	}
	open := func() (fs.File, error) { return zip.Open(inside) }
	f, err := open()
	if err != nil {
		return nil, err
	}
	return &archived{f, sync.OnceValues(func() (*bytes.Reader, error) {
		f, err := open()
		if err != nil {
			return nil, err
		}
		defer f.Close()
		b, err := io.ReadAll(f)
		return bytes.NewReader(b), err
	})}, nil
}

// ReadAt has all of the file unpacked the first time.
func (f *archived) ReadAt(b []byte, offset int64) (int, error) {
	all, err := f.all()
	if err != nil {
		return 0, err
	}
	return all.ReadAt(b, offset)
}
