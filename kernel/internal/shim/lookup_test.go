package shim

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	l := NewLookup(newSetup(t))
	for _, name := range []string{"train", "fmt", "http", "json"} {
		if !slices.Contains(l.Packages(), name) {
			t.Errorf("%s is no package", name)
		}
	}
	if l := l.Packages(); !slices.IsSorted(l) || slices.Contains(l, "internal") || slices.Contains(l, "vendor") {
		t.Errorf("got %q", l)
	}
	for name, want := range map[string]string{"train": "Config Draw Run", "plugin": "Lookup Open Path Plugin Symbol", "nosuch": "", "model": ""} {
		got := strings.Join(slices.DeleteFunc(l.Members(name), func(s string) bool { return name == "plugin" && !strings.Contains(want, s) }), " ")
		if got != want && (name != "plugin" || !strings.Contains(got, "Path")) {
			t.Errorf("%s has %q, want %q", name, got, want)
		}
	}
	if got := l.Doc(t.Context(), "fmt", "Println"); !strings.Contains(got, "func Println(a ...any)") {
		t.Errorf("got %q", got)
	}
	if got := l.Doc(t.Context(), "train", ""); !strings.Contains(got, "package train") {
		t.Errorf("got %q", got)
	}
	for _, q := range [][2]string{{"fmt", "Nosuch"}, {"nosuch", "X"}, {"nosuch", ""}} {
		if got := l.Doc(t.Context(), q[0], q[1]); got != "" {
			t.Errorf("%v: %q", q, got)
		}
	}
}

// TestDocInAFreshModuleCache: what is asked about is all that has to be there, and
// not the modules of the modules that are required.
func TestDocInAFreshModuleCache(t *testing.T) {
	s := newSetup(t)
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOFLAGS", "-mod=mod")
	files(t, s.Module, map[string]string{
		"go.mod":              "module circuitbook\n\ngo 1.26\n\nrequire example.com/absent v1.0.0\n",
		"sparsenn/model/m.go": "// Package model models.\npackage model\n\n// A Model is one.\ntype Model struct{}\n\n// Top is at the top.\nfunc (*Model) Top() {}\n",
	})
	l := NewLookup(s)
	for _, q := range []struct{ path, member, want string }{
		{"circuitbook/sparsenn/model", "Model.Top", "Top is at the top."},
		{"circuitbook/sparsenn/model", "Model", "A Model is one."},
		{"circuitbook/sparsenn/model", "", "package model // import \"circuitbook/sparsenn/model\""},
		{"strings", "Builder.Grow", "import \"strings\"\n\nfunc (b *Builder) Grow(n int)"},
		{"net/http", "Get", "func Get("},
		{"circuitbook/sparsenn/model", "Nosuch", ""},
		{"example.com/absent", "", ""},
	} {
		if got := l.DocAt(t.Context(), q.path, q.member); !strings.Contains(got, q.want) || (got == "") != (q.want == "") {
			t.Errorf("%s %s: %q", q.path, q.member, got)
		}
	}
}

// TestTemp: what a go command of the look-up leaves when it is killed with the
// kernel lies where the kernel takes it away.
func TestTemp(t *testing.T) {
	dir := t.TempDir()
	s := newSetup(t)
	files(t, dir, map[string]string{"go": "#!/bin/sh\ntouch \"$GOTMPDIR/go-build1\"\n"})
	if err := os.Chmod(filepath.Join(dir, "go"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.Go, s.Temp = filepath.Join(dir, "go"), t.TempDir()
	NewLookup(s).DocAt(t.Context(), "strings", "")
	if _, err := os.Stat(filepath.Join(s.Temp, "go-build1")); err != nil {
		t.Error(err)
	}
}
