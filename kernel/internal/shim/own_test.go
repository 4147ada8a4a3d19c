package shim

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestOwn holds that a cell finds the modules of the user's own, and that one
// which is gone or broken harms no cell but those that import it.
func TestOwn(t *testing.T) {
	c := newCell(t, newSetup(t))
	root := t.TempDir()
	pkg := func(name string) string {
		return "package " + name + "\n\nfunc Name() string { return \"" + name + "\" }\n"
	}
	files(t, root, map[string]string{
		"go.mod": "module example.com/above\n\ngo 1.26\n", "above.go": pkg("above"),
		"nb/below/go.mod": "module below\n\ngo 1.26\n", "nb/below/sub/sub.go": pkg("sub"),
		"nb/second/go.mod": "module example.org/second/v2\n\ngo 1.26\n\nrequire inner v0.0.0\n\nreplace inner => ./inner\n",
		"nb/second/s.go":   "package second\n\nimport \"inner\"\n\nfunc Name() string { return \"v2 \" + inner.Name() }\n",
		"nb/second/go.sum": "example.net/x v1.0.0 h1:abc=\n", "nb/second/inner/go.mod": "module inner\n\ngo 1.26\n", "nb/second/inner/i.go": pkg("inner"),
		"nb/bad/go.mod": "modul bad\n", "nb/bad/b.go": pkg("bad"),
		"nb/deep/er/go.mod": "module er\n", "nb/deep/er/e.go": pkg("er"),
		"used/go.mod": "module used\n\ngo 1.26\n", "used/u.go": pkg("used"),
	})
	nb := filepath.Join(root, "nb")
	c.env = append(c.env, envDir+"="+nb)
	c.must(t, "go", "mod", "init", "gonb_0a1b2c3d")
	cell := func(path, name, want string) {
		t.Helper()
		main := filepath.Join(c.dir, "main.go")
		program := map[string]string{"main.go": fmt.Sprintf("package main\n\nimport %q\n\nfunc main() { println(%s.Name()) }\n", path, name)}
		files(t, c.dir, program)
		c.must(t, "goimports", "-w", main)
		files(t, c.dir, program) // as GoNB does
		out, err := c.run(t, c.dir, "go", "build", "-o", "cell")
		if err == nil {
			var text []byte
			text, err = exec.Command(filepath.Join(c.dir, "cell")).CombinedOutput()
			out = strings.TrimSpace(string(text))
		}
		if (err == nil) != !strings.HasPrefix(want, "!") || !strings.Contains(out, strings.TrimPrefix(want, "!")) {
			t.Errorf("%s: %q, %v, want %q", path, out, err, want)
		}
	}
	cell("example.com/above", "above", "above")
	cell("below/sub", "sub", "sub")
	cell("example.org/second/v2", "second", "v2 inner")
	if sums, err := os.ReadFile(filepath.Join(c.dir, "go.sum")); err != nil || !strings.Contains(string(sums), "example.net/x") {
		t.Errorf("go.sum is %q, %v", sums, err)
	}
	cell("er", "er", "!package er is not in std")
	cell("bad", "bad", "!package bad is not in std")
	cell("used", "used", "!package used is not in std")

	// One of which nothing is left, and one that comes while the kernel runs.
	cell("below/sub", "sub", "sub")
	if err := os.RemoveAll(filepath.Join(nb, "below")); err != nil {
		t.Fatal(err)
	}
	cell("below/sub", "sub", "!below")
	cell("example.com/above", "above", "above")
	files(t, root, map[string]string{"nb/go.work": "go 1.26\n\nuse ../used\n"})
	cell("used", "used", "used")
	if mod, err := os.ReadFile(filepath.Join(c.dir, "go.mod")); err != nil || strings.Contains(string(mod), "below") {
		t.Errorf("go.mod is %s, %v", mod, err)
	}

	// What the user requires by hand stays, whatever cells import.
	c.must(t, "go", "mod", "edit", "-require", "by@v0.0.0", "-replace", "by="+filepath.Join(root, "used"))
	cell("example.com/above", "above", "above")
	if mod, err := os.ReadFile(filepath.Join(c.dir, "go.mod")); err != nil || !strings.Contains(string(mod), "by => ") {
		t.Errorf("go.mod is %s, %v", mod, err)
	}
	c.must(t, "go", "mod", "edit", "-droprequire", "by", "-dropreplace", "by")

	// A workspace of the cell's own.
	c.must(t, "go", "work", "init", ".")
	cell("used", "used", "used")
	cell("example.com/above", "above", "above")
	files(t, c.dir, map[string]string{"main_test.go": "package main\n\nimport \"testing\"\n\nfunc TestX(*testing.T) {}\n"})
	c.must(t, "go", "test", "-c", "-o", "cell")
}
