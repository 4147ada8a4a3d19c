package cell

import (
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "circuitbook/sparsenn/suitetest" // fixes the seeds
	"github.com/google/go-cmp/cmp"

	"pgregory.net/rapid"
)

// reading is what GoNB v0.11.5 makes of a cell: the commands that it carries
// out, the lines of Go, as they stand in its file, and the file with what it adds.
// It follows specialcmd.Parse, joinLine and createGoFileFromLines.
func reading(source string) (commands []string, goText, file string) {
	lines := strings.Split(source, "\n")
	trim := func(s string) string { return strings.TrimPrefix(s, "//gonb:") }
	if IsForeign(source) {
		return []string{trim(lines[0])}, "", ""
	}
	used := map[int]bool{}
	for i, l := range lines {
		l = trim(l)
		if used[i] || len(l) < 2 || l[0] != '%' && l[0] != '!' {
			continue
		}
		text := ""
		for j := i; j < len(lines); j++ {
			text += trim(lines[j])
			used[j] = true
			if !strings.HasSuffix(text, `\`) {
				break
			}
			text = strings.TrimSuffix(text, `\`) + " "
		}
		if strings.Trim(text[1:], " \t") == "" {
			panic("GoNB panics at a command without a word")
		}
		commands = append(commands, text)
	}
	var out []string
	file, end := "package main\n\n", ""
	for i, l := range lines {
		switch t := trim(l); {
		case strings.HasPrefix(t, "%main") || t == "%%" || strings.HasPrefix(t, "%% ") || strings.HasPrefix(t, "%%\t"):
			file, end = file+"func main() {\n\tflag.Parse()\n", "\n}\n"
		case !used[i] && !strings.HasPrefix(l, "package"):
			out = append(out, l)
			file += l + "\n"
		}
	}
	return commands, strings.Join(out, "\n"), file + end
}

// meaning are the tokens of Go, in no order, with neighbouring strings that are
// added as one.
func meaning(text string) (list []string, ok bool) {
	all, ok := scan(text)
	joined := false // the last one is a string
	for _, t := range all {
		switch s := t.Token.String() + " " + t.text; {
		case t.Token == token.LPAREN || t.Token == token.RPAREN || t.Token == token.ADD || s == "IDENT "+ResultFunc:
		case t.Token == token.SEMICOLON:
			joined = false
		case t.Token == token.STRING:
			value, err := strconv.Unquote(t.text)
			if err != nil {
				return nil, false
			}
			if joined {
				list[len(list)-1] += value
			} else {
				list = append(list, "string "+value)
			}
			joined = true
		default:
			list = append(list, s)
			joined = false
		}
	}
	slices.Sort(list)
	return list, ok
}

// checkReading holds that GoNB reads a prepared cell as the cell is meant: it
// carries out its commands and no others, and all else of it is Go.
func checkReading(t interface {
	Fatalf(string, ...any)
}, source string) {
	p := Prepare(source, nil)
	commands, goText, file := reading(p.Source)
	var want []string
	for _, c := range Commands(source) {
		if l := c.line(); l.command {
			want = append(want, l.text)
		}
	}
	if p.Body > 0 && p.Lines[p.Body-1] == 0 && !slices.ContainsFunc(want, func(s string) bool { return s == "%%" }) {
		want = append(want, "%%")
	}
	if !slices.Equal(want, commands) {
		t.Fatalf("%q became %q: GoNB carries out %q, want %q", source, p.Source, commands, want)
	}
	if IsForeign(source) {
		return
	}
	stock := slices.ContainsFunc(Commands(source), Command.opensProgram)
	items, _ := split(withoutCommands(source, Commands(source)))
	parses := importsLate(items) || p.Body > 0 || isFile(withoutCommands(source, Commands(source)))
	if state, _ := IsComplete(source); state == Complete && parses && !stock && p.Refusal == nil && !strings.HasPrefix(strings.Join(commands, "\n"), "%exec") {
		if _, err := parser.ParseFile(token.NewFileSet(), "", file, parser.SkipObjectResolution); err != nil {
			t.Fatalf("%q became %q, which GoNB makes this of: %v\n%s", source, p.Source, err, file)
		}
	}
	// Names that are kept from being unused are on a last line of their own.
	if n := len(p.Lines); n > 0 && p.Lines[n-1] == 0 && len(p.Locals) > 0 {
		goText = goText[:max(0, strings.LastIndexByte(goText, '\n'))]
	}
	before, ok := meaning(withoutCommands(source, Commands(source)))
	if !ok || strings.Contains(source, "const") && strings.Contains(source, ",") { // see TestSpelled
		return
	}
	after, _ := meaning(goText)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Fatalf("%q became %q, which means something else (-want +got):\n%s", source, p.Source, diff)
	}
}

// isFile reports whether the text is a Go file but for its package clause.
func isFile(text string) bool { return file(text, false) != nil }

// TestReading: what looks like a command or a package clause and is Go stays Go.
func TestReading(t *testing.T) {
	for name, c := range map[string]struct{ source, want string }{
		"comment":               {"/*\n!touch x\n*/\nf();", "%%\n/*\n !touch x\n*/\nf()"},
		"comment alone":         {"/*\n%cd /\n*/", "/*\n %cd /\n*/"},
		"hidden in a comment":   {"/*\n//gonb:!ls\n*/", "/*\n //gonb:!ls\n*/"},
		"open comment":          {"/*\n!ls", "/*\n !ls"},
		"raw string":            {"x := `a\n!echo no\nb`", "%%\nx := (`a` + \"\\n\" +\n`!echo no\nb`)\n_ = x"},
		"two in one":            {"f(`\n%a\n\n!b`, `!c`);", "%%\nf((`` + \"\\n\" +\n`%a\n` + \"\\n\" +\n`!b`), `!c`)"},
		"package in a string":   {"f(`\npackage p\n`);", "%%\nf((`` + \"\\n\" +\n`package p\n`))"},
		"package in a comment":  {"/*\npackage p\n*/", "/*\n package p\n*/"},
		"package, declarations": {"var s = `\npackage p`", "var s = (`` + \"\\n\" +\n`package p`)"},
		"open raw string":       {"f(`\n!ls\n", "%%\nf(`\n !ls\n"},
		"expression":            {"if a &&\n!b {\n}", "%%\nif a &&\n !b {\n}"},
		"argument":              {"f(a,\n!b,\n)", "%%\ncircuitbookResult(f(a,\n !b,\n))"},
		"remainder":             {"x := (a\n%b)", "%%\nx := (a\n %b)"},
		"literal":               {"x := []bool{\n!a,\n}", "%%\nx := []bool{\n !a,\n}\n_ = x"},
		"in a block":            {"for {\n!ls\n}", "%%\nfor {\n !ls\n}"},
		"after a label":         {"a:\n!ls", "%%\na:\n !ls"},
		"tag":                   {"type T struct {\n\tA int `x:\"1\"\n!y`\n}\nvar t T", "type T struct {\n\tA int \"x:\\\"1\\\"\\n!y\"\n}\nvar t T"},
		"between":               {"f()\n!ls\ng();", "!ls\n%%\nf()\n\n   \ng()"},
		"after a comment":       {"f() // (\n!ls", "!ls\n%%\ncircuitbookResult(f())"},
		"empty commands":        {"! \nf();\n%\t\n!a \\\n", "\n\n!a  \n%%\n  \nf()"},
		"quotes in a command":   {"!echo \"it's `\n!ls", "!echo \"it's `\n!ls"},
		"joined lines":          {"!a \\\n!b\n/*\n!c */", "!a  !b\n\n/*\n !c */"},
		"stock":                 {"%%\nx := `\n%d`\nx", "%%\nx := (`` + \"\\n\" +\n`%d`)\ncircuitbookResult(x)"},
		"clause and import":     {"package main; import \"os\"\nos.Exit(1);", "              import \"os\"\n%%\n\nos.Exit(1)"},
		"a word like it":        {"packages := 1", "%%\n packages := 1\n_ = packages"},
		"not closed":            {"func f() {\n!ls\n%%\ng()", "func f() {\n !ls\n %%\ng()"},
		"closed too early":      {"f()\n}\ng()", "%%\nf()\n\n}\ng()"},
		"run a function":        {"%exec  f -x", "%exec f -x\n//"},
		"a magic apart":         {"% exec f\nfunc f() {}\n%\tmain", "%exec f\nfunc f() {}\n%main"},
		"open at a semicolon":   {"x := 1\nif x {;", "%%\nx := 1\n\nif x {\n_ = x"},
	} {
		p := Prepare(c.source, nil)
		if p.Source != c.want {
			t.Errorf("%s: %q became\n%q, want\n%q", name, c.source, p.Source, c.want)
		}
		checkReading(t, c.source)
	}
	if p := Prepare("type T struct {\n\tA int `x:\"1\"\n!y`\n}\nvar t T", nil); !slices.Equal(p.Lines, []int{1, 2, 4, 5}) {
		t.Errorf("lines %v", p.Lines)
	}
}

func TestReadingOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkReading(t, sources().Draw(t, "source")) })
}

