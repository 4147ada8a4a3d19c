package cell

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCommands(t *testing.T) {
	for source, want := range map[string][]Command{
		"":                           nil,
		"x := 1\nfmt.Println(x % 2)": nil,
		"%%\nx := 1":                 {{1, "%%", 2}},
		"!a\n%env X 1\n\t!indented":  {{1, "!a", 2}, {2, "%env X 1", 3}},
		"!a \\\n  b \\\nc\n!d":       {{1, "!a    b  c", 4}, {4, "!d", 5}},
		"//gonb:!a\n//gonb:%b":       {{1, "!a", 2}, {2, "%b", 3}},
		"%%bash\n!x\n%y":             {{1, "%%bash", 2}},
		"%%script python3 -q\n!x":    {{1, "%%script python3 -q", 2}},
		"%%writefile a\n%nosuch":     {{1, "%%writefile a", 2}},
		"\n%%bash\n!x":               {{2, "%%bash", 3}, {3, "!x", 4}},
		"!":                          nil,
		"!ends \\":                   {{1, "!ends  ", 2}},
	} {
		if diff := cmp.Diff(want, Commands(source)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", source, diff)
		}
	}
}

func TestIsShell(t *testing.T) {
	for text, want := range map[string]bool{
		"!ls": true, "%%bash": true, "%%script awk": true, "%%sh": true,
		"%env": false, "%%": false, "%%writefile x": false,
	} {
		if got := (Command{1, text, 2}).IsShell(); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestWithoutInput(t *testing.T) {
	for source, want := range map[string]string{
		"%%\nx := !y\n":                "%%\nx := !y\n",
		"!read x":                      "!exec </dev/null; read x",
		"a\n!*  go env \\\n!b\n!c":     "a\n!*exec </dev/null; go env \\\n!b\n!exec </dev/null; c",
		"//gonb:! ls\n%env X !a":       "//gonb:! exec </dev/null; ls\n%env X !a",
		"%%bash\n!read x":              "%%bash\n!read x",
		"%%script python3\n!x":         "%%script python3\n!x",
		"\n!* \n!  \n!":                "\n!* \n!  \n!",
		"!\\\nread":                    "!exec </dev/null; \\\nread",
		"import \"fmt\"\n%%\n!a\n\t!b": "import \"fmt\"\n%%\n!exec </dev/null; a\n\t!b",
	} {
		if got := WithoutInput(source); got != want {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
}

// FuzzCommands holds that any cell can be looked at, and that the lines named
// exist.
func FuzzCommands(f *testing.F) {
	f.Add("!a \\\nb\n%c")
	f.Add("%%bash\n\\")
	f.Fuzz(func(t *testing.T, source string) {
		last := 0
		for _, c := range Commands(source) {
			if c.Line <= last || c.Next <= c.Line || c.Text == "" {
				t.Fatalf("%q: %+v", source, c)
			}
			last = c.Line
			_ = c.IsShell()
		}
		if got := WithoutInput(source); strings.Count(got, "\n") != strings.Count(source, "\n") {
			t.Fatalf("%q became %q: its lines moved", source, got)
		}
	})
}

// TestIsStock: the form of a cell is what stands between its statements, not within.
func TestIsStock(t *testing.T) {
	for source, want := range map[string]bool{"var x = 1\n%%\nx++": true, "%main\nx": true, "x := 1": false, "%%bash\n%%": false, "x := `\n%%\n`": false, "%test\nx": false} {
		if got := IsStock(source); got != want {
			t.Errorf("%q: %v", source, got)
		}
	}
}
