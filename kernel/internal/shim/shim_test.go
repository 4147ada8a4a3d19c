package shim

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The test binary plays the shim when it is called as go or goimports.
func TestMain(m *testing.M) {
	if name := Called(os.Args[0]); name != "" {
		os.Exit(Main(name, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// files writes files, given by path and content, under dir.
func files(t *testing.T, dir string, list map[string]string) {
	t.Helper()
	for name, text := range list {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// newSetup returns a setup with a small engine and the real go command.
// goimports is a script that says how it was called.
func newSetup(t *testing.T) Setup {
	t.Helper()
	root := t.TempDir()
	files(t, root, map[string]string{
		"engine/go.mod":                              "module circuitbook\n\ngo 1.26\n",
		"engine/go.sum":                              "",
		"engine/sparsenn/train/run.go":               "package train\n\nfunc Run() string { return \"ran\" }\n\ntype Config struct{}\n",
		"engine/sparsenn/train/x_test.go":            "package train\n\nfunc Hidden() {}\n",
		"engine/sparsenn/plugin/p.go":                "package plugin\n\nvar Path, other int\n\nconst Open = 1\n",
		"engine/viz/train/t.go":                      "package train\n\nfunc Draw() {}\n",
		"engine/viz/internal/in.go":                  "package internal\n\nfunc Draw() {}\n",
		"engine/kernel/model/m.go":                   "package model\n\nfunc Draw() {}\n",
		"goimports":                                  "#!/bin/sh\necho imports \"$@\" $GOPROXY\n",
		"cache/github.com/!some/one@v1.2.0/sub/s.go": "package sub\n\nfunc Given() {}\n",
	})
	if err := os.Chmod(filepath.Join(root, "goimports"), 0o755); err != nil {
		t.Fatal(err)
	}
	goCmd, err := exec.LookPath("go")
	if err != nil {
		t.Skip(err)
	}
	goRoot, err := exec.Command(goCmd, "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return Setup{
		Go: goCmd, GoImports: filepath.Join(root, "goimports"), Module: filepath.Join(root, "engine"),
		Path: os.Getenv("PATH"), GoFlags: "-mod=vendor -buildvcs=false",
		GoRoot: strings.TrimSpace(string(goRoot)), ModCache: filepath.Join(root, "cache"),
	}
}

// A folder is one as GoNB makes it, with the shim in front of PATH.
type folder struct {
	dir string
	env []string
}

func newCell(t *testing.T, s Setup) folder {
	t.Helper()
	bin := t.TempDir()
	for _, name := range []string{"go", "goimports"} {
		if err := os.Symlink(os.Args[0], filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(t.TempDir(), "gonb_0a1b2c3d")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), s.Environ()...)
	env = append(env, "PATH="+bin+":"+s.Path, "GOFLAGS=", "GOPROXY=user", envCell+"="+dir, "PWD="+dir)
	return folder{dir, env}
}

// run runs a command by its name in the cell's PATH.
func (c folder) run(t *testing.T, dir, name string, args ...string) (string, error) {
	t.Helper()
	bin, _, _ := strings.Cut(lookup(c.env, "PATH"), ":")
	cmd := exec.Command(filepath.Join(bin, name), args...)
	cmd.Dir, cmd.Env = dir, c.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (c folder) must(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := c.run(t, c.dir, name, args...)
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return out
}

// TestCell goes through what GoNB does for a cell.
func TestCell(t *testing.T) {
	s := newSetup(t)
	c := newCell(t, s)
	c.must(t, "go", "mod", "init", "gonb_0a1b2c3d")
	main := filepath.Join(c.dir, "main.go")
	files(t, c.dir, map[string]string{"main.go": "package main\n\nfunc main() { println(train.Run()) }\n"})
	if out := c.must(t, "goimports", "-w", main); strings.TrimSpace(out) != "imports -w "+main+" off" {
		t.Errorf("goimports was called as %q", out)
	}
	src, err := os.ReadFile(main)
	if err != nil {
		t.Fatal(err)
	}
	// GoNB takes the imports and writes the rest as it was.
	files(t, c.dir, map[string]string{"main.go": "package main\n\nimport \"" + strings.Join(importsOf(t, src), "\"\nimport \"") + "\"\n\nfunc main() { println(train.Run()) }\n"})
	c.must(t, "go", "get")
	c.must(t, "go", "get", "-t")
	bin := filepath.Join(c.dir, "gonb_0a1b2c3d")
	c.must(t, "go", "build", "-o", bin)
	out, err := exec.Command(bin).CombinedOutput()
	if err != nil || string(out) != "ran\n" {
		t.Errorf("the cell printed %q, %v", out, err)
	}
	if runtime.GOOS == "linux" {
		if flags := buildFlags(t, bin); !strings.Contains(flags, "-linkmode=internal") || !strings.Contains(flags, "-s -w") {
			t.Errorf("built with %s", flags)
		}
	}

	files(t, c.dir, map[string]string{"main.go": "package main\n\nfunc main() { undefined() }\n"})
	if out, err := c.run(t, c.dir, "go", "build", "-o", bin); err == nil || !strings.Contains(out, "undefined") {
		t.Errorf("a cell that does not compile gave %q, %v", out, err)
	}
}

// buildFlags returns the linker flags that a program was built with.
func buildFlags(t *testing.T, program string) string {
	t.Helper()
	out, err := exec.Command("go", "version", "-m", program).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "-ldflags") {
			return line
		}
	}
	return ""
}

func TestUserLdflags(t *testing.T) {
	c := newCell(t, newSetup(t))
	c.must(t, "go", "mod", "init", "gonb_0a1b2c3d")
	files(t, c.dir, map[string]string{"main.go": "package main\n\nfunc main() {}\n"})
	bin := filepath.Join(c.dir, "x")
	c.must(t, "go", "build", "-o", bin, "-ldflags=-X main.x=1")
	if flags := buildFlags(t, bin); strings.Contains(flags, "-s -w") {
		t.Errorf("the user's flags became %s", flags)
	}
}

// TestOutsideCell holds that elsewhere the commands do what they always do.
func TestOutsideCell(t *testing.T) {
	c := newCell(t, newSetup(t))
	dir := t.TempDir()
	if out, err := c.run(t, dir, "go", "mod", "init", "gonb_0a1b2c3d"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil || strings.Contains(string(mod), "circuitbook") {
		t.Errorf("go.mod is %q, %v", mod, err)
	}
	out, err := c.run(t, dir, "go", "env", "GOPROXY")
	if err != nil || strings.TrimSpace(out) != "user" {
		t.Errorf("GOPROXY is %q, %v", out, err)
	}
	if out, _ := c.run(t, dir, "goimports", "x.go"); strings.TrimSpace(out) != "imports x.go user" {
		t.Errorf("goimports was called as %q", out)
	}
}

// TestUserGet holds that a package asked for by name is looked for with the
// user's settings, and that listing a cell's packages is not.
func TestUserGet(t *testing.T) {
	c := newCell(t, newSetup(t))
	c.must(t, "go", "mod", "init", "gonb_0a1b2c3d")
	c.env = append(c.env, "GOPROXY=off", "GOFLAGS=-mod=mod")
	if out, err := c.run(t, c.dir, "go", "get", "example.com/x@v1.0.0"); err == nil {
		t.Errorf("got a module from nowhere: %s", out)
	}
	if out := c.must(t, "go", "list", "-m"); strings.TrimSpace(out) != "gonb_0a1b2c3d" {
		t.Errorf("listed %q", out)
	}
}

func TestMainRefusesOutsideKernel(t *testing.T) {
	cmd := exec.Command(os.Args[0], "version")
	cmd.Args[0] = "go"
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "outside") {
		t.Errorf("got %q, %v", out, err)
	}
}

func TestCalled(t *testing.T) {
	for in, want := range map[string]string{
		"go": "go", "/x/shim/go": "go", "/x/goimports": "goimports",
		"circuitbook": "", "/go/kernel": "", "gofmt": "",
	} {
		if got := Called(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestHasLdflags(t *testing.T) {
	for arg, want := range map[string]bool{
		"-ldflags=-s": true, "--ldflags": true, "-gcflags=all=-N": false, "ldflags": false,
	} {
		if got := hasLdflags([]string{"build", arg}); got != want {
			t.Errorf("%s: %v", arg, got)
		}
	}
}
