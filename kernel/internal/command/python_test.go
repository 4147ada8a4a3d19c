package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"circuitbook/kernel/internal/notebook"
	"circuitbook/kernel/internal/provision"
)

// named writes a notebook that names its kernel, as JupyterLab does.
func (p place) named(t *testing.T, name string, cells ...testCell) {
	t.Helper()
	p.notebook(t, name, cells...)
	var n map[string]any
	if err := json.Unmarshal([]byte(p.read(t, name)), &n); err != nil {
		t.Fatal(err)
	}
	n["metadata"] = map[string]any{
		"kernelspec":    map[string]string{"name": "circuitbook", "display_name": "Go (Circuitbook)", "language": "go"},
		"language_info": map[string]string{"name": "go", "file_extension": ".go"},
	}
	text, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	p.write(t, name, string(text))
}

// parameterCells is a notebook with a parameter of every type.
func parameterCells() []testCell {
	return []testCell{
		{Source: "var scale = \"laptop\" // \"tiny\" or not\nvar rate = 0.5\nvar steps = 1_0\nvar on = false", Tags: []string{"parameters"}},
		{Source: "fmt.Printf(\"%q %v %d %v\\n\", scale, rate/4, steps/2, !on)"},
		{Source: "half := rate / 2"},
		{Source: "half *= 3\nfmt.Println(\"half\", half)"},
	}
}

// TestPapermill: parameters given as papermill's users do keep their types, and what
// is wrong with one is said as circuitbook run says it.
func TestPapermill(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	p.named(t, "in.ipynb", parameterCells()...)
	code, out := p.run(t, "python", "-m", "papermill", "--no-progress-bar", "in.ipynb", "out.ipynb", "-p", "scale", `a "b" \n é`, "-p", "rate", "2", "-p", "steps", "7", "-p", "on", "true")
	if code != exitOK {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	n, err := notebook.Parse([]byte(p.read(t, "out.ipynb")))
	if err != nil {
		t.Fatal(err)
	}
	if text := p.read(t, "out.ipynb"); !strings.Contains(text, `"half 3\n"`) {
		t.Errorf("a value did not survive its cell:\n%s", text)
	}
	if len(n.Cells) != 5 || !n.Cells[1].Has("injected-parameters") || !strings.Contains(p.read(t, "out.ipynb"), `"\"a \\\"b\\\" \\\\n é\" 0.5 3 false\n"`) {
		t.Errorf("executed:\n%s", p.read(t, "out.ipynb"))
	}
	// What is wrong, all in one process: Python takes longer to start than to refuse.
	wanted := map[string]string{
		"-p step 3":    "unknown parameter step; the notebook has: scale (string), rate (float64), steps (int), on (bool)",
		"-p steps x":   "the parameter steps is int; 'x' is not",
		"-p steps 1.5": "the parameter steps is int; 1.5 is not",
		"-p on 3":      "the parameter on is bool; 3 is not",
		"-p rate .inf": "the parameter rate is float64",
	}
	code, out = p.run(t, append([]string{"python", "-c", papermills}, slices.Collect(maps.Keys(wanted))...)...)
	if code != exitOK {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	for args, want := range wanted {
		_, said, _ := strings.Cut(out, "== "+args+"\n")
		said, _, _ = strings.Cut(said, "\n== ")
		if !strings.HasPrefix(said, "exit code 1\n") || !strings.Contains(said, want) {
			t.Errorf("%s: %q is not in\n%s", args, want, said)
		}
	}
	if _, err := os.Stat(filepath.Join(p.dir, "bad.ipynb")); err == nil {
		t.Error("a notebook was written")
	}
	if _, out, _ = strings.Cut(out, "== help\n"); !strings.HasPrefix(out, "exit code 0\n") || !regexp.MustCompile(`scale: string \(default "laptop"\)\s+"tiny" or not`).MatchString(out) || !strings.Contains(out, "steps: int (default 1_0)") {
		t.Errorf("help: %s", out)
	}
}

// papermills runs papermill with every argument of its own, as its command does, and
// then asks it about the notebook.
const papermills = `
import sys
from click.testing import CliRunner
from papermill.cli import papermill
for args in sys.argv[1:]:
    r = CliRunner().invoke(papermill, ["in.ipynb", "bad.ipynb", *args.split()])
    print(f"== {args}\nexit code {r.exit_code}\n{r.output}\n{r.exception!r}")
r = CliRunner().invoke(papermill, ["in.ipynb", "--help-notebook"])
print(f"== help\nexit code {r.exit_code}\n{r.output}")
`

// TestPapermillFails: a failing cell fails papermill, which keeps what ran.
func TestPapermillFails(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	p.named(t, "in.ipynb", testCell{Source: "!exit 3"}, testCell{Source: "fmt.Println(1)"})
	code, out := p.run(t, "python", "-m", "papermill", "--no-progress-bar", "in.ipynb", "out.ipynb")
	if code == exitOK || !strings.Contains(out, "PapermillExecutionError") || !strings.Contains(p.read(t, "out.ipynb"), "exit 3") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestNbmake runs a notebook that does well and one that fails as pytest's users do.
func TestNbmake(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	p.named(t, "good.ipynb", parameterCells()...)
	p.named(t, "bad.ipynb", testCell{Source: "x := 1"}, testCell{Source: "fmt.Println(y)"})
	var log bytes.Buffer
	python, err := provision.FindPython()
	if err != nil {
		t.Fatal(err)
	}
	packages, err := provision.EnsureTestPackages(t.Context(), python, &log)
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	run := fmt.Sprintf("import sys; sys.path.insert(0, %q); import pytest; sys.exit(pytest.main(sys.argv[1:]))", packages)
	code, out := p.run(t, "python", "-c", run, "-p", "no:cacheprovider", "--nbmake", "--nbmake-timeout=600", "-rpf", "good.ipynb", "bad.ipynb")
	for _, want := range []string{"1 failed, 1 passed", "PASSED good.ipynb", "FAILED bad.ipynb", "undefined: y"} {
		if code == exitOK || !strings.Contains(out, want) {
			t.Errorf("exit code %d, %q is not in\n%s", code, want, out)
		}
	}
}

// TestJupytext: a notebook survives being paired with a Markdown file.
func TestJupytext(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	p.named(t, "in.ipynb", append(parameterCells(), testCell{Source: "# Words"})...)
	const jupytexts = "import sys; from jupytext.cli import jupytext; [jupytext(a.split()) for a in sys.argv[1:]]"
	if code, out := p.run(t, "python", "-c", jupytexts, "--to md in.ipynb -o a.md", "--to go:percent in.ipynb -o a.go", "--to ipynb a.md -o b.ipynb", "--to ipynb a.go -o c.ipynb"); code != exitOK {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	want, err := notebook.Parse([]byte(p.read(t, "in.ipynb")))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"b.ipynb", "c.ipynb"} {
		got, err := notebook.Parse([]byte(p.read(t, name)))
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Cells) != len(want.Cells) {
			t.Fatalf("%s has %d cells, not %d", name, len(got.Cells), len(want.Cells))
		}
		for i, c := range got.Cells {
			if c.Source != want.Cells[i].Source || c.Type != want.Cells[i].Type || c.Has("parameters") != want.Cells[i].Has("parameters") {
				t.Errorf("%s, cell %d: %s %q; it was %s %q", name, i, c.Type, c.Source, want.Cells[i].Type, want.Cells[i].Source)
			}
		}
		if name == "b.ipynb" && !strings.Contains(p.read(t, name), `"circuitbook"`) {
			t.Error("the kernel is lost")
		}
	}
}
