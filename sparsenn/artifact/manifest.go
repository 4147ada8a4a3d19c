package artifact

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"circuitbook/sparsenn/tensorfile/lookalike"
)

// formatVersion is the version of the checkpoint format that [Run.Save] writes.
// Copies of runs had the next one where they packed a file. This package reads every
// version up to that.
const formatVersion = 1

// packedVersion is the version of checkpoints with packed files.
const packedVersion = formatVersion + 1

const manifestName = "manifest.json"

// manifest is what manifest.json says of a checkpoint.
type manifest struct {
	Format int            `json:"format"`
	Step   int            `json:"step"`
	Done   bool           `json:"done"`
	Files  []manifestFile `json:"files"` // sorted by name
}

type manifestFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	// Parts is there for safetensors files only.
	Parts *fileParts `json:"parts,omitempty"`
	// Packed is there where an older copy packed the file; Name, Size and SHA256 are then
	// of the file on disk.
	Packed *packedFile `json:"packed,omitempty"`
}

// fileParts are sums over the header of a safetensors file (its length
// included) and over each tensor's data, so that damage can be said to lie in
// one of them. They follow each other from the beginning of the file.
type fileParts struct {
	Header  filePart   `json:"header"`
	Tensors []filePart `json:"tensors"`
}

// filePart ends before byte End of the file; CRC is its CRC-32C, hexadecimal.
type filePart struct {
	Name string `json:"name,omitempty"`
	End  int64  `json:"end"`
	CRC  string `json:"crc32c"`
}

// VersionError says that a checkpoint was written by a newer version of this
// program. It is not damage: the checkpoint is left alone.
type VersionError struct {
	Path   string
	Format int
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("%s has format %d, this program reads up to %d: use a newer version of circuitbook", e.Path, e.Format, packedVersion)
}

// The manifest is wrapped so that the file carries its own checksum. The
// wrapping is the same in every version: no damage can pass for a newer one.
const (
	manifestHead   = "{\"sha256\":\""
	manifestMiddle = "\",\"manifest\":"
	manifestTail   = "}\n"
)

func (m manifest) encode() ([]byte, error) {
	body, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	text := []byte(manifestHead + hex.EncodeToString(sum[:]) + manifestMiddle + string(body) + manifestTail)
	if len(text) > maxManifest {
		return nil, fmt.Errorf("%s would take %d bytes, the most are %d: fewer tensors, or shorter names", manifestName, len(text), maxManifest)
	}
	return text, nil
}

// parseManifest reads manifest.json. Any byte that is not as it was written is
// an error, and a newer version is a VersionError with path in it.
func parseManifest(path string, text []byte) (manifest, error) {
	var m manifest
	const digits = 2 * sha256.Size
	fixed := len(manifestHead) + digits + len(manifestMiddle)
	if len(text) < fixed+len(manifestTail) ||
		!bytes.HasPrefix(text, []byte(manifestHead)) ||
		string(text[len(manifestHead)+digits:fixed]) != manifestMiddle ||
		!bytes.HasSuffix(text, []byte(manifestTail)) {
		if what := lookalike.Text(text); what != "" {
			return m, errors.New(what)
		}
		return m, errors.New("it is cut off, or not a manifest")
	}
	body := text[fixed : len(text)-len(manifestTail)]
	sum := sha256.Sum256(body)
	if hex.EncodeToString(sum[:]) != string(text[len(manifestHead):len(manifestHead)+digits]) {
		return m, errors.New("its checksum does not match")
	}
	// The version decides how the rest is to be read.
	var version struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(body, &version); err != nil {
		return m, err
	}
	if version.Format > packedVersion {
		return m, &VersionError{Path: path, Format: version.Format}
	}
	if version.Format < 1 {
		return m, fmt.Errorf("format %d does not exist", version.Format)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&m); err != nil {
		return m, err
	}
	return m, m.check()
}

// check keeps a manifest that was made by hand from reaching outside its
// directory.
func (m manifest) check() error {
	if m.Step < 0 {
		return fmt.Errorf("step %d is negative", m.Step)
	}
	before := ""
	for _, f := range m.Files {
		if err := checkFileName(f.Name); err != nil {
			return err
		}
		if f.Name <= before {
			return fmt.Errorf("file %q does not follow %q", f.Name, before)
		}
		before = f.Name
		if f.Size < 0 {
			return fmt.Errorf("file %q has size %d", f.Name, f.Size)
		}
		if err := checkText(f.Name, f.Size); err != nil {
			return err
		}
		if err := f.checkPacked(m); err != nil {
			return err
		}
	}
	return nil
}

// checkFileName allows plain names only.
func checkFileName(name string) error {
	switch {
	case name == "":
		return errors.New("a file has no name")
	case name == manifestName:
		return fmt.Errorf("%s is written by the store itself", manifestName)
	case strings.HasPrefix(name, "."):
		return fmt.Errorf("file name %q begins with a dot", name)
	case strings.ContainsAny(name, "/\\:\x00") || !filepath.IsLocal(name):
		return fmt.Errorf("file name %q is not a plain name", name)
	}
	return nil
}

// find returns the entry of a file.
func (m manifest) find(name string) (manifestFile, bool) {
	for _, f := range m.Files {
		if f.Name == name {
			return f, true
		}
	}
	return manifestFile{}, false
}
