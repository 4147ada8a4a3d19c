// Package mistakes holds what a person is told after a mistake: in a cell, in a
// file, in an argument. testdata/mistakes.golden.md has every one that is tried, with
// the message; it is written anew by
//
//	go test ./kernel/internal/mistakes -regen
package mistakes

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"circuitbook/kernel/internal/command"
	"circuitbook/kernel/internal/shim"
)

var regen = flag.Bool("regen", false, "write the golden file of mistakes anew")

const goldenFile = "testdata/mistakes.golden.md"

// The test binary plays the program: as the command, as the kernel, its guard
// and its shim.
func TestMain(m *testing.M) {
	if shim.Called(os.Args[0]) != "" || (len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-test.")) {
		os.Exit(command.Main(os.Args))
	}
	os.Exit(m.Run())
}

// An entry is one mistake as the golden file has it.
type entry struct {
	group string // the heading above it, if it is the first of a group
	what  string
	done  string // what was done
	said  string // what came of it
	skip  string // why it was not tried, "" if it was
}

const intro = `# Mistakes, and what is said about them

Every mistake below is made by a test, which compares what a person is told with this file. Cells run one after the other in one
kernel; what is shown is what a notebook shows, without its colours. In capitals stands what differs between machines:
DIR is the folder with the notebook, CACHE the cache folder, MODULE the folder of the engine's module.
` + "`go test ./kernel/internal/mistakes -regen`" + ` writes this file anew.
`

// text is the entry without its headings.
func (e entry) text() string { return e.done + "\n" + e.said }

// document lays the entries out. What was not tried keeps what it had.
func document(entries []entry, had map[string]string) string {
	var b strings.Builder
	b.WriteString(intro)
	for _, e := range entries {
		if e.group != "" {
			fmt.Fprintf(&b, "\n## %s\n", e.group)
		}
		text := e.text()
		if e.skip != "" {
			text = had[e.what]
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s", title(e.what), text)
	}
	return b.String()
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

var heading = regexp.MustCompile(`(?m)^###? .*\n`)

// parse returns the texts of a golden file by their headings.
func parse(text string) map[string]string {
	had := map[string]string{}
	at := heading.FindAllStringIndex(text, -1)
	for i, h := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		name := strings.TrimSpace(strings.TrimLeft(text[h[0]:h[1]], "#"))
		had[name] = strings.TrimSpace(text[h[1]:end]) + "\n"
	}
	return had
}

// fence quotes text as a block of its own.
func fence(language, text string) string {
	mark := "```"
	for strings.Contains(text, mark) {
		mark += "`"
	}
	return mark + language + "\n" + strings.TrimRight(text, "\n") + "\n" + mark + "\n"
}

// TestMistakes makes every mistake, and compares what is said with the golden
// file.
func TestMistakes(t *testing.T) {
	if testing.Short() {
		t.Skip("needs kernels")
	}
	w := newWorld(t)
	var cells, commands []entry
	t.Run("made", func(t *testing.T) { // at the same time
		t.Run("cells", func(t *testing.T) { t.Parallel(); cells = w.cells(t) })
		t.Run("commands", func(t *testing.T) { t.Parallel(); commands = w.commands(t) })
	})
	if t.Failed() {
		return
	}
	entries := append(cells, commands...)
	seen := map[string]bool{}
	for _, e := range entries {
		if seen[e.what] {
			t.Errorf("%q is there twice", e.what)
		}
		seen[e.what] = true
		if e.skip != "" {
			t.Logf("%s: %s", e.what, e.skip)
			continue
		}
		for _, p := range unwelcome {
			if found := p.FindString(e.said); found != "" {
				t.Errorf("%s: a person is told %q:\n%s", e.what, found, e.said)
			}
		}
	}
	golden, err := os.ReadFile(goldenFile)
	if err != nil && !*regen {
		t.Fatalf("%v; run with -regen to write it", err)
	}
	had := map[string]string{}
	for name, text := range parse(string(golden)) {
		had[name] = text
	}
	for i := range entries {
		if entries[i].skip != "" {
			had[entries[i].what] = had[title(entries[i].what)]
		}
	}
	text := document(entries, had)
	if *regen {
		if err := os.MkdirAll(filepath.Dir(goldenFile), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(goldenFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if here := runtime.GOOS + " " + runtime.Version(); !strings.HasPrefix(here, goldenOn) {
		t.Skipf("the messages of %s may be other than those of %s", here, goldenOn)
	}
	for _, e := range entries {
		if diff := cmp.Diff(had[title(e.what)], e.text()); diff != "" && e.skip == "" {
			t.Errorf("%s (-want +got); if meant, run with -regen:\n%s", e.what, diff)
		}
	}
	if !t.Failed() {
		if diff := cmp.Diff(string(golden), text); diff != "" {
			t.Errorf("%s (-want +got); if meant, run with -regen:\n%s", goldenFile, diff)
		}
	}
}

// goldenOn is the system, and the Go, whose messages the golden file has: those
// of the compiler, of Go's runtime and of the shell are not ours.
const goldenOn = "linux go1.26"

// unwelcome is what nobody is to be told after a mistake of their own: traces of
// the machinery and the paths and names of generated code.
var unwelcome = []*regexp.Regexp{
	regexp.MustCompile(`goroutine \d+`), regexp.MustCompile(`gonb_[0-9a-f]+`), regexp.MustCompile(`\bmain(_test)?\.go\b`),
	regexp.MustCompile(`circuitbookResult|command-line-arguments`), regexp.MustCompile(`Traceback \(most recent call last\)`),
	regexp.MustCompile(`/src/runtime/|\+0x[0-9a-f]+`), regexp.MustCompile(`/tmp/\S+`),
}
