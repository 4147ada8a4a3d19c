package module

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write makes a folder with a go.mod of the given text and returns it.
func write(t *testing.T, text string, elem ...string) string {
	t.Helper()
	dir := filepath.Join(elem...)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	return real
}

const engine = "module circuitbook\n\ngo 1.26\n\nrequire example.com/a v1.2.3\n"

func TestFindOrder(t *testing.T) {
	root := t.TempDir()
	byNotebook := write(t, engine, root, "notebook")
	byCwd := write(t, engine, root, "cwd")
	byEnv := write(t, engine, root, "env")
	byRecord := write(t, engine, root, "record")
	// A module of another name on the way up is passed over.
	write(t, "module other\n", byNotebook, "deep")
	deep := filepath.Join(byNotebook, "deep", "er")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	all := Search{
		Notebook: filepath.Join(deep, "a.ipynb"),
		Cwd:      byCwd,
		Env:      byEnv,
		Record:   byRecord,
	}
	for _, want := range []string{byNotebook, byCwd, byEnv, byRecord} {
		m, err := all.Find()
		if err != nil {
			t.Fatal(err)
		}
		if m.Dir != want {
			t.Errorf("found %s, want %s", m.Dir, want)
		}
		switch want {
		case byNotebook:
			all.Notebook = ""
		case byCwd:
			all.Cwd = root
		case byEnv:
			all.Env = ""
		}
	}
}

func TestFindNothing(t *testing.T) {
	_, err := Search{Cwd: t.TempDir(), Record: t.TempDir()}.Find()
	if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "$"+Env) {
		t.Errorf("got %v", err)
	}
}

func TestFindWrongEnv(t *testing.T) {
	other := write(t, "module other\n", t.TempDir())
	_, err := Search{Env: other, Record: other}.Find()
	if err == nil || !strings.Contains(err.Error(), "$"+Env) {
		t.Errorf("a wrong $%s gave %v", Env, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nonsense": "modul circuitbook",
		"nameless": "go 1.26\n",
		"huge":     engine + strings.Repeat("// padding\n", maxGoMod/10),
	} {
		dir := write(t, text, t.TempDir())
		if _, err := Open(dir); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestVersion(t *testing.T) {
	m, err := Open(write(t, engine, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	if v := m.Version("example.com/a"); v != "v1.2.3" {
		t.Errorf("version %q", v)
	}
	if v := m.Version("example.com/b"); v != "" {
		t.Errorf("version of what is not required: %q", v)
	}
}
