package cache

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Extract copies one member of a wheel (or any zip file) to the file dest,
// whose folder is created: to a temporary file first, then renamed. The
// member's checksum and length are verified, and its sha256 too unless the
// argument is empty. member is the full name inside the wheel, with slashes.
func Extract(wheel, member, dest, sha256hex string) error {
	z, err := zip.OpenReader(wheel)
	if err != nil {
		return fmt.Errorf("cannot open wheel %s: %w", wheel, err)
	}
	defer func() { _ = z.Close() }()
	var f *zip.File
	for _, m := range z.File {
		if m.Name == member {
			f = m
			break
		}
	}
	if f == nil || !f.Mode().IsRegular() {
		return fmt.Errorf("wheel %s holds no file %s", wheel, member)
	}
	src, err := f.Open()
	if err != nil {
		return fmt.Errorf("wheel %s, %s: %w", wheel, member, err)
	}
	defer func() { _ = src.Close() }()
	if err := os.MkdirAll(filepath.Dir(dest), 0o755); err != nil {
		return err
	}
	return WriteAtomic(dest, 0o644, func(out *os.File) error {
		h := sha256.New()
		// One byte more than announced is enough to see that it is too long,
		// and keeps a forged header from filling the disk.
		n, err := io.Copy(io.MultiWriter(out, h), io.LimitReader(src, int64(f.UncompressedSize64)+1))
		if err != nil {
			return fmt.Errorf("wheel %s, %s: %w", wheel, member, err)
		}
		if uint64(n) != f.UncompressedSize64 {
			return fmt.Errorf("wheel %s, %s: %d bytes, %d announced", wheel, member, n, f.UncompressedSize64)
		}
		if got := hex.EncodeToString(h.Sum(nil)); sha256hex != "" && got != sha256hex {
			return fmt.Errorf("wheel %s, %s: sha256 is %s, not %s", wheel, member, got, sha256hex)
		}
		return nil
	})
}
