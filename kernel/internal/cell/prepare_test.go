package cell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPrepare(t *testing.T) {
	void := func(name string) bool { return name == "nothing" }
	for name, c := range map[string]struct {
		source, want string
		lines        []int
		result       int
		locals       map[string]int
	}{
		"empty":        {source: "", want: ""},
		"comment":      {source: "// x", want: "// x"},
		"script":       {source: "%%bash\nx := 1", want: "%%bash\nx := 1"},
		"declarations": {source: "import \"fmt\"\n\n// F does.\nfunc F() {}\nvar x = 1", want: "import \"fmt\"\n\n// F does.\nfunc F() {}\nvar x = 1"},
		"only shell":   {source: "!ls\n%env A b", want: "!ls\n%env A b"},
		"test":         {source: "%test\nfunc TestX(t *testing.T) {}", want: "%test\nfunc TestX(t *testing.T) {}"},
		"statement":    {source: "fmt.Println(1)", want: "%%\nfmt.Println(1)", lines: []int{0, 1}},
		"local": {source: "\nx := 1", want: "%%\n\nx := 1\n_ = x", lines: []int{0, 1, 2, 0},
			locals: map[string]int{"x": 2}},
		"expression": {source: "1 + 1", want: "%%\ncircuitbookResult(1 + 1)", lines: []int{0, 1}, result: 1},
		"expression with comments": {source: "// The sum.\n1 +\n\t1 // yes", want: "%%\n// The sum.\ncircuitbookResult(1 +\n\t1)",
			lines: []int{0, 1, 2, 3}, result: 2},
		"silenced":     {source: "1 + 1;", want: "%%\n1 + 1", lines: []int{0, 1}},
		"call":         {source: "f()", want: "%%\ncircuitbookResult(f())", lines: []int{0, 1}, result: 1},
		"call of void": {source: "nothing()", want: "%%\nnothing()", lines: []int{0, 1}},
		"builtin":      {source: "close(c)", want: "%%\nclose(c)", lines: []int{0, 1}},
		"log":          {source: "log.Fatal(1)", want: "%%\nlog.Fatal(1)", lines: []int{0, 1}},
		"mixture": {
			source: "a := 1\nfunc f() int {\n\treturn 2\n}\nimport \"os\"\nvar b = a\ntype T struct{}\ntype U [c]T\nconst c = 3\na + f() + b",
			want: "\nimport \"os\"\n\nfunc f() int {\n\treturn 2\n}\n\ntype T struct{}\n\ntype U [c]T\n\nconst c = 3\n" +
				"%%\na := 1\n\nvar b = a\n\ncircuitbookResult(a + f() + b)\n_, _ = a, b",
			lines:  []int{4, 5, 1, 2, 3, 4, 6, 7, 7, 8, 8, 9, 0, 1, 5, 6, 9, 10, 0},
			result: 10, locals: map[string]int{"a": 1, "b": 6}},
		"type of a local": {source: "const n = 2\nx := n\ntype T [len(y)]int\nvar y [n]int", want: "const n = 2\n\ntype T [len(y)]int\n%%\n\nx := n\n\nvar y [n]int\n_, _ = x, y",
			lines: []int{1, 2, 3, 0, 1, 2, 3, 4, 0}, locals: map[string]int{"x": 2, "y": 4}},
		"var first": {source: "var x = f()\nx++", want: "var x = f()\n%%\n\nx++", lines: []int{1, 0, 1, 2}},
		"commands": {source: "!ls \\\n -l\nx()\n%env A b", want: "!ls   -l\n%env A b\n%%\n     \n   \ncircuitbookResult(x())",
			lines: []int{1, 4, 0, 1, 2, 3}, result: 3},
		"literal called":    {source: "func() { f() }()", want: "%%\ncircuitbookResult(func() { f() }())", lines: []int{0, 1}, result: 1},
		"method":            {source: "func (t T) M() {}\nT{}", want: "func (t T) M() {}\n%%\n\ncircuitbookResult(T{})", lines: []int{1, 0, 1, 2}, result: 2},
		"raw string":        {source: "`a\r\nb`", want: "%%\ncircuitbookResult(`a\r\nb`)", lines: []int{0, 1, 2}, result: 1},
		"package":           {source: "package main\npackages := 1", want: "%%\n            \n packages := 1\n_ = packages", lines: []int{0, 1, 2, 0}, locals: map[string]int{"packages": 2}},
		"does not parse":    {source: "f(1", want: "%%\nf(1", lines: []int{0, 1}},
		"for with a header": {source: "// a loop\nfor i := 0; ; i++ {\n\tf(i)\n}", want: "%%\n// a loop\nfor i := 0; ; i++ {\n\tf(i)\n}", lines: []int{0, 1, 2, 3, 4}},
		"if with a header": {source: "if v := []int{1}; len(v) > 0 { f() }; x := 2; switch y := x; { default: }", want: "%%\nif v := []int{1}; len(v) > 0 { f() }\n x := 2\n switch y := x; { default: }\n_ = x",
			lines: []int{0, 1, 1, 1, 0}, locals: map[string]int{"x": 1}},
		"label": {source: "a:\nfor i := 0; i < 3; i++ { continue a }\ni", want: "%%\na:\nfor i := 0; i < 3; i++ { continue a }\n\ncircuitbookResult(i)", lines: []int{0, 1, 2, 2, 3}, result: 3},
		"stock": {source: "%%\nf()", want: "%%\nf()"},
		"stock, value": {source: "var a = 1\n%% -x\nb := 2\na + b\n", want: "var a = 1\n%% -x\nb := 2\ncircuitbookResult(a + b)\n",
			result: 4, locals: map[string]int{"b": 3}},
		"stock, nothing": {source: "%main", want: "%main"},
	} {
		p := Prepare(c.source, void)
		if c.lines == nil {
			for i := range strings.Count(c.source, "\n") + 1 {
				c.lines = append(c.lines, i+1)
			}
		}
		if c.locals == nil {
			c.locals = map[string]int{}
		}
		if diff := cmp.Diff(Prepared{Source: c.want, Lines: c.lines, Locals: c.locals, Result: c.result, Body: p.Body}, p); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// sources are cells made of pieces that hide what others mean.
func sources() *rapid.Generator[string] {
	pieces := []string{"x := 1", "var y = 2", "func f() {", "}", "(", ")", "\n", "\n", "\n", "%%", "!ls", "%env a b", "//gonb:", "`", "\"",
		"/*", "*/", "// c", "type T struct{", "import \"fmt\"", ";", "f()", "x + y", " ", "\\", "package", "const c = 1", "é", "\x00", "if x {", "func (", "'"}
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 14), func(list []string) string { return strings.Join(list, "") })
}

