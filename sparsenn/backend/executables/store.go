package executables

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"circuitbook/sparsenn/cache"
)

// DefaultLimit is how many bytes a store in the cache folder may hold: some
// thousand programs.
const DefaultLimit = 512 << 20

// suffix ends the names of a store's files.
const suffix = ".pjrt"

// magic begins a file; the sha256 of what follows both comes next.
const magic = "circuitbook-executable-1\n"

// A Store is a folder of compiled programs. Any number of processes may use it
// at once. What is in it is executed: nobody may write there who may not also
// replace the plugin.
type Store struct {
	Dir   string // it must exist
	Limit int64  // how many bytes it may hold; what was not used for longest goes first
}

// A Key names a program with all that determines what is compiled from it.
type Key [sha256.Size]byte

// NewKey is the key of parts, which may be any bytes.
func NewKey(parts ...[]byte) Key {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:", len(p)) // so that no two lists of parts run together to one text
		h.Write(p)
	}
	return Key(h.Sum(nil))
}

func (s Store) path(k Key) string { return filepath.Join(s.Dir, hex.EncodeToString(k[:16])+suffix) }

// Load returns what was stored under a key. A file that was damaged, in
// whatever way, counts as absent and is removed; one that somebody else could
// have written counts as absent.
func (s Store) Load(k Key) (data []byte, ok bool) {
	path := s.path(k)
	if cache.Trusted(path) != nil {
		return nil, false
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, false
	}
	rest, ok := bytes.CutPrefix(file, []byte(magic))
	if !ok || len(rest) < sha256.Size || sha256.Sum256(rest[sha256.Size:]) != [sha256.Size]byte(rest) {
		s.Remove(k)
		return nil, false
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // says that it is used; where it may not be said, it is removed sooner
	return rest[sha256.Size:], true
}

// Save stores data under a key and then removes what the limit no longer has
// room for.
func (s Store) Save(k Key, data []byte) error {
	if s.Limit > 0 && int64(len(data)) > s.Limit/4 {
		return nil // for one program many others would have to go
	}
	sum := sha256.Sum256(data)
	err := cache.WriteAtomic(s.path(k), 0o644, func(f *os.File) error {
		_, err := f.Write(slices.Concat([]byte(magic), sum[:], data))
		return err
	})
	if err != nil {
		return fmt.Errorf("storing a compiled program: %w", err)
	}
	return s.trim()
}

// Remove forgets what is stored under a key.
func (s Store) Remove(k Key) { _ = os.Remove(s.path(k)) }

// files are the files of the store, those that were not used for longest first.
func (s Store) files() []os.FileInfo {
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return nil
	}
	var files []os.FileInfo
	for _, e := range entries {
		// One may be gone by now.
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && strings.HasSuffix(e.Name(), suffix) {
			files = append(files, info)
		}
	}
	slices.SortFunc(files, func(a, b os.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	return files
}

// trim removes files until the store is well below its limit.
func (s Store) trim() error {
	if s.Limit <= 0 {
		return nil
	}
	files, size := s.files(), int64(0)
	for _, f := range files {
		size += f.Size()
	}
	if size <= s.Limit {
		return nil
	}
	for _, f := range files {
		if size <= s.Limit-s.Limit/8 {
			break
		}
		if err := os.Remove(filepath.Join(s.Dir, f.Name())); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("removing old compiled programs: %w", err)
		}
		size -= f.Size()
	}
	return nil
}
