package shim

import (
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
