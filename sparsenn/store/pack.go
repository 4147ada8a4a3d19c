package store

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

const (
	// packSuffix ends the name of a packed file.
	packSuffix = ".gz"
	// packFrom is the size from which a copy packs a text.
	packFrom = 64 << 10
)

// packedFile is what a packed file holds: the file as it was saved.
type packedFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// packs says whether a copy packs a file: texts that are large, of which little is
// left. Weights hardly shrink, and are read in place.
func (f manifestFile) packs() bool {
	ext := filepath.Ext(f.Name)
	return f.Packed == nil && f.Size >= packFrom && (ext == ".json" || ext == ".jsonl")
}

// check says what is wrong with a packed file; of one that is not packed, nothing.
func (f manifestFile) checkPacked(m manifest) error {
	if f.Packed == nil {
		return nil
	}
	if err := checkFileName(f.Packed.Name); err != nil {
		return err
	}
	if m.Format < packedVersion || f.Name != f.Packed.Name+packSuffix || f.Packed.Size < 0 {
		return fmt.Errorf("file %q does not pack %q of %d bytes in a manifest of format %d", f.Name, f.Packed.Name, f.Packed.Size, m.Format)
	}
	if _, ok := m.find(f.Packed.Name); ok {
		return fmt.Errorf("file %q is there packed and as it is", f.Packed.Name)
	}
	return nil
}

// packed returns the entry of the file that packs one of that name.
func (m manifest) packed(name string) (manifestFile, bool) {
	i := slices.IndexFunc(m.Files, func(f manifestFile) bool { return f.Packed != nil && f.Packed.Name == name })
	if i < 0 {
		return manifestFile{}, false
	}
	return m.Files[i], true
}

// pack writes a packed copy of a file into dir. Its content is summed on the way and
// has to be what the manifest says.
func (f manifestFile) pack(files fileSystem, from, dir string) (manifestFile, error) {
	text, err := os.ReadFile(from)
	if err != nil {
		return f, err
	}
	p := packedFile{f.Name, f.Size, f.SHA256}
	if err := p.check(text); err != nil {
		return f, err
	}
	var b bytes.Buffer
	zip, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = zip.Write(text)
	}
	if err == nil {
		err = zip.Close()
	}
	if err != nil {
		return f, err
	}
	sum := sha256.Sum256(b.Bytes())
	out := manifestFile{Name: f.Name + packSuffix, Size: int64(b.Len()), SHA256: hex.EncodeToString(sum[:]), Packed: &p}
	return out, writeFile(files, filepath.Join(dir, out.Name), func(w io.Writer) error {
		_, err := w.Write(b.Bytes())
		return err
	})
}

// unpack reads the content of a packed file, which has to be what was packed. It
// takes no more memory than the manifest says.
func (f manifestFile) unpack(path string) ([]byte, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	zip, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	text, err := io.ReadAll(io.LimitReader(zip, f.Packed.Size+1))
	if err == nil {
		err = f.Packed.check(text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return text, nil
}

// check says whether text is what is packed.
func (p packedFile) check(text []byte) error {
	sum := sha256.Sum256(text)
	if int64(len(text)) != p.Size || hex.EncodeToString(sum[:]) != p.SHA256 {
		return fmt.Errorf("damaged: what is packed is not %s as it was saved", p.Name)
	}
	return nil
}
