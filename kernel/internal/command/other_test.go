package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"circuitbook/kernel/internal/kernelspec"
	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/provision"
	"circuitbook/sparsenn/backend/plugin"
)

func itoa(i int) string { return strconv.Itoa(i) }

func atoi(t *testing.T, s string) int {
	t.Helper()
	i, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// TestImports holds that the program needs no cgo and imports no more of the
// engine than it may, so that it builds in seconds.
func TestImports(t *testing.T) {
	m, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}} {{len .CgoFiles}} {{.Standard}}", "./kernel")
	cmd.Dir = m.Dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"circuitbook/sparsenn/cache", "circuitbook/sparsenn/artifact", "circuitbook/sparsenn/tensorfile", "circuitbook/sparsenn/backend/plugin"}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if f[1] != "0" && f[2] == "false" {
			t.Errorf("%s uses cgo", f[0])
		}
		if !strings.HasPrefix(f[0], "circuitbook/") || strings.HasPrefix(f[0]+"/", "circuitbook/kernel/") {
			continue
		}
		if !slices.ContainsFunc(allowed, func(a string) bool { return f[0] == a || strings.HasPrefix(f[0], a+"/") }) {
			t.Errorf("the program imports %s", f[0])
		}
	}
}

func TestHelp(t *testing.T) {
	p := newPlace(t)
	for _, args := range [][]string{{"--help"}, {"run", "--help"}} {
		code, out := p.run(t, args...)
		if code != exitOK || !strings.Contains(out, "Usage: circuitbook") || !strings.Contains(out, "Exit codes:") {
			t.Errorf("%q: exit code %d\n%s", args, code, out)
		}
	}
	var out strings.Builder
	if code := run(nil, &out, &out); code != exitOK || !strings.Contains(strings.Join(strings.Fields(out.String()), " "), "130 interrupted") {
		t.Errorf("exit code %d; exit codes are not in\n%s", code, out.String())
	}
}

