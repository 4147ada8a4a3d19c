package execute_test

import (
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"circuitbook/kernel/internal/execute"
	"circuitbook/kernel/internal/notebook"
	"circuitbook/sparsenn/suitetest"
)

// A lesson is a code cell of GoNB's own tutorial: how it begins, and what it shows.
type lesson struct {
	source string
	want   string // matches its outputs, each as "TYPE TEXT\n", where TYPE is stdout, stderr or a MIME type
	module string // that it needs and that the engine's module does not pin, as go get wants it
	not    string // why it is left out, if it is
}

// tutorial is GoNB's examples/tutorial.ipynb, cell by cell.
var tutorial = []lesson{
	{source: "func main() {\n    fmt.Printf(\"Hello", want: `^stdout Hello World!\n$`},
	{source: "%%\nfmt.Printf(\"Hello", want: `^stdout Hello World!\n$`},
	{source: "type Number interface", want: `^$`},
	{source: "%%\nx := incr(1)", want: `^stdout incr: x=2, y=4.141593\n\n$`},
	{source: "var startValue", want: `^stdout current startValue=2.000000\n\n$`},
	{source: "%%\nfmt.Printf(\"current", want: `^stdout current startValue=1.000000\n\n$`},
	{source: "// Temporary fix", want: `NonCachedValue=\d+\n   CachedValue=\d+\n`},
	{source: "%rm NonCachedValue", want: `^stdout . removed var NonCachedValue\n. removed var CachedValue\n`},
	{source: "import progressbar", module: "github.com/schollz/progressbar/v3@v3.19.0", want: `(?s)^stdout .*100%.*\nDone\n`},
	{source: "import \"github.com/janpfeifer/gonb/gonbui\"", want: `^text/html <span .*I 🧡 GoNB!</span>\n$`},
	{source: "%%\ngonbui.DisplayMarkdown", want: `^text/markdown #### Objective\n`},
	{source: "import \"github.com/benc-uk/gofract", not: "no version of its module is known here, so that no test can name one"},
	{source: "import \"bytes\"\nimport svgo", module: "github.com/ajstarks/svgo@v0.0.0-20211024235047-1546f124cd8b", want: `(?s)^image/svg\+xml <\?xml .*<svg width="500" height="500"`},
	{source: "!*go get -u github.com/erkkah/margaid@", not: "asks for a commit; the version below does for the cells after it"},
	{source: "import \"bytes\"\nimport \"github.com/janpfeifer", module: "github.com/erkkah/margaid@v0.3.0", want: `(?s)^image/svg\+xml <svg .*A diagram of sorts`},
	{source: "import (\n    \"bytes\"\n    \"math\"", module: "github.com/erkkah/margaid@v0.3.0", want: `(?s)^text/html \ntext/html <svg .*Animated Sine`},
	{source: "import (\n    \"bytes\"\n    \"math/rand\"", module: "gonum.org/v1/plot@v0.15.2", want: `^image/png iVBORw0KGgo`},
	{source: "%%\ngonbui.DisplaySvg(string(Gonum", module: "gonum.org/v1/plot@v0.15.2", want: `(?s)^image/svg\+xml <\?xml .*<svg width="400pt"`},
	{source: "import (\n    \"github.com/janpfeifer/gonb/gonbui/plotly\"", module: "github.com/MetalBlueberry/go-plotly@v0.7.0", want: `(?s)^text/html <div id="\w+"></div>\ntext/html <script.*A Figure Specified By Go Struct`},
	{source: "func init_a()", want: `^stdout init_a\nmain\n\n$`},
	{source: "func init_b()", want: `^stdout init_a\ninit_b\nmain\n\n$`},
	{source: "%rm init_a init_b", want: `^stdout . removed func init_a\n. removed func init_b\n`},
	{source: "import (\n    \"flag\"", want: `^stdout Hello world!\n\n$`},
	{source: "%args --who=Wally", want: `^stdout Where is Wally\?\n$`},
	{source: "import (\n    \"github.com/janpfeifer/gonb/gonbui\"\n    \"github.com/janpfeifer/gonb/gonbui/dom\"", not: "its slider waits for a browser, as it does in stock GoNB"},
	{source: "!go version\n", want: `^stdout go version go1\.\d+.*\n/`},
	{source: "!*pwd ; ls -l", want: `(?s)^stdout /.*\bgo\.mod\n`},
	{source: "!((ii=0))", want: `^stdout Counting: 4 \.\.\.\n\n$`},
	{source: "import \"github.com/stretchr/testify/require\"", module: "github.com/stretchr/testify/require@v1.11.1", want: `(?s)^stdout === RUN   TestIncr.*--- PASS: TestIncr.*BenchmarkIncr.*\nPASS\n`},
	{source: "!*go mod edit -replace", want: `(?s)^stdout module .*replace github.com/janpfeifer/gonb => /.*/Projects/gonb`},
	{source: "!*rm -f go.work", want: ``},
	{source: "%help", want: `^text/markdown ## GoNB Help Page\n`},
}

