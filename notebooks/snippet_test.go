package notebooks

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
)

// snippet is the code of the README behind a mark.
func snippet(t *testing.T, mark string) string {
	t.Helper()
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "<!-- "+mark+" -->\n```go\n")
	code, _, ok2 := strings.Cut(rest, "```\n")
	if !ok || !ok2 {
		t.Fatalf("the README has nothing after %q", mark)
	}
	return code
}

// TestReadmeProgram: the README's program compiles, finds what is committed, and prints nodes.
func TestReadmeProgram(t *testing.T) {
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(snippet(t, "a test runs this program")), 0o600); err != nil {
		t.Fatal(err)
	}
	runs, err := filepath.Abs("runs")
	if err != nil {
		t.Fatal(err)
	}
	own := t.TempDir()
	run := exec.Command("go", "run", file)
	run.Env = append(os.Environ(), artifact.NotebookRootVariable+"="+runs, artifact.RootVariable+"="+own)
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := strings.Fields(string(out))
	for _, line := range lines {
		if _, err := circuit.ParseNode(line); err != nil {
			t.Errorf("it printed %q: %v", line, err)
		}
	}
	if made, err := os.ReadDir(own); err != nil || len(made) > 0 || len(lines) < 3 {
		t.Errorf("%d nodes; it made %v, %v", len(lines), made, err)
	}
}
