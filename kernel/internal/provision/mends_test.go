package provision

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMended holds that GoNB, as go.mod pins it, is what the mends were made
// for, that each is in what is built, and that another source is refused.
func TestMended(t *testing.T) {
	dir := t.TempDir()
	m := testModule(t)
	file, err := mended(t.Context(), "go", m, dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range mends {
		text, err := os.ReadFile(filepath.Join(dir, "gonb", d.file))
		if err != nil || !strings.Contains(string(text), d.new) {
			t.Errorf("%s has not %q: %v", d.file, d.new, err)
		}
	}
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), gonbPath+" => "+filepath.Join(dir, "gonb")) {
		t.Errorf("%v\n%s", err, text)
	}
	kept := mends
	defer func() { mends = kept }()
	mends = []mend{{"main.go", "no such text", ""}}
	if _, err := mended(t.Context(), "go", m, t.TempDir()); err == nil || !strings.Contains(err.Error(), "0 times") {
		t.Errorf("got %v", err)
	}
	if mendsKey() == (func() string { mends = nil; return mendsKey() })() {
		t.Error("what is built with mends has the name of what is not")
	}
}