// TestTutorial runs GoNB's own tutorial: what works in a stock GoNB works here. Where
// the modules that it plays with cannot be fetched, the cells that need one
// have to say what to do. Of those modules the long form fetches all, the short one two.
func TestTutorial(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/janpfeifer/gonb").Output()
	if err != nil {
		t.Fatal(err)
	}
	n, err := notebook.Read(filepath.Join(strings.TrimSpace(string(out)), "examples", "tutorial.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	cells := execute.Cells(n)
	if len(cells) != len(tutorial) {
		t.Fatalf("the tutorial has %d cells, %d are known", len(cells), len(tutorial))
	}
	modules := map[string]bool{}
	var lessons []lesson
	var sources []string
	for i, l := range tutorial {
		if !strings.HasPrefix(cells[i].Source, l.source) {
			t.Fatalf("cell %d of the tutorial is %q, not %q", i+1, cells[i].Source, l.source)
		}
		if l.not != "" {
			t.Logf("cell %d is left out: %s", i+1, l.not)
			continue
		}
		if l.module != "" && !suitetest.Long && !strings.Contains(l.module, "svgo") && !strings.Contains(l.module, "testify") {
			t.Logf("cell %d needs one more module: CIRCUITBOOK_LONG=1 runs it", i+1)
			continue
		}
		if l.module != "" {
			modules[l.module] = true
		}
		lessons, sources = append(lessons, l), append(sources, cells[i].Source)
	}
	get := "!*go get " + strings.Join(slices.Sorted(maps.Keys(modules)), " ")
	r := newRun(t, append([]string{get}, sources...)...)
	r.Env = slices.DeleteFunc(r.Env, func(kv string) bool { return kv == "GOPROXY=off" || kv == "CIRCUITBOOK_OFFLINE=1" })
	r.Timeout = 120e9
	got, err := r.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fetched := got[0].Failure == nil
	if !fetched {
		t.Logf("cells that need a module only have to say so: %v", got[0].Failure)
	}
	ran := 0
	for i, l := range lessons {
		c, f := r.Notebook.Cells[i+1], got[i+1].Failure
		switch {
		case l.module != "" && !fetched && f != nil:
			if strings.HasPrefix(l.source, "import") && !strings.Contains(f.Error(), "!*go get ") {
				t.Errorf("without its module: %v\n%s", f, c.Source)
			}
		case f != nil:
			t.Errorf("%v\n%s", f, c.Source)
		default:
			ran++
			if text := shown(c); !regexp.MustCompile(l.want).MatchString(text) {
				t.Errorf("%.600q is not %q\n%s", text, l.want, c.Source)
			}
		}
	}
	t.Logf("%d of %d cells do what they do in GoNB", ran, len(tutorial))
}

// shown are the cell's outputs, each as "TYPE TEXT\n".
func shown(c *notebook.Cell) string {
	var b strings.Builder
	for _, out := range c.Outputs {
		m := out.(map[string]any)
		if data, ok := m["data"].(map[string]any); ok {
			for _, kind := range slices.Sorted(maps.Keys(data)) {
				fmt.Fprintf(&b, "%s %v\n", kind, data[kind])
			}
		} else {
			fmt.Fprintf(&b, "%v %v\n", m["name"], m["text"])
		}
	}
	return b.String()
}
