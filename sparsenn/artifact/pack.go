package artifact

import (
	"bytes"
	"circuitbook/sparsenn/artifact/internal/disk"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
)

// packSuffix ends the name of a packed file: copies of runs held large texts so before
// there were archives, and are still read.
const packSuffix = ".gz"

// packedFile is what a packed file holds: the file as it was saved.
type packedFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
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
	if _, ok := maxText(f.Packed.Name); !ok {
		return fmt.Errorf("file %q packs %q, which is no text", f.Name, f.Packed.Name)
	}
	if err := checkText(f.Packed.Name, f.Packed.Size); err != nil {
		return err
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

// unpack reads the content of a packed file, which has to be what was packed. It is
// summed before memory is taken for it, so that one that is not takes none.
func (f manifestFile) unpack(path string) ([]byte, error) {
	var text []byte
	for _, use := range []func(io.Reader) error{
		f.Packed.check,
		func(r io.Reader) error {
			text = make([]byte, f.Packed.Size)
			_, err := io.ReadFull(r, text)
			return errors.Join(err, f.Packed.check(bytes.NewReader(text))) // nobody changed it meanwhile
		},
	} {
		if err := unzip(path, use); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return text, nil
}

func unzip(path string, use func(io.Reader) error) error {
	in, err := disk.OpenRegular(path)
	if err != nil {
		return err
	}
	defer in.Close()
	zip, err := gzip.NewReader(in)
	if err != nil {
		return err
	}
	return use(zip)
}

// check says whether a text is what is packed. It reads on no further than that.
func (p packedFile) check(text io.Reader) error {
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(text, p.Size+1))
	if err != nil {
		return err
	}
	if n != p.Size || hex.EncodeToString(sum.Sum(nil)) != p.SHA256 {
		return fmt.Errorf("damaged: what is packed is not %s as it was saved", p.Name)
	}
	return nil
}