// TestInstall installs below a prefix, runs a notebook with the installed
// kernel as any Jupyter client would, and uninstalls.
func TestInstall(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	prefix := filepath.Join(p.dir, "prefix")
	place := kernelspec.Prefix(prefix)

	code, out := p.run(t, "install", "--prefix", prefix, "--dry-run")
	if code != exitOK || !strings.Contains(out, place.Program()) || !strings.Contains(out, `"interrupt_mode": "message"`) {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if _, err := os.Stat(prefix); !os.IsNotExist(err) {
		t.Fatal("--dry-run wrote something")
	}
	for range 2 {
		if code, out := p.run(t, "install", "--prefix", prefix); code != exitOK {
			t.Fatalf("exit code %d\n%s", code, out)
		}
	}

	python, err := provision.FindPython()
	if err != nil {
		t.Fatal(err)
	}
	p.notebook(t, "a.ipynb", testCell{Source: "%%\nfmt.Println(6*7, cache.OfflineEnv, os.Getenv(artifact.NotebookRootVariable))"})
	cmd := exec.Command(python, "-m", "nbconvert", "--to", "notebook", "--execute", "--stdout",
		"--ExecutePreprocessor.kernel_name=circuitbook", "a.ipynb")
	cmd.Dir = p.dir
	// No module but the kernelspec's record.
	cmd.Env = append(p.command().Env, module.Env+"=", "JUPYTER_PATH="+place.Jupyter, "JUPYTER_RUNTIME_DIR="+filepath.Join(p.dir, "runtime"),
		"JUPYTER_CONFIG_DIR="+filepath.Join(p.dir, "config"), "JUPYTER_DATA_DIR="+filepath.Join(p.dir, "data"))
	var log strings.Builder
	cmd.Stderr = &log
	text, err := cmd.Output()
	if err != nil || !strings.Contains(string(text), "42 CIRCUITBOOK_OFFLINE "+filepath.Join(p.module, "notebooks", "runs")) {
		t.Errorf("%v\n%s\n%s", err, text, log.String())
	}

	for _, want := range []string{"removed the kernel", "nothing was installed"} {
		if code, out := p.run(t, "uninstall", "--prefix", prefix); code != exitOK || !strings.Contains(out, want) {
			t.Errorf("exit code %d\n%s", code, out)
		}
	}
	if _, err := os.Stat(kernelspec.Dir(place.Jupyter)); !os.IsNotExist(err) {
		t.Error("the kernel is still there")
	}
	if _, err := os.Stat(place.Own); !os.IsNotExist(err) {
		t.Error("the program's folder is still there")
	}
}

// TestBackendAskedFor holds that what $CIRCUITBOOK_BACKEND asks for is what
// doctor tells and what run prepares for.
func TestBackendAskedFor(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	p.notebook(t, "a.ipynb", claim(`{"name":"loss","value":1}`))
	ask := func(env string, args ...string) (int, string) {
		cmd := p.command(args...)
		cmd.Env = append(cmd.Env, plugin.BackendEnv+"="+env, "CUDA_VISIBLE_DEVICES=")
		text, _ := cmd.CombinedOutput()
		return cmd.ProcessState.ExitCode(), string(text)
	}
	for _, c := range []struct {
		env, doctor string
		code        int
	}{
		{"go", "ok   backend that would be used: pure Go, slow, as $CIRCUITBOOK_BACKEND asks", exitOK},
		{"cuda", "MISS backend that would be used: none yet: $CIRCUITBOOK_BACKEND=cuda; no XLA plugin found", exitFailed},
		{"gpu", "MISS backend that would be used: none; $CIRCUITBOOK_BACKEND=\"gpu\": want", exitFailed},
	} {
		if code, out := ask(c.env, "doctor"); code != c.code || !strings.Contains(out, c.doctor) {
			t.Errorf("%s: exit code %d, %q is not in\n%s", c.env, code, c.doctor, out)
		}
	}
	if code, out := ask("go", "run", "a.ipynb"); code != exitOK || !strings.Contains(out, "the pure-Go backend will be used, which is slow: $CIRCUITBOOK_BACKEND asks for it") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if text := p.read(t, "circuitbook-out/a.results.json"); !strings.Contains(text, `"plugin": null`) {
		t.Errorf("the results name a plugin that was not used:\n%s", text)
	}
	if code, out := ask("gpu", "run", "a.ipynb"); code != exitUsage || !strings.Contains(out, `$CIRCUITBOOK_BACKEND="gpu": want`) {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if code, out := ask("cuda", "run", "a.ipynb"); code != exitProvision || !strings.Contains(out, "$CIRCUITBOOK_BACKEND=cuda, but: no XLA plugin found") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestDoctor looks at a machine with everything and at one with nothing.
func TestDoctor(t *testing.T) {
	provided(t)
	p := newPlace(t)
	code, out := p.run(t, "doctor")
	if code != exitOK || strings.Contains(out, "MISS") && !strings.Contains(out, "MISS $") {
		t.Errorf("exit code %d\n%s", code, out)
	}

	empty := filepath.Join(p.dir, "cache")
	cmd := p.command("doctor")
	cmd.Env = append(cmd.Env, "CIRCUITBOOK_CACHE="+empty, "PATH="+p.dir)
	text, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != exitFailed {
		t.Errorf("exit code %d", cmd.ProcessState.ExitCode())
	}
	for _, want := range []string{"MISS Go:", "MISS Python:", "MISS Python environment:", "ok   cache folder: " + empty} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	_ = filepath.WalkDir(empty, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("doctor made %s", name)
		}
		return nil
	})
}

// TestOfflineEmpty holds that with nothing in the cache and no network a run
// ends soon, says what it lacks, and leaves nothing half made.
func TestOfflineEmpty(t *testing.T) {
	p := newPlace(t)
	p.notebook(t, "a.ipynb", testCell{Source: "%%\nfmt.Println(1)"})
	empty := filepath.Join(p.dir, "cache")
	cmd := p.command("run", "a.ipynb")
	cmd.Env = append(cmd.Env, "CIRCUITBOOK_CACHE="+empty, "GOMODCACHE="+filepath.Join(p.dir, "modules"), "GOFLAGS=-modcacherw")
	text, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != exitProvision || !strings.Contains(string(text), "CIRCUITBOOK_OFFLINE") &&
		!strings.Contains(string(text), "GOPROXY=off") {
		t.Errorf("exit code %d\n%s", cmd.ProcessState.ExitCode(), text)
	}
	for _, kind := range []string{"python", "bin"} {
		if left, _ := filepath.Glob(filepath.Join(empty, kind, "*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

// TestCacheFolderAlone: with the cache folder, an empty module cache of Go and no network
// the go command has all that this program is built of, as doctor says.
func TestCacheFolderAlone(t *testing.T) {
	t.Parallel()
	provided(t)
	m, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	if !provision.AllKept(m) {
		t.Skip("Go's module cache had no packed modules to keep")
	}
	proxy, err := provision.ModuleProxy()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "list", "-deps", "./kernel")
	cmd.Dir = m.Dir
	cmd.Env = append(os.Environ(), "GOPROXY="+proxy, "GOMODCACHE="+t.TempDir(), "GOFLAGS=-modcacherw")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestLab starts JupyterLab as far as it can without a browser.
func TestLab(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	code, out := p.run(t, "lab", "--version")
	if code != exitOK || !strings.Contains(out, "4.") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	_, data := p.run(t, "python", "-c", "import os; print(end=os.environ['JUPYTER_PATH'].split(os.pathsep)[0])")
	if spec, err := kernelspec.Read(data); err != nil || spec.Module != p.module {
		t.Errorf("kernelspec %+v, %v", spec, err)
	}
}

// TestLabData: two clones of the module have kernel specs of their own.
func TestLabData(t *testing.T) {
	t.Setenv("CIRCUITBOOK_CACHE", t.TempDir())
	folders := map[string]bool{}
	for _, s := range []kernelspec.Spec{{Program: "/p", Module: "/a"}, {Program: "/p", Module: "/b"}, {Program: "/q", Module: "/a"}, {Program: "/p", Module: "/a"}} {
		dir, err := labData(s)
		if err != nil {
			t.Fatal(err)
		}
		folders[dir] = true
	}
	if len(folders) != 3 {
		t.Errorf("%v", folders)
	}
}
