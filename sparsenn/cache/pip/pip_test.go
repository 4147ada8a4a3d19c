package pip

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWheelIsAsPublished(t *testing.T) {
	s := sha256.Sum256(wheel)
	if got := hex.EncodeToString(s[:]); got != wheelSHA256 {
		t.Errorf("the embedded pip wheel has sha256 %s, not %s", got, wheelSHA256)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{wheelSHA256, "pip-" + Version + "-py3-none-any.whl", "MIT"} {
		if !strings.Contains(string(readme), part) {
			t.Errorf("README.md does not tell %s", part)
		}
	}
}

func TestCommand(t *testing.T) {
	t.Setenv("CIRCUITBOOK_CACHE", t.TempDir())
	cmd, err := Command(t.Context(), "--version")
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "pip "+Version+" ") {
		t.Fatalf("pip --version: %v %s", err, out)
	}
}

func TestCommandWithoutPython(t *testing.T) {
	fakes(t, nil)
	if _, err := Command(t.Context(), "--version"); err == nil {
		t.Fatal("no error")
	}
}

func TestWheelIsRestored(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CIRCUITBOOK_CACHE", dir)
	path, err := Wheel(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if rel, err := filepath.Rel(dir, path); err != nil || !filepath.IsLocal(rel) {
		t.Fatalf("%s is not in %s", path, dir)
	}
	if err := os.WriteFile(path, wheel[:1000], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Wheel(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !holds(path) {
		t.Fatal("a damaged pip stays damaged")
	}
}
