package cell

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestProgram(t *testing.T) {
	got := Program([]string{
		"import \"fmt\"\n\nvar a, b = 1, 2\nfunc f() {}\ntype T struct{}\nfunc (t *T) M() {}",
		"func f() int { return 1 }\nfunc (t *T) M() int { return 2 }\nx := 1\nx++",
		"var b = 3",
		"%%bash\nfunc g() {}",
		"func broken( {",
		"!ls\nconst c = 4",
	}, "type U[P any] struct{}\nfunc (u U[P]) M() {}\ny := f()\ny")
	want := `package main
import "fmt"
func f() int { return 1 }
type T struct{}
func (t *T) M() int { return 2 }
var b = 3
const c = 4
type U[P any] struct{}
func (u U[P]) M() {}
func main() {

y := f()
circuitbookResult(y)
_ = y
}
func circuitbookResult(...any) {}
`
	if squeeze(got) != squeeze(want) {
		t.Errorf("got\n%s", got)
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "", got, 0); err != nil {
		t.Error(err)
	}
}

func squeeze(s string) string {
	for strings.Contains(s, "\n\n") {
		s = strings.ReplaceAll(s, "\n\n", "\n")
	}
	return s
}

func TestClosed(t *testing.T) {
	for text, want := range map[string]string{
		"f(a, []int{1":      "f(a, []int{1\n})",
		"x := 1":            "x := 1",
		"m[g(":              "m[g()]",
		"// (":              "// (",
		"\"(":               "",
		"`(":                "",
		"f())":              "",
		"for { if x { '(' ": "for { if x { '(' \n}\n}",
	} {
		got, ok := Closed(text)
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestClosedIsBalanced holds that what is closed needs no more closing.
func TestClosedIsBalanced(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("()[]{}ab,.\n\"'`/* ")), 0, 30, -1).Draw(t, "text")
		closed, ok := Closed(text)
		if !ok {
			return
		}
		if again, ok := Closed(closed); !ok || again != closed {
			t.Fatalf("%q closes to %q and then to %q", text, closed, again)
		}
	})
}