// checkPrepared holds what is true of any cell.
func checkPrepared(t interface {
	Fatalf(string, ...any)
}, source string) {
	p := Prepare(source, nil)
	if n := strings.Count(p.Source, "\n") + 1; n != len(p.Lines) {
		t.Fatalf("%q became %q: %d lines, %d are known", source, p.Source, n, len(p.Lines))
	}
	lines := strings.Split(source, "\n")
	for i, line := range strings.Split(p.Source, "\n") {
		from := p.Line(i + 1)
		if from < 0 || from > len(lines) {
			t.Fatalf("%q: line %d is from line %d", source, i+1, from)
		}
		bare := func(s string) string {
			return strings.NewReplacer(")", "", "(", "", "`", "", " ", "", "\t", "").Replace(strings.TrimSpace(s)) // "% a" is "%a"
		}
		line = strings.Replace(line, ResultFunc+"(", "", 1)
		// A command that goes on is on one line, and so is the tag of a field.
		if from > 0 && !strings.Contains(lines[from-1], "package") && !strings.Contains(source, "const") && !strings.Contains(line, `\n`) && !strings.HasSuffix(lines[from-1], `\`) && !strings.Contains(bare(lines[from-1]), bare(line)) {
			t.Fatalf("%q became %q: line %d is not from line %d", source, p.Source, i+1, from)
		}
	}
	if p.Result < 0 || p.Result > len(lines) {
		t.Fatalf("%q: the result is line %d", source, p.Result)
	}
	Names(source)
	IsComplete(source)
}

// TestPrepareKeepsStatements: whatever statements a cell has, on lines of their own or
// not, the program has the same.
func TestPrepareKeepsStatements(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var source strings.Builder
		for i := range rapid.IntRange(1, 6).Draw(rt, "statements") {
			if i > 0 {
				source.WriteString(rapid.SampledFrom([]string{"\n", "; ", ";\n", "\n\n// x; y\n"}).Draw(rt, "separator"))
			}
			source.WriteString(rapid.SampledFrom([]string{
				"for i := 0; i < 3; i++ {\n\tf(i)\n}", "for ; ; {\n}", "for { f() }", "for range []int{1, 2} { f(); f() }", "for i := range 3 { f(i) }",
				"if x := f(); x > 0 { f() } else if y := x; y > 1 {\n} else { f(); f() }", "if v := []T{{1}}; len(v) > 0 { f() }",
				"switch x := y.(type) {\ncase int:\n\tf(); f()\n}", "switch z := f(); { default: f() }", "switch f(); {}", "select { case <-c: f() }",
				"func() { for i := 0; i < 2; i++ { f() } }()", "y = func(a int) { if b := a; b > 0 { f() } }", "y++", "f(`;`, \";\", ';')", "{ f(); f() }",
			}).Draw(rt, "statement"))
		}
		p := Prepare(source.String(), nil)
		_, body, _ := strings.Cut(p.Source, "%%\n")
		read := func(text string) *ast.BlockStmt {
			file, err := parser.ParseFile(token.NewFileSet(), "", "package p; func _() {\n"+text+"\n}", parser.SkipObjectResolution)
			if err != nil {
				rt.Fatalf("%v\n%s\nof\n%s", err, text, source.String())
			}
			return file.Decls[0].(*ast.FuncDecl).Body
		}
		want, got := len(read(source.String()).List), len(read(body).List)
		if want != got {
			rt.Fatalf("%d statements became %d:\n%s\nof\n%s", want, got, body, source.String())
		}
	})
}

func TestPrepareKeepsLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkPrepared(t, sources().Draw(t, "source")) })
}

func TestNames(t *testing.T) {
	names, void := Names("import \"os\"\nfunc f() {}\nfunc g() int { return 1 }\nfunc (t T) m() {}\ntype T int\nconst a, b = 1, 2\nvar c, _ = 1, 2\nx := 1\nvar d = x\nfunc main() {}")
	if diff := cmp.Diff([]string{"f", "g", "T", "a", "b", "c"}, names); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"f"}, void); diff != "" {
		t.Error(diff)
	}
	if names, _ = Names("var a = 1\n%%\nvar b = 2"); len(names) != 1 || names[0] != "a" {
		t.Errorf("got %q", names)
	}
	if names, _ = Names("%%bash\nvar a = 1"); names != nil {
		t.Errorf("got %q", names)
	}
}

func TestIsComplete(t *testing.T) {
	for source, want := range map[string]State{
		"":                                    Complete,
		"x := 1":                              Complete,
		"fmt.Println(1)\n":                    Complete,
		"func f() {\n}":                       Complete,
		"import \"fmt\"\nfmt.Println()":       Complete,
		"x++":                                 Complete,
		"for {\n\tbreak\n}":                   Complete,
		"!ls":                                 Complete,
		"%%\nx := 1":                          Complete,
		"type T struct{}\nvar x T\nx":         Complete,
		"x := 1\nimport \"fmt\"\nfunc f() {}": Complete,
		"func f() {":                          Incomplete,
		"if x {\n":                            Incomplete,
		"f(1,":                                Incomplete,
		"x := `a":                             Incomplete,
		"/* a":                                Incomplete,
		"x :=":                                Incomplete,
		"1 +":                                 Incomplete,
		"a.":                                  Incomplete,
		"var":                                 Incomplete,
		"!ls \\":                              Incomplete,
		"%%bash":                              Incomplete,
		"%%bash\nls":                          Incomplete,
		"%%bash\nls\n":                        Complete,
		")":                                   Invalid,
		"f(1]":                                Invalid,
		"x := \"a":                            Invalid,
		"func f( {}":                          Incomplete,
		"x y":                                 Invalid,
		"if { }":                              Invalid,
		"func func":                           Incomplete,
	} {
		if got, _ := IsComplete(source); got != want {
			t.Errorf("%q is %s, want %s", source, got, want)
		}
	}
	if _, indent := IsComplete("func f() {\n\tif x {"); indent != "\t\t" {
		t.Errorf("indented by %q", indent)
	}
}
