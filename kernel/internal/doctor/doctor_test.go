package doctor

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/provision"
	"circuitbook/sparsenn/cache"
	_ "circuitbook/sparsenn/suitetest"
)

// machine makes the environment of the test one in which all is well, with a cache
// folder and a home folder of its own, and returns the cache folder and a module.
func machine(t *testing.T) (dir string, m *module.Module) {
	t.Helper()
	dir = t.TempDir()
	engine := t.TempDir()
	text := "module circuitbook\n\ngo 1.26\n\nrequire (\n\tgithub.com/janpfeifer/gonb v1.0.0\n\tgolang.org/x/tools v0.1.0\n)\n"
	if err := os.WriteFile(filepath.Join(engine, "go.mod"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	// Go's telemetry outlives the command that it counts, and would write below the home
	// folder while the test removes it.
	settings := t.TempDir()
	mode := filepath.Join(settings, "go", "telemetry", "mode")
	if err := os.MkdirAll(filepath.Dir(mode), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mode, []byte("off\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"XDG_CONFIG_HOME":   settings,
		"CIRCUITBOOK_CACHE": dir, "HOME": t.TempDir(), "CIRCUITBOOK_OFFLINE": "", "TMPDIR": t.TempDir(),
		"GOCACHE": t.TempDir(), "GOMODCACHE": t.TempDir(), "GOTMPDIR": "", "GOFLAGS": "", "GOENV": "off", "GO111MODULE": "",
		"CGO_ENABLED": "", "CC": "", "GOOS": "", "GOARCH": "", "GOPROXY": "off",
	} {
		t.Setenv(name, value)
	}
	m, err := module.Open(engine)
	if err != nil {
		t.Fatal(err)
	}
	return dir, m
}

// said is what a run would say of what is found, and whether it would begin.
func said(found []Finding) (string, error) {
	var lines []string
	err := Report(found, func(line string) { lines = append(lines, line) })
	return strings.Join(lines, "\n"), err
}

// TestLook: each cause is found, with the words for it, and what can be put right
// is. In want stands what a run says, and in env what the environment is then.
func TestLook(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	other := "arm64"
	if runtime.GOARCH == other {
		other = "amd64"
	}
	for name, c := range map[string]struct {
		set  map[string]string
		want string // "" for nothing to say
		env  string // NAME=VALUE, CACHE for the cache folder
		runs bool
	}{
		"all well":                 {nil, "", "", true},
		"no home":                  {map[string]string{"HOME": ""}, "note home folder: $HOME is not set; HOME=CACHE/home", "HOME=CACHE/home", true},
		"a home that is not there": {map[string]string{"HOME": file + "s/x"}, "it is not there; HOME=CACHE/home", "HOME=CACHE/home", true},
		"a home that is a file":    {map[string]string{"HOME": file}, "it is no folder; HOME=CACHE/home", "HOME=CACHE/home", true},
		"no home and no cache":     {map[string]string{"HOME": "", "CIRCUITBOOK_CACHE": "", "XDG_CACHE_HOME": ""}, "set $CIRCUITBOOK_CACHE to a folder that can be written", "", false},
		"a cache that is a file":   {map[string]string{"CIRCUITBOOK_CACHE": file}, "MISS cache folder: cannot make the cache folder", "", false},
		"no temporary folder":      {map[string]string{"TMPDIR": "/nosuch"}, "note temporary files: /nosuch: it is not there; TMPDIR=CACHE/tmp", "TMPDIR=CACHE/tmp", true},
		"a file for one":           {map[string]string{"TMPDIR": file}, "it is no folder; TMPDIR=CACHE/tmp", "TMPDIR=CACHE/tmp", true},
		"a relative one":           {map[string]string{"TMPDIR": "."}, "", "TMPDIR=CWD", true},
		"CGO_ENABLED=0":            {map[string]string{"CGO_ENABLED": "0"}, "MISS C compiler: CGO_ENABLED is 0; set it to 1", "", false},
		"no such compiler":         {map[string]string{"CC": "nosuch"}, "MISS C compiler: nosuch is not on PATH; install gcc", "", false},
		"it does not compile":      {map[string]string{"CC": "false"}, "does not compile: exit status 1", "", false},
		"another machine":          {map[string]string{"GOARCH": other}, "this machine is " + runtime.GOOS + "/" + runtime.GOARCH, "", false},
		"GO111MODULE=off":          {map[string]string{"GO111MODULE": "off"}, "note GO111MODULE: ", "GO111MODULE=on", true},
		"GOTMPDIR":                 {map[string]string{"GOTMPDIR": "/nosuch"}, "note GOTMPDIR: /nosuch: it is not there; GOTMPDIR=CACHE/tmp", "GOTMPDIR=CACHE/tmp", true},
		"GOCACHE=off":              {map[string]string{"GOCACHE": "off"}, "note GOCACHE: off: it is no absolute path", "GOCACHE=CACHE/go-build", true},
		"GOCACHE below a file":     {map[string]string{"GOCACHE": file + "/x"}, "note GOCACHE: ", "GOCACHE=CACHE/go-build", true},
		"GOFLAGS=-a":               {map[string]string{"GOFLAGS": "-a -race"}, "note GOFLAGS: -a is left out", "GOFLAGS=-race", true},
		"GOFLAGS=-mod=vendor":      {map[string]string{"GOFLAGS": "-mod=vendor"}, "", "GOFLAGS=-buildvcs=false", true},
	} {
		t.Run(name, func(t *testing.T) {
			dir, m := machine(t)
			cwd, err := os.Getwd()
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range c.set {
				t.Setenv(name, value)
			}
			in := strings.NewReplacer("CACHE/", dir+"/", "CWD", cwd).Replace
			got, err := said(Look(t.Context(), m))
			if (err == nil) != c.runs || !strings.Contains(got, in(c.want)) || (got == "") != (c.want == "") {
				t.Errorf("%v; it says %q, want %q", err, got, in(c.want))
			}
			if variable, value, _ := strings.Cut(in(c.env), "="); variable != "" && os.Getenv(variable) != value {
				t.Errorf("%s=%s, want %s", variable, os.Getenv(variable), value)
			}
			// What was put right is right the second time.
			if c.env == "" {
				return
			}
			if again, err := said(Look(t.Context(), m)); again != "" || err != nil {
				t.Errorf("the second time: %s, %v", again, err)
			}
		})
	}
}

// TestNoGo: without the go command it says which one to install.
func TestNoGo(t *testing.T) {
	_, m := machine(t)
	t.Setenv("PATH", t.TempDir())
	if got, err := said(Look(t.Context(), m)); err == nil || !strings.Contains(got, "install Go 1.26 or newer") {
		t.Errorf("%s, %v", got, err)
	}
}

// TestModules: modules that are neither in Go's cache nor in the cache folder keep a
// run from beginning where nothing may be fetched.
func TestModules(t *testing.T) {
	dir, m := machine(t)
	mod := filepath.Join(dir, "modules")
	if _, err := cache.Sub("modules", "example.com", "a", "@v"); err != nil {
		t.Fatal(err)
	}
	list, err := provision.ModuleList(m)
	if err == nil {
		err = os.WriteFile(list, []byte(`[{"Path": "example.com/a", "Version": "v1.0.0"}]`), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got, err := said(Look(t.Context(), m)); err != nil || !strings.Contains(got, "lacks 1 of them, such as example.com/a@v1.0.0, and so does the cache folder; the next circuitbook run fetches") {
		t.Errorf("%s, %v", got, err)
	}
	t.Setenv(cache.OfflineEnv, "1")
	if got, err := said(Look(t.Context(), m)); err == nil || !strings.Contains(got, "`go mod download` in "+m.Dir) {
		t.Errorf("%s, %v", got, err)
	}
	for _, ext := range []string{".mod", ".zip"} {
		if err := os.WriteFile(filepath.Join(mod, "example.com", "a", "@v", "v1.0.0"+ext), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := said(Look(t.Context(), m)); err != nil || !strings.Contains(got, "takes them from the cache folder") {
		t.Errorf("%s, %v", got, err)
	}
	if err := os.MkdirAll(filepath.Join(os.Getenv("GOMODCACHE"), "example.com", "a@v1.0.0"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, kept := range []bool{true, false} {
		found := Look(t.Context(), m)
		if got, err := said(found); err != nil || got != "" {
			t.Errorf("%s, %v", got, err)
		}
		command := "GOPROXY=file://" + mod + " go run ./kernel run"
		if slices.ContainsFunc(found, func(f Finding) bool { return strings.Contains(f.Text, command) }) != kept {
			t.Errorf("in the cache folder: %v; %v", kept, found)
		}
		if err := os.RemoveAll(filepath.Join(mod, "example.com")); err != nil {
			t.Fatal(err)
		}
	}
}

// TestMounts: a file system that executes nothing, and a full one, are none for
// temporary files, and the first is none for the cache folder.
func TestMounts(t *testing.T) {
	for name, c := range map[string]struct{ options, want string }{
		"noexec": {"noexec", "programs may not be executed there"},
		"full":   {"size=1m", "the disk is full: "},
	} {
		dir := t.TempDir()
		if out, err := exec.Command("mount", "-t", "tmpfs", "-o", c.options, "tmpfs", dir).CombinedOutput(); err != nil {
			t.Skipf("only root mounts file systems: %s", out)
		}
		t.Cleanup(func() { _ = unix.Unmount(dir, 0) })
		t.Run(name, func(t *testing.T) {
			own, m := machine(t)
			t.Setenv("TMPDIR", dir)
			if got, err := said(Look(t.Context(), m)); err != nil || !strings.Contains(got, c.want) || os.Getenv("TMPDIR") != filepath.Join(own, "tmp") {
				t.Errorf("%s, %v, TMPDIR=%s", got, err, os.Getenv("TMPDIR"))
			}
			t.Setenv("CIRCUITBOOK_CACHE", filepath.Join(dir, "cache"))
			if got, err := said(Look(t.Context(), m)); err == nil || !strings.Contains(got, "MISS cache folder: "+dir) || !strings.Contains(got, c.want) {
				t.Errorf("as the cache folder: %s, %v", got, err)
			}
		})
	}
}

// TestUsable: a folder is looked at without anything being made in it.
func TestUsable(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chtimes(dir, time.Unix(1, 0), time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if err := usable(dir, 1); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dir); err != nil || !info.ModTime().Equal(time.Unix(1, 0)) {
		t.Errorf("something was made in it: %v, %v", info.ModTime(), err)
	}
}

// TestFlags: the flags that are kept are the others, in their order.
func TestFlags(t *testing.T) {
	bad := []string{"-a", "--a", "-n", "-x", "-work", "-json", "-modfile=go.alt.mod", "-a=true"}
	good := []string{"-race", "-tags=a,n", "-trimpath", "-ldflags=-s", "-p=1", "-modcacherw"}
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOf(rapid.SampledFrom(append(append([]string{"-mod=vendor"}, bad...), good...))).Draw(t, "flags")
		kept, left := Flags(strings.Join(all, " "))
		var want []string
		n := 0
		for _, f := range all {
			switch {
			case f == "-mod=vendor":
			case slices.Contains(good, f):
				want = append(want, f)
			default:
				n++
			}
		}
		if kept != strings.Join(want, " ") || len(left) != n {
			t.Fatalf("%q became %q, less %q", all, kept, left)
		}
	})
}
