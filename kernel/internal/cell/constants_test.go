package cell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// values are those of the constants of a file, with their types.
func values(t *testing.T, text string) map[string]string {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", "package p\n"+text, 0)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	pkg, err := (&types.Config{}).Check("p", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	all := map[string]string{}
	for _, name := range pkg.Scope().Names() {
		if c, ok := pkg.Scope().Lookup(name).(*types.Const); ok {
			all[name] = c.Type().String() + " " + c.Val().ExactString()
		}
	}
	return all
}

// TestSpelled: constants keep their values when each stands on a line of its own.
func TestSpelled(t *testing.T) {
	for source, changes := range map[string]bool{
		"const (\n\ta, b = iota, iota + 10\n\tc, d\n\te = iota * 2\n\tf\n\tg, h\n)":      false, // g, h have one value
		"const (\n\ta, b = iota, iota + 10\n\tc, d\n\t_, _\n\te, f // last\n)":           true,
		"const (\n\ta = iota\n\tb, c uint8 = 1 << iota, 1 <<\n\t\t(iota + 1)\n\td, e\n)": true,
		"const a, b = iota, iota + 1":                          true,
		"const a, b = 1, 2":                                    false,
		"const (\n\ta = iota\n\tb\n)":                          false,
		"const (\n\ta, b = \"x\", 'y'\n\tc, d\n)\nconst e = 2": true,
	} {
		items, _ := split(source)
		got := spelled(source, items)
		if changes != (got != source) || strings.Count(got, "\n") != strings.Count(source, "\n") {
			t.Errorf("%q became %q", source, got)
		}
		if strings.Contains(source, "g, h") {
			continue
		}
		if diff := cmp.Diff(values(t, source), values(t, got)); diff != "" {
			t.Errorf("%q became %q (-want +got):\n%s", source, got, diff)
		}
		if changes && strings.Contains(got, "iota") {
			t.Errorf("%q became %q, which counts", source, got)
		}
	}
	p := Prepare("const (\n\ta, b = iota, iota + 10\n\tc, d\n)\nc", nil)
	if want := "const (\n\ta = 0; b = 0 + 10\n\tc = 1; d = 1 + 10\n)\n%%\n\ncircuitbookResult(c)"; p.Source != want {
		t.Errorf("got %q", p.Source)
	}
}
