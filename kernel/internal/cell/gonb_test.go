package cell

import (
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// reading is what GoNB v0.11.5 makes of a cell: the commands that it carries
// out, and the lines of Go, as they stand in its file. What it adds is left out.
// It follows specialcmd.Parse, joinLine and createGoFileFromLines.
func reading(source string) (commands []string, goText string) {
	lines := strings.Split(source, "\n")
	trim := func(s string) string { return strings.TrimPrefix(s, "//gonb:") }
	if IsForeign(source) {
		return []string{trim(lines[0])}, ""
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
	for i, l := range lines {
		if !used[i] && !strings.HasPrefix(l, "package") {
			out = append(out, l)
		}
	}
	return commands, strings.Join(out, "\n")
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
	commands, goText := reading(p.Source)
	var want []string
	for _, c := range Commands(source) {
		if l := c.line(); l.command {
			want = append(want, l.text)
		}
	}
	if i := slices.Index(p.Lines, 0); i >= 0 && !slices.ContainsFunc(want, func(s string) bool { return s == "%%" }) {
		want = append(want, "%%")
	}
	if !slices.Equal(want, commands) {
		t.Fatalf("%q became %q: GoNB carries out %q, want %q", source, p.Source, commands, want)
	}
	if IsForeign(source) {
		return
	}
	// Names that are kept from being unused are on a last line of their own.
	if n := len(p.Lines); n > 0 && p.Lines[n-1] == 0 && len(p.Locals) > 0 {
		goText = goText[:max(0, strings.LastIndexByte(goText, '\n'))]
	}
	before, ok := meaning(withoutCommands(source, Commands(source)))
	if !ok {
		return
	}
	after, _ := meaning(goText)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Fatalf("%q became %q, which means something else (-want +got):\n%s", source, p.Source, diff)
	}
}

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
