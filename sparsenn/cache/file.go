package cache

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"

	"circuitbook/sparsenn/cache/internal/place"
)

// SHA256File returns the sha256 of a file's content in lower-case hexadecimal.
func SHA256File(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// WriteAtomic writes the file path through write: first to a temporary file in
// the same folder, which must exist, then synced and renamed, so that path is
// never seen half written. After an error path is as it was before.
func WriteAtomic(path string, perm os.FileMode, write func(f *os.File) error) error {
	return place.WriteAtomic(path, perm, write)
}
