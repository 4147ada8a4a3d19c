package backend

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"circuitbook/sparsenn/backend/plugin"
	"circuitbook/sparsenn/backend/plugin/plugintest"
	"circuitbook/sparsenn/cache/cachetest"
)

// real returns a plugin that works, from the user's machine or fetched.
func real(t *testing.T) plugin.Plugin {
	t.Helper()
	p, err := plugin.Query{Platform: plugin.CPU}.Ensure(t.Context(), t.Output())
	if err != nil {
		t.Skip(err)
	}
	return p
}

// bare takes away everything that XLA could come from.
func bare(t *testing.T) {
	t.Helper()
	cachetest.Fresh(t)
	t.Setenv("HOME", t.TempDir())
	t.Setenv("LD_LIBRARY_PATH", "")
	t.Setenv("CUDA_VISIBLE_DEVICES", "-1")
	t.Setenv(Env, "")
	t.Setenv(plugin.UserEnv, t.TempDir())
	if _, err := plugin.Find(); !errors.Is(err, plugin.ErrNotFound) {
		t.Skip("this machine has a plugin among its system libraries")
	}
}

func TestOpen(t *testing.T) {
	b, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := try(b); err != nil {
		t.Fatal(err)
	}
	again, err := Open()
	if err != nil || again != b {
		t.Fatalf("a second backend: %v, %v", again, err)
	}
}

func TestForced(t *testing.T) {
	p := real(t)
	t.Setenv(plugin.UserEnv, p.Dir)
	for env, want := range map[string]string{
		"go": "go", "GO ": "go", "xla:cpu": "xla:cpu",
	} {
		o := openedWith(t, Env+"="+env)
		if o.Error != "" || o.Info.Name != want || o.stderr != "" {
			t.Errorf("%s=%q: %+v, stderr %q", Env, env, o, o.stderr)
		}
	}
	o := openedWith(t, Env+"=xla", "CUDA_VISIBLE_DEVICES=-1")
	if o.Info.Name != "xla:cpu" {
		t.Errorf("xla: %+v", o)
	}
	o = openedWith(t, Env+"=cuda", "CUDA_VISIBLE_DEVICES=-1")
	if !strings.Contains(o.Error, Env+"=cuda") || !strings.Contains(o.Error, "pjrt_installer") {
		t.Errorf("cuda: %+v", o)
	}
	o = openedWith(t, Env+"=tpu")
	if !strings.Contains(o.Error, `want "xla"`) {
		t.Errorf("tpu: %+v", o)
	}
}

func TestOffline(t *testing.T) {
	bare(t)
	t.Setenv("CIRCUITBOOK_OFFLINE", "1")
	o := openedWith(t)
	if o.Error != "" || o.Info.Name != "go" {
		t.Fatalf("%+v", o)
	}
	o.oneLineOnly(t, "pure-Go backend", plugin.UserEnv, "doctor")
	o = openedWith(t, Env+"=xla")
	if o.Error == "" || o.stderr != "" {
		t.Errorf("XLA was forced: %+v, stderr %q", o, o.stderr)
	}
}

// A machine without a network: the pure-Go backend after seconds.
func TestNoNetwork(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("nothing is fetched on this platform")
	}
	bare(t)
	cachetest.NoNetwork(t)
	o := openedWith(t)
	if o.Error != "" || o.Info.Name != "go" || o.Seconds > 90 {
		t.Fatalf("%+v", o)
	}
	if !strings.Contains(o.stderr, "pure-Go backend, because") || !strings.Contains(o.stderr, "no package index could be reached") {
		t.Errorf("stderr %q", o.stderr)
	}
}

// A plugin that does not load is passed over, with a line, for one that does.
func TestPluginThatDoesNotLoad(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the plugin is made for Linux")
	}
	p := real(t)
	bare(t)
	broken := filepath.Join(os.Getenv(plugin.UserEnv), plugin.FileName(plugin.CPU))
	plugintest.Write(t, broken, "GetPjrtApi")

	t.Setenv("CIRCUITBOOK_OFFLINE", "1")
	o := openedWith(t)
	if o.Error != "" || o.Info.Name != "go" {
		t.Fatalf("nothing else: %+v", o)
	}
	o.oneLineOnly(t, "pure-Go backend, because", broken)

	t.Setenv(plugin.UserEnv, broken+":"+p.Dir)
	o = openedWith(t)
	if o.Info.Name != "xla:cpu" || o.Info.PluginPath != p.Path {
		t.Fatalf("another plugin: %+v", o)
	}
	o.oneLineOnly(t, broken, "using cpu plugin "+p.Path)
}

// What go-xla would misread in a path: a comma ends it, "nvidia" makes it CUDA.
func TestPluginInOddFolder(t *testing.T) {
	p := real(t)
	bare(t)
	dir := filepath.Join(t.TempDir(), "nvidia, and more")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(p.Path, filepath.Join(dir, plugin.FileName(plugin.CPU))); err != nil {
		t.Skip(err)
	}
	tmp := t.TempDir()
	o := openedWith(t, plugin.UserEnv+"="+dir, "TMPDIR="+tmp, "CIRCUITBOOK_OFFLINE=1")
	if o.Info.Name != "xla:cpu" || filepath.Dir(o.Info.PluginPath) != dir || o.Error != "" {
		t.Fatalf("%+v, stderr %q", o, o.stderr)
	}
	if left, _ := os.ReadDir(tmp); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	o = openedWith(t, plugin.UserEnv+"="+dir, "TMPDIR="+dir, "CIRCUITBOOK_OFFLINE=1")
	if o.Info.Name != "go" || !strings.Contains(o.stderr, "misreads") {
		t.Errorf("no other folder: %+v, stderr %q", o, o.stderr)
	}
}

func TestRecovered(t *testing.T) {
	f := func() (err error) {
		defer recovered(&err, "doing it")
		panic("library")
	}
	if err := f(); err == nil || err.Error() != "doing it: panic: library" {
		t.Fatal(err)
	}
}

func TestOneLine(t *testing.T) {
	if got := oneLine(errors.Join(errors.New("a"), errors.New("b\r\nc"))); got != "a; b; c" {
		t.Errorf("oneLine = %q", got)
	}
}
