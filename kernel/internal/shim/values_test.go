package shim

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"circuitbook/kernel/values"
)

// composed is what becomes of a cell's program in a kernel where values are kept,
// declares being the names that the cell declares itself.
func composed(t *testing.T, src string, kept []values.Header, declares ...string) (beside, main string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, values.KeptDir), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, h := range kept {
		if err := h.Write(filepath.Join(dir, values.KeptDir)); err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.Marshal(Now{Declares: declares, Stock: []string{"stock"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, NowName), text, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := readProgram([]byte("package main\n"+src), dir)
	if err != nil {
		t.Fatal(err)
	}
	beside, changed := p.compose(true)
	return beside, strings.TrimPrefix(string(changed), "package main\n")
}

// TestCompose holds what a program begins with and what it leaves behind.
func TestCompose(t *testing.T) {
	n := values.Header{Name: "n", Expr: "int", Cell: 3}
	u := values.Header{Name: "u", Expr: `*"net/url".URL`, Cell: 4}
	held := values.Header{Name: "held", Expr: "any", Cell: 5, Holds: []values.Held{{Expr: `[]"main".P`}}}
	v := values.Header{Name: "v", Expr: "int", Cell: 6, Spec: "v = f(\n1)"}
	const keepV = `circuitbookKeep("v", "v = f(\n1)", v)`
	for name, c := range map[string]struct {
		src, main string
		beside    []string // what stands in the file beside; none for no file
		kept      []values.Header
		declares  []string
	}{
		"nothing":            {src: "func main() { println(1) }"},
		"nothing of it used": {src: "func main() { println(1) }", kept: []values.Header{n, u}},
		"leaves": {src: "func main() { x, _ := 1, 2; var y, z int // note\n}", main: `func main() { x, _ := 1, 2; var y, z int; circuitbookKeep("x", "", x); circuitbookKeep("y", "", y); circuitbookKeep("z", "", z) // note` + "\n}",
			beside: []string{"func circuitbookKeep["}},
		"uses": {src: "func main() { n++ }", kept: []values.Header{n}, main: `func main() { n++; circuitbookKeep("n", "", n) }`,
			beside: []string{"var n = circuitbookKept_n()", `.Load[int]("n", 3)`}},
		"only in a function":    {src: "func g() int { return n }\nfunc main() {}", kept: []values.Header{n}, main: "func g() int { return n }\nfunc main() {; circuitbookKeep(\"n\", \"\", n)}", beside: []string{"var n ="}},
		"of another package":    {src: "func main() { println(u.Host) }", kept: []values.Header{u}, main: `func main() { println(u.Host); circuitbookKeep("u", "", u) }`, beside: []string{`"net/url"`, ".URL]("}},
		"with a type of cells":  {src: "type P struct{}\nfunc main() { println(held) }", kept: []values.Header{held}, main: "type P struct{}\nfunc main() { println(held); circuitbookKeep(\"held\", \"\", held) }", beside: []string{".TypeFor[[]P]()"}},
		"without that type":     {src: "func main() { println(held) }", kept: []values.Header{held}},
		"declared again":        {src: "func main() { n := \"x\"; println(n) }", kept: []values.Header{n}, main: `func main() { n := "x"; println(n); circuitbookKeep("n", "", n) }`, beside: []string{"circuitbookKeep["}},
		"declared as something": {src: "func n() {}\nfunc main() { n() }", kept: []values.Header{n}},
		"a package's name":      {src: "import \"a/n\"\nfunc main() { n.F() }", kept: []values.Header{n}},
		"unkept":                {src: "func main() { n() }", kept: []values.Header{{Name: "n", Why: "a function"}}},
		"returns": {src: "func main() { x := 1; if x > 0 { return }; for x := range 3 { if x > 1 { return } }; func() { return }(); y := 2; _ = y }",
			main:   `func main() { x := 1; if x > 0 { { circuitbookKeep("x", "", x); return } }; for x := range 3 { if x > 1 { return } }; func() { return }(); y := 2; _ = y; circuitbookKeep("x", "", x); circuitbookKeep("y", "", y) }`,
			beside: []string{"circuitbookKeep["}},
		"ends with return": {src: "func main() { x := 1; return }", main: `func main() { x := 1; { circuitbookKeep("x", "", x); return } }`, beside: []string{"circuitbookKeep["}},
		"a type of the statements": {src: "func main() { type T int; x := T(1); _ = x }", main: `func main() { type T int; x := T(1); _ = x; circuitbookKeep("x", "", x) }`,
			beside: []string{`.Local = []string{"T"}`}},
		"a variable, declared": {src: "var (\n\tv = f(\n1)\n)\nfunc main() {}", declares: []string{"v"}, kept: []values.Header{v}, main: "var (\n\tv = f(\n1)\n)\nfunc main() {; " + keepV + "}", beside: []string{"circuitbookKeep["}},
		"a variable, used": {src: "var (\n\tv = f(\n1)\n)\nfunc main() { v++ }", kept: []values.Header{v}, main: "var (\n\tv = circuitbookKept_v(func() { _ = f(\n1) })\n)\nfunc main() { v++; " + keepV + " }",
			beside: []string{"func circuitbookKept_v(...func()) int"}},
		"a variable, not used":        {src: "var (\n\tv = f(\n1)\n)\nfunc main() {}", kept: []values.Header{v}, main: "var (\n\tv = circuitbookZero_v(func() { _ = f(\n1) })\n)\nfunc main() {}", beside: []string{"func circuitbookZero_v(...func()) (v int)"}},
		"a variable, in other words":  {src: "var v = f(2)\nfunc main() {}", kept: []values.Header{v}, main: "var v = f(2)\nfunc main() {; circuitbookKeep(\"v\", \"v = f(2)\", v)}", beside: []string{"circuitbookKeep["}},
		"a variable without a value":  {src: "var w int\nfunc main() { w = 1 }", kept: []values.Header{{Name: "w", Expr: "int", Spec: "w int"}}, main: "var w int = circuitbookKept_w()\nfunc main() { w = 1; circuitbookKeep(\"w\", \"w int\", w) }", beside: []string{"Kept_w"}},
		"two variables with one type": {src: "var a, b any = 1, nil\nfunc main() { _ = a }", kept: []values.Header{{Name: "a", Expr: "any", Spec: "a, b any = 1, nil"}, {Name: "b", Expr: "any", Spec: "a, b any = 1, nil"}}, main: "var a, b any = circuitbookKept_a(func() { var _, _ any = 1, nil }), circuitbookZero_b()\nfunc main() { _ = a; circuitbookKeep(\"a\", \"a, b any = 1, nil\", a) }", beside: []string{"Zero_b"}},
		"a flag":                      {src: "var v = flag.Int(\"v\", 1, \"\")\nfunc main() { *v++ }", kept: []values.Header{{Name: "v", Expr: "*int", Spec: "v = flag.Int(\"v\", 1, \"\")"}}},
		"of GoNB's own form":          {src: "var stock = 1\nfunc main() { stock++ }", kept: []values.Header{{Name: "stock", Expr: "int", Spec: "stock = 1"}}},
		"for what it does":            {src: "var _ = f()\nfunc main() {}"},
	} {
		beside, main := composed(t, c.src, c.kept, c.declares...)
		if c.main == "" {
			c.main = c.src
		}
		if main != c.main {
			t.Errorf("%s: got\n%s\nwant\n%s", name, main, c.main)
		}
		if (beside == "") != (len(c.beside) == 0) {
			t.Errorf("%s: beside it stands %q", name, beside)
		}
		for _, want := range c.beside {
			if !strings.Contains(beside, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, beside)
			}
		}
	}
}
