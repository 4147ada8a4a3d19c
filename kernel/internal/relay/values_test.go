package relay

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"circuitbook/kernel/internal/shim"
	"circuitbook/kernel/values"
)

// leave has a cell leave values behind, as its program does.
func leave(t *testing.T, r *Relay, headers ...values.Header) {
	t.Helper()
	dir := filepath.Join(r.dir, values.NewDir)
	for _, h := range headers {
		if err := errors.Join(h.Write(dir), os.WriteFile(filepath.Join(dir, h.Name), []byte(h.Type), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}

func files(t *testing.T, r *Relay, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(filepath.Join(r.dir, dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// TestKeepValues: what a cell leaves behind is kept when it did well and gone when it
// did not, under the cell that made it.
func TestKeepValues(t *testing.T) {
	r := &Relay{dir: t.TempDir(), kept: map[string]values.Header{}, stock: map[string]bool{}, log: slog.New(slog.DiscardHandler)}
	begin := func(code string) {
		t.Helper()
		if err := r.beginValues(code); err != nil {
			t.Fatal(err)
		}
	}
	keep := func(cell int, declares ...string) {
		t.Helper()
		set := map[string]bool{}
		for _, name := range declares {
			set[name] = true
		}
		if err := r.keepValues(cell, set); err != nil {
			t.Fatal(err)
		}
	}
	begin("var y = 1\nx := 1")
	text, err := os.ReadFile(filepath.Join(r.dir, shim.NowName))
	if err != nil || string(text) != `{"declares":["y"],"stock":null}` {
		t.Errorf("%s, %v", text, err)
	}
	leave(t, r, values.Header{Name: "x", Type: "int", Expr: "int"}, values.Header{Name: "f", Type: "func()", Why: "a function"})
	keep(1, "x", "f")
	begin("x++")
	leave(t, r, values.Header{Name: "x", Type: "bool", Expr: "bool"})
	begin("x") // the cell before it failed
	keep(3)
	if got := files(t, r, values.KeptDir); !slices.Equal(got, []string{"f.header", "x", "x.header"}) || r.kept["x"].Type != "int" {
		t.Errorf("%v, %+v", got, r.kept)
	}
	begin("x++")
	leave(t, r, values.Header{Name: "x", Type: "int", Expr: "int", Size: 5})
	keep(4)
	if h := r.kept["x"]; h.Cell != 1 || h.Size != 5 {
		t.Errorf("changed by cell 4: %+v", h)
	}
	begin("x := nil")
	leave(t, r, values.Header{Name: "x", Type: "chan int", Why: "a channel"})
	keep(5, "x")
	if got := files(t, r, values.KeptDir); !slices.Equal(got, []string{"f.header", "x.header"}) || r.kept["x"].Cell != 5 {
		t.Errorf("what was kept of x is still there: %v, %+v", got, r.kept)
	}
	if h, err := values.ReadHeader(filepath.Join(r.dir, values.KeptDir), "x"); err != nil || h.Cell != 5 || h.Why != "a channel" {
		t.Errorf("%+v, %v", h, err)
	}
	if err := os.RemoveAll(filepath.Join(r.dir, values.KeptDir)); err != nil {
		t.Fatal(err)
	}
	leave(t, r, values.Header{Name: "z", Type: "int", Expr: "int"})
	if err := r.keepValues(6, nil); err == nil {
		t.Error("without a folder it is kept")
	}
}

// TestOwnMagics: the magics of values are the relay's, their lines stay empty, and the
// rest of the cell is GoNB's.
func TestOwnMagics(t *testing.T) {
	r := &Relay{dir: t.TempDir(), kept: map[string]values.Header{
		"b": {Name: "b", Type: "[]main.P", Size: 7, Cell: 2}, "a": {Name: "a", Type: "func()", Why: "a function has no value", Cell: 1}}}
	rest, printed, err := r.ownMagics("%values\nx := `\n%values`\n!ls\n%forget a")
	if err != nil || rest != "\nx := `\n%values`\n!ls\n" {
		t.Errorf("%q, %v", rest, err)
	}
	want := "name  type    bytes                              cell\na     func()  not kept: a function has no value  1\nb     []P     7                                  2\n"
	if printed != want {
		t.Errorf("printed\n%s\nwant\n%s", printed, want)
	}
	if _, ok := r.kept["a"]; ok || len(r.kept) != 1 {
		t.Errorf("%v", r.kept)
	}
	if _, _, err := r.ownMagics("%forget b a"); err == nil || !strings.Contains(err.Error(), "line 1: there is no value a") {
		t.Errorf("%v", err)
	}
	if _, printed, _ := r.ownMagics("%values"); printed != "no values are kept\n" {
		t.Errorf("printed %q", printed)
	}
}

// TestDeclaration: the type checker is told what is kept.
func TestDeclaration(t *testing.T) {
	got := declaration(map[string]values.Header{
		"u": {Name: "u", Expr: `map["main".K]*"net/url".URL`}, "n": {Name: "n", Expr: "int"}, "v": {Name: "v", Expr: "int", Spec: "v = 1"}, "f": {Name: "f", Why: "a function"}})
	if want := "import circuitbookPkg0 \"net/url\"\nvar n int\nvar u map[K]*circuitbookPkg0.URL\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
