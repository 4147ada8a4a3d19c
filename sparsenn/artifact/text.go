package artifact

import (
	"fmt"
	"path/filepath"
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
