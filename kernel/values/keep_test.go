package values

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// kernelDir is a kernel's folder with its folders of values.
func kernelDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv(envDir, dir)
	for _, d := range []string{NewDir, KeptDir} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// commit moves what was kept to where it is loaded from.
func commit(t *testing.T, dir string) {
	t.Helper()
	for _, d := range []string{KeptDir} {
		if err := os.RemoveAll(filepath.Join(dir, d)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(filepath.Join(dir, NewDir), filepath.Join(dir, KeptDir)); err != nil {
		t.Fatal(err)
	}
}

// TestKeep: a variable has its value and its type in the next program.
func TestKeep(t *testing.T) {
	dir := kernelDir(t)
	var held any = []string{"a"}
	if err := Keep("held", "", held); err != nil {
		t.Fatal(err)
	}
	if err := Keep("n", "n = 1 << 40", 1<<40); err != nil {
		t.Fatal(err)
	}
	if err := Keep("f", "", func() {}); err != nil {
		t.Fatal(err)
	}
	commit(t, dir)
	h, err := ReadHeader(filepath.Join(dir, KeptDir), "held")
	if err != nil || h.Expr != "any" || len(h.Holds) != 1 || h.Holds[0].Expr != "[]string" || h.Size == 0 || h.Why != "" {
		t.Errorf("%+v, %v", h, err)
	}
	if got := Load[any]("held", 1, reflect.TypeFor[[]string]()); !reflect.DeepEqual(got, held) {
		t.Errorf("got %v", got)
	}
	if got := Load[int]("n", 1); got != 1<<40 {
		t.Errorf("got %v", got)
	}
	if h, err := ReadHeader(filepath.Join(dir, KeptDir), "f"); err != nil || h.Type != "func()" || !strings.Contains(h.Why, "a function has no value") {
		t.Errorf("%+v, %v", h, err)
	}
	for name, c := range map[string]struct {
		v     reflect.Value
		holds []reflect.Type
		want  string
	}{
		"n":    {reflect.New(reflect.TypeFor[int32]()).Elem(), nil, "int32, or one that this consists of, has changed since"},
		"held": {reflect.New(reflect.TypeFor[any]()).Elem(), []reflect.Type{reflect.TypeFor[[]int]()}, "[]int, or one"},
		"f":    {reflect.New(reflect.TypeFor[func()]()).Elem(), nil, "a function has no value"},
		"none": {reflect.New(reflect.TypeFor[int]()).Elem(), nil, "no such file"},
	} {
		if err := load(filepath.Join(dir, KeptDir), name, c.v, c.holds); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestLimit: what is too large is noted and not written, and what cannot be written
// at all is an error.
func TestLimit(t *testing.T) {
	dir := kernelDir(t)
	t.Setenv(EnvLimit, "1000")
	if err := Keep("big", "", make([]byte, 1001)); err != nil {
		t.Fatal(err)
	}
	h, err := ReadHeader(filepath.Join(dir, NewDir), "big")
	if err != nil || !strings.Contains(h.Why, "more than 1000 bytes") {
		t.Errorf("%+v, %v", h, err)
	}
	t.Setenv(EnvLimit, "many")
	if err := Keep("x", "", 1); err == nil || !strings.Contains(err.Error(), EnvLimit) {
		t.Errorf("%v", err)
	}
	t.Setenv(EnvLimit, "")
	if err := keep("/dev/full", Header{}, reflect.ValueOf(make([]byte, 1<<20)), 1<<30); err == nil {
		t.Error("a full disk is no error")
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := Keep("x", "", 1); err == nil || !strings.Contains(err.Error(), "not kept") {
		t.Errorf("without a folder: %v", err)
	}
}

// BenchmarkKeep keeps and loads 100 MB.
func BenchmarkKeep(b *testing.B) {
	dir := b.TempDir()
	x := reflect.ValueOf(make([]float64, 100<<20/8))
	b.SetBytes(100 << 20)
	for b.Loop() {
		if err := keep(filepath.Join(dir, "x"), Header{}, x, DefaultLimit); err != nil {
			b.Fatal(err)
		}
		var back []float64
		if err := load(dir, "x", reflect.ValueOf(&back).Elem(), nil); err != nil {
			b.Fatal(err)
		}
	}
}

// TestHeader: a header comes back as it was, whatever is in it.
func TestHeader(t *testing.T) {
	dir := t.TempDir()
	want := Header{Name: "n", Type: "a \"b\"\n日本", Expr: "`x`", Shape: "s", Holds: []Held{{"a b", "1"}, {"", "2"}}, Size: 1 << 40, Why: "\x00", Spec: "x = `\n`", Cell: 7}
	if err := want.Write(dir); err != nil {
		t.Fatal(err)
	}
	if err := (Header{Name: "a"}).Write(dir); err != nil {
		t.Fatal(err)
	}
	list, err := List(dir)
	if err != nil || !reflect.DeepEqual(list, []Header{{Name: "a"}, want}) {
		t.Errorf("%+v, %v", list, err)
	}
	for _, bad := range []string{"name x\n", "size \"x\"\n", "cell \"\"\n"} {
		if _, err := parseHeader(bad); err == nil {
			t.Errorf("%q is a header", bad)
		}
	}
	if err := Remove(dir, "a"); err != nil {
		t.Fatal(err)
	}
	if list, err := List(dir); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
	if err := Remove(dir, "a"); err != nil {
		t.Errorf("of nothing: %v", err)
	}
}

// TestFull: where the disk is full nothing is kept, and it is said.
func TestFull(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full here")
	}
	dir := kernelDir(t)
	if err := os.Symlink("/dev/full", filepath.Join(dir, NewDir, "x")); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 1 << 20} { // what is written at its end, and on the way
		err := Keep("x", "", make([]int, n))
		if err == nil || !strings.Contains(err.Error(), "no space left") || !strings.Contains(err.Error(), "not kept") {
			t.Errorf("%d numbers: %v", n, err)
		}
		if _, err := ReadHeader(filepath.Join(dir, NewDir), "x"); err == nil {
			t.Errorf("%d numbers are kept", n)
		}
	}
}