// checkCell holds what is true of any cell, whatever is done with it.
func checkCell(t interface {
	Fatalf(string, ...any)
}, source string) {
	checkPrepared(t, source)
	checkReading(t, source)
	normal := Normal(source)
	if Normal(normal) != normal || strings.Contains(normal, "\r") {
		t.Fatalf("%q is not normal: %q", source, normal)
	}
	p := Prepare(normal, nil)
	if p.Refusal != nil && (p.Refusal.Line < 1 || p.Refusal.Line > strings.Count(normal, "\n")+1 || p.Refusal.Message == "") {
		t.Fatalf("%q is refused: %+v", normal, p.Refusal)
	}
	if p.Body == 0 { // what is declared is, however often it is prepared
		if again := Prepare(p.Source, nil); again.Source != p.Source || again.Body != 0 {
			t.Fatalf("%q became %q and then %q", normal, p.Source, again.Source)
		}
	}
	var numbers Numbers
	first := numbers.Name(p, "a")
	second := numbers.Name(p, "a")
	if first.Source != second.Source || !slices.Equal(first.Lines, second.Lines) || len(first.Lines) != strings.Count(first.Source, "\n")+1 {
		t.Fatalf("%q became %q %v and then %q %v", normal, first.Source, first.Lines, second.Source, second.Lines)
	}
	emptied := numbers.Name(Prepare("", nil), "a")
	if len(emptied.Lines) != strings.Count(emptied.Source, "\n")+1 {
		t.Fatalf("%q has %d lines", emptied.Source, len(emptied.Lines))
	}
	m := Methods{}
	m.Learn(first)
	if got := first.WithMethods(m); strings.Count(got.Source, "\n") != strings.Count(first.Source, "\n") {
		t.Fatalf("%q became %q", first.Source, got.Source)
	}
	for i := 0; i < len(first.Lines); i += 1 + len(first.Lines)/50 { // each reads the cell
		first.DeclaredAt(i + 1)
	}
	Unbalanced(normal)
	Program([]string{normal}, normal)
	if closed, ok := Closed(normal); ok {
		if again, ok := Closed(closed); !ok || again != closed {
			t.Fatalf("%q closes to %q and then to %q", normal, closed, again)
		}
	}
}

func TestCell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkCell(t, sources().Draw(t, "source")) })
}

func FuzzCell(f *testing.F) {
	for _, source := range []string{
		"x := 1\nfunc f() {}\nx", "%%\n`\n%%", "0\x80\n0", "x := `a\r\nb`\r\nx", "/*\n!touch x\n*/\nf(`\n!a`)", "if a &&\n!b {\n}",
		"package main; import \"os\"\nfunc init() {}\nvar _ = 1", "type T struct {\n\tA int `\n!y`\n}", "!a \\\n b\n%rm T\nfunc (t T) M() {}",
		"const (\n\t_ = iota\n\ta\n)\nfor i := 0; i < 3; i++ {}", "//go:embed x\nvar s string", "%%bash\r\nls", "x()\n}\ny()",
	} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) { checkCell(t, source) })
}
