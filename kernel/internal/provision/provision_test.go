package provision

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"circuitbook/kernel/internal/module"
	"circuitbook/sparsenn/cache"
)

// TestLock holds that every package of the lock is pinned by version and
// hash, and that the lock names no place to fetch from.
func TestLock(t *testing.T) {
	pinned := regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*==\S+( ; [^\\]+)? \\$`)
	hash := regexp.MustCompile(`^    --hash=sha256:[0-9a-f]{64}( \\)?$`)
	packages, hashes := 0, 0
	for i, line := range strings.Split(strings.TrimSpace(string(lock)), "\n") {
		switch {
		case pinned.MatchString(line):
			packages, hashes = packages+1, 0
		case hash.MatchString(line) && packages > 0:
			hashes++
		default:
			t.Fatalf("line %d: %q", i+1, line)
		}
		if !strings.HasSuffix(line, `\`) && hashes == 0 {
			t.Errorf("line %d: a package without a hash", i+1)
		}
	}
	if packages < 50 {
		t.Errorf("%d packages", packages)
	}
	for _, want := range []string{"jupyterlab", "nbclient", "nbconvert", "papermill", "jupytext"} {
		if !strings.Contains(string(lock), "\n"+want+"==") {
			t.Errorf("%s is not locked", want)
		}
	}
}

// TestRequirements holds that the lock was made from the names beside it.
func TestRequirements(t *testing.T) {
	in, err := os.ReadFile("requirements.in")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(in)) {
		line = strings.TrimSpace(line)
		if line != "" && line[0] != '#' && !strings.Contains(string(lock), line+" \\") {
			t.Errorf("%s is not in the lock", line)
		}
	}
}

func TestLineWriter(t *testing.T) {
	var buf bytes.Buffer
	w := &lineWriter{w: &buf}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { fmt.Fprintf(w, "%s\n", strings.Repeat("x", 9)) })
	}
	wg.Wait()
	if got := buf.String(); got != strings.Repeat("xxxxxxxxx\n", 20) {
		t.Errorf("lines were mixed: %q", got)
	}
}

func TestRunCommand(t *testing.T) {
	err := runCommand(t.Context(), exec.Command("sh", "-c", "for i in $(seq 20); do echo line $i; done; exit 3"))
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "line 20") || strings.Contains(err.Error(), "line 8\n") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := runCommand(ctx, exec.CommandContext(ctx, "sleep", "60")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestKey(t *testing.T) {
	if key("a", "bc") == key("ab", "c") || key("a") == key("a", "") || len(key()) != 16 {
		t.Error("keys do not tell parts apart")
	}
}

func TestWithout(t *testing.T) {
	got := without([]string{"A=1", "AB=2", "C=3", "A=4"}, "A", "C")
	if !slices.Equal(got, []string{"AB=2"}) {
		t.Errorf("got %q", got)
	}
}

// TestMarker holds when an environment counts as complete.
func TestMarker(t *testing.T) {
	t.Setenv("CIRCUITBOOK_CACHE", t.TempDir())
	t.Setenv("CIRCUITBOOK_PYTHON", "")
	if _, err := FindPython(); !errors.Is(err, ErrNoEnvironment) {
		t.Fatalf("an empty cache gave %v", err)
	}
	base := filepath.Join(t.TempDir(), "python3.11")
	if err := os.WriteFile(base, []byte("one"), 0o755); err != nil {
		t.Fatal(err)
	}
	dir, err := cache.Sub("python", "3.11-x")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(base, interpreter(dir)); err != nil {
		t.Fatal(err)
	}
	if complete(dir) {
		t.Error("complete without a marker")
	}
	if err := writeMarker(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := FindPython(); err != nil || got != interpreter(dir) {
		t.Errorf("got %q, %v", got, err)
	}
	marked, err := os.ReadFile(filepath.Join(dir, markerName))
	if err != nil {
		t.Fatal(err)
	}
	older := bytes.Replace(marked, []byte(key(string(lock))), []byte(key("another lock")), 1)
	for text, want := range map[string]bool{string(older): false, "not JSON": false, string(marked): true} {
		if err := os.WriteFile(filepath.Join(dir, markerName), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if complete(dir) != want {
			t.Errorf("complete is not %v with the marker %s", want, text)
		}
	}
	if err := writeMarker(dir); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CIRCUITBOOK_PYTHON", "/other")
	if complete(dir) {
		t.Error("complete although another Python is asked for")
	}
	t.Setenv("CIRCUITBOOK_PYTHON", "")
	if err := os.WriteFile(base, []byte("another"), 0o755); err != nil {
		t.Fatal(err)
	}
	if complete(dir) {
		t.Error("complete although the Python under it was replaced")
	}
	if err := os.WriteFile(filepath.Join(dir, markerName), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if complete(dir) {
		t.Error("complete with a broken marker")
	}
}

// TestPythonHalfMade holds that an environment that could not be finished
// leaves nothing, and that the error says what pip said.
func TestPythonHalfMade(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip(err)
	}
	root := t.TempDir()
	t.Setenv("CIRCUITBOOK_CACHE", root)
	t.Setenv("CIRCUITBOOK_OFFLINE", "")
	t.Setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
	t.Setenv("PIP_RETRIES", "0")
	t.Setenv("PIP_FIND_LINKS", "")
	var log bytes.Buffer
	_, err := EnsurePython(t.Context(), &log)
	if err == nil || !strings.Contains(err.Error(), "pip could not install") {
		t.Fatalf("got %v\n%s", err, log.String())
	}
	if left, _ := filepath.Glob(filepath.Join(root, "python", "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestPythonOffline(t *testing.T) {
	t.Setenv("CIRCUITBOOK_CACHE", t.TempDir())
	t.Setenv("CIRCUITBOOK_OFFLINE", "1")
	if _, err := EnsurePython(t.Context(), &bytes.Buffer{}); !errors.Is(err, cache.ErrOffline) {
		t.Errorf("got %v", err)
	}
}

func TestPythonEnviron(t *testing.T) {
	gone := []string{"PYTHONPATH", "PYTHONHOME", "PYTHONIOENCODING", "PYTHONWARNINGS", "PYTHONOPTIMIZE", "PYTHONINSPECT", "PYTHONVERBOSE", "PYTHONPLATLIBDIR", "PIP_TARGET"}
	kept := []string{"PIP_INDEX_URL", "PYTHONDONTWRITEBYTECODE", "MYPYTHON"}
	for _, name := range append(slices.Clone(gone), kept...) {
		t.Setenv(name, "x")
	}
	t.Setenv("PYTHONUTF8", "0")
	env := PythonEnviron()
	for _, name := range gone {
		if slices.Contains(env, name+"=x") {
			t.Errorf("%s is there", name)
		}
	}
	for _, name := range kept {
		if !slices.Contains(env, name+"=x") {
			t.Errorf("%s is gone", name)
		}
	}
	if !slices.Contains(env, "PYTHONUTF8=1") || slices.Contains(env, "PYTHONUTF8=0") {
		t.Errorf("environment %q", env)
	}
}

func testModule(t *testing.T) *module.Module {
	t.Helper()
	m, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestFindTools(t *testing.T) {
	t.Setenv("CIRCUITBOOK_CACHE", t.TempDir())
	m := testModule(t)
	tools, err := FindTools(t.Context(), m)
	if !errors.Is(err, ErrNoTools) {
		t.Fatalf("an empty cache gave %v", err)
	}
	if !strings.HasPrefix(tools.Env.GOVERSION, "go1.") || tools.Env.GOMODCACHE == "" || !filepath.IsAbs(tools.Go) {
		t.Errorf("tools %+v", tools)
	}
	if err := os.MkdirAll(filepath.Dir(tools.GoNB), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{tools.GoNB, tools.GoImports} {
		if _, err := FindTools(t.Context(), m); !errors.Is(err, ErrNoTools) {
			t.Errorf("half of the tools gave %v", err)
		}
		if err := os.WriteFile(name, nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := FindTools(t.Context(), m); err != nil {
		t.Error(err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := FindTools(t.Context(), m); err == nil || !strings.Contains(err.Error(), "not on PATH") {
		t.Errorf("without go: %v", err)
	}
}

// TestToolsOffline holds that tools that cannot be built leave nothing.
func TestToolsOffline(t *testing.T) {
	root := t.TempDir()
	t.Setenv("CIRCUITBOOK_CACHE", root)
	t.Setenv("CIRCUITBOOK_OFFLINE", "1")
	t.Setenv("GOMODCACHE", t.TempDir())
	_, err := EnsureTools(t.Context(), testModule(t), &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "`go mod download`") {
		t.Errorf("got %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(root, "bin", "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestEnsureProgram(t *testing.T) {
	t.Setenv("CIRCUITBOOK_CACHE", t.TempDir())
	old, err := cache.Sub("program", "old")
	if err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-2 * keepPrograms)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	p, err := EnsureProgram(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Error("a copy that was not used for long is still there")
	}
	for _, name := range []string{p.Path, filepath.Join(p.Shim, "go"), filepath.Join(p.Shim, "goimports")} {
		got, err := cache.SHA256File(name)
		want, err2 := cache.SHA256File(os.Args[0])
		if err != nil || err2 != nil || got != want {
			t.Errorf("%s is not this program: %v, %v", name, err, err2)
		}
	}
	info, err := os.Stat(p.Path)
	if err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.Remove(filepath.Join(p.Shim, "go")); err != nil {
		t.Fatal(err)
	}
	again, err := EnsureProgram(t.Context())
	if err != nil || again != p || !linked(again) {
		t.Errorf("the second time %+v, %v", again, err)
	}
	out := filepath.Join(t.TempDir(), "copy")
	if err := p.CopyTo(out); err != nil || !same(out, p.Path) {
		t.Errorf("copying: %v", err)
	}
}

// TestEnsure makes everything for real, in the user's cache, and holds that
// the second time nothing is made.
func TestEnsure(t *testing.T) {
	if testing.Short() {
		t.Skip("fetches")
	}
	needs := Needs{Module: testModule(t), Python: true, Fetch: true}
	var log bytes.Buffer
	start := time.Now()
	first, err := Ensure(t.Context(), needs, &log)
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	t.Logf("first: %v\n%s", time.Since(start), log.String())
	// GoNB is built of the mended source.
	info, err := buildinfo.ReadFile(first.Tools.GoNB)
	if err != nil || info.Main.Path != gonbPath || info.Main.Replace == nil {
		t.Errorf("%s: %+v, %v", first.Tools.GoNB, info, err)
	}
	log.Reset()
	t.Setenv("CIRCUITBOOK_OFFLINE", "1")
	t.Setenv("GOPROXY", "off")
	t.Setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
	start = time.Now()
	second, err := Ensure(t.Context(), needs, &log)
	if err != nil || log.Len() > 0 {
		t.Errorf("%v\n%s", err, log.String())
	}
	t.Logf("second: %v", time.Since(start))
	second.Tools.Env.GOPROXY = first.Tools.Env.GOPROXY // as it was set between
	if second.Python != first.Python || second.Tools != first.Tools || second.Program != first.Program {
		t.Errorf("first %+v, then %+v", first, second)
	}
	out, err := exec.Command(second.Python, "-c", "import nbclient, nbconvert, nbformat; print(nbclient.__version__)").CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestInterruptedCommand: a command whose context ends has the time to take away what
// it made.
func TestInterruptedCommand(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", `trap "rm made; exit 1" INT; touch made; while :; do sleep 0.1; done`)
	cmd.Dir = dir
	go func() {
		for !isFile(filepath.Join(dir, "made")) && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if err := runCommand(ctx, cmd); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if isFile(filepath.Join(dir, "made")) {
		t.Error("it was killed")
	}
}
