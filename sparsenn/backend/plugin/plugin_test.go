package plugin

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"circuitbook/sparsenn/backend/plugin/plugintest"
	"circuitbook/sparsenn/cache"
	"circuitbook/sparsenn/cache/cachetest"
)

// bench is a machine with nothing on it: no plugin anywhere, no GPU, an empty
// cache, and a wheelhouse with two small releases.
type bench struct {
	home  string // go-xla looks under it
	house string // wheels
	cache string
}

func newBench(t *testing.T) bench {
	t.Helper()
	if !fetchable() {
		t.Skipf("plugins are not fetched on %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	b := bench{home: t.TempDir(), house: t.TempDir(), cache: cachetest.Fresh(t)}
	cachetest.Wheelhouse(t, b.house)
	t.Setenv("HOME", b.home)
	t.Setenv(UserEnv, "")
	t.Setenv("LD_LIBRARY_PATH", "")
	t.Setenv(BackendEnv, "")
	setGPU(t, false)

	oldConf, oldReleases := ldConf, releases
	t.Cleanup(func() { ldConf, releases = oldConf, oldReleases })
	ldConf = filepath.Join(b.home, "ld.so.conf")
	releases = nil
	for _, name := range []string{"first-xla", "second-xla"} {
		member := strings.ReplaceAll(name, "-", "_") + "/lib.so"
		library := append(plugintest.Library(entryPoint), name...)
		file, sum := cachetest.Wheel(t, b.house, name, "1.0", map[string][]byte{member: library})
		h := sha256.Sum256(library)
		releases = append(releases, release{
			wheel:  cache.Wheel{Name: name, Version: "1.0", File: file, SHA256: sum},
			member: member, sha256: hex.EncodeToString(h[:]),
		})
	}
	return b
}

// fill puts the wheels of the first n releases into the cache, as if they had
// been fetched.
func (b bench) fill(t *testing.T, n int) {
	t.Helper()
	for _, r := range releases[:n] {
		content, err := os.ReadFile(filepath.Join(b.house, r.wheel.File))
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(b.cache, "wheels", r.wheel.SHA256)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, r.wheel.File), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func setGPU(t *testing.T, visible bool) {
	old := hardware
	t.Cleanup(func() { hardware = old })
	hardware = func() GPUState {
		if visible {
			return GPUState{Visible: true, Why: "a test"}
		}
		return GPUState{Why: "no NVIDIA GPU is visible"}
	}
	t.Setenv("CUDA_VISIBLE_DEVICES", "0")
}

func TestFindNothing(t *testing.T) {
	newBench(t)
	_, err := Find()
	if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "fetched at the first use") {
		t.Fatalf("error = %v", err)
	}
	t.Setenv(cache.OfflineEnv, "1")
	_, err = Find()
	if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "unset $"+cache.OfflineEnv) {
		t.Fatalf("offline: %v", err)
	}
}

func TestOrder(t *testing.T) {
	b := newBench(t)
	b.fill(t, 1)
	user := t.TempDir()
	where := func(what string) string {
		t.Helper()
		p, err := Find()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if p.Dir != filepath.Dir(p.Path) || !filepath.IsAbs(p.Path) {
			t.Fatalf("%s: %+v", what, p)
		}
		return p.Platform + " in " + p.Source
	}
	if _, err := Ensure(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := where("cached"); got != "cpu in cache" {
		t.Error(got)
	}
	plugintest.Write(t, filepath.Join(b.home, ".local/lib/go-xla", FileName(CPU)), entryPoint)
	if got := where("go-xla's"); got != "cpu in go-xla's folders" {
		t.Error(got)
	}
	t.Setenv(UserEnv, user)
	if got := where("an empty user's folder"); got != "cpu in go-xla's folders" {
		t.Error(got)
	}
	plugintest.Write(t, filepath.Join(user, FileName(CPU)), entryPoint)
	if got := where("user's"); got != "cpu in $PJRT_PLUGIN_LIBRARY_PATH" {
		t.Error(got)
	}

	// CUDA's only with a GPU, and then before the CPU's of the same place.
	plugintest.Write(t, filepath.Join(user, FileName(CUDA)), entryPoint)
	if got := where("no GPU"); got != "cpu in $PJRT_PLUGIN_LIBRARY_PATH" {
		t.Error(got)
	}
	setGPU(t, true)
	if got := where("GPU"); got != "cuda in $PJRT_PLUGIN_LIBRARY_PATH" {
		t.Error(got)
	}
	t.Setenv("CUDA_VISIBLE_DEVICES", "")
	if got := where("hidden GPU"); got != "cpu in $PJRT_PLUGIN_LIBRARY_PATH" {
		t.Error(got)
	}
}

func TestQuery(t *testing.T) {
	b := newBench(t)
	b.fill(t, 1)
	goxla := filepath.Join(b.home, ".local/lib/go-xla")
	plugintest.Write(t, filepath.Join(goxla, FileName(CPU)), entryPoint)
	plugintest.Write(t, filepath.Join(goxla, "nvidia", FileName(CUDA)), entryPoint)

	if _, err := (Query{Platform: CUDA}).Find(); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "no NVIDIA GPU is visible") {
		t.Errorf("CUDA without a GPU: %v", err)
	}
	setGPU(t, true)
	if p, err := Find(); err != nil || p.Platform != CUDA {
		t.Errorf("GPU: %v, %v", p, err)
	}
	if p, err := (Query{Platform: CPU}).Find(); err != nil || p.Platform != CPU {
		t.Errorf("CPU wanted: %v, %v", p, err)
	}
	skip := Query{Skip: func(p Plugin) string {
		if strings.HasPrefix(p.Path, b.home) {
			return "it is broken"
		}
		return ""
	}}
	if _, err := skip.Find(); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "it is broken") {
		t.Errorf("all skipped: %v", err)
	}
	if p, err := skip.Ensure(t.Context(), nil); err != nil || p.Source != sourceCache {
		t.Errorf("all skipped, Ensure: %v, %v", p, err)
	}
	if _, err := (Query{Platform: "tpu"}).Find(); err == nil {
		t.Error("a TPU was found")
	}
}

func TestEnsure(t *testing.T) {
	b := newBench(t)
	var log strings.Builder
	p, err := Ensure(t.Context(), &log)
	if err != nil {
		t.Fatal(err)
	}
	if p.Platform != CPU || p.Version != "first-xla 1.0" || p.SHA256 != releases[0].sha256 || filepath.Base(p.Path) != FileName(CPU) {
		t.Errorf("%+v", p)
	}
	if rel, err := filepath.Rel(b.cache, p.Path); err != nil || !filepath.IsLocal(rel) {
		t.Errorf("%s is not in the cache", p.Path)
	}
	if !strings.Contains(log.String(), "fetching first-xla 1.0") {
		t.Errorf("log %q", log.String())
	}

	// The second time nothing is needed and nothing is said.
	t.Setenv(cache.OfflineEnv, "1")
	t.Setenv("PATH", "")
	log.Reset()
	if again, err := Ensure(t.Context(), &log); err != nil || again != p || log.Len() > 0 {
		t.Errorf("again: %v, %v, log %q", again, err, log.String())
	}
}

func TestEnsureRestoresDamaged(t *testing.T) {
	newBench(t).fill(t, 1)
	p, err := Ensure(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(p.Path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := append([]byte(nil), whole...)
	flipped[len(flipped)-1] ^= 1
	t.Setenv("PATH", "") // the wheel is still there: no pip is needed
	leftover := filepath.Join(p.Dir, ".tmp-killed")
	if err := os.WriteFile(leftover, whole, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string][]byte{"flipped": flipped, "truncated": whole[:10], "longer": append(whole, 0)} {
		if err := os.WriteFile(p.Path, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Find(); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: found: %v", name, err)
		}
		if _, err := Ensure(t.Context(), nil); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, err := os.ReadFile(p.Path); err != nil || string(got) != string(whole) {
			t.Errorf("%s: not restored", name)
		}
	}
	if _, err := os.Stat(leftover); err == nil {
		t.Error("what a killed process left is still there")
	}
}

func TestEnsureFallsBack(t *testing.T) {
	b := newBench(t)
	if err := os.Remove(filepath.Join(b.house, releases[0].wheel.File)); err != nil {
		t.Fatal(err)
	}
	p, err := Ensure(t.Context(), nil)
	if err != nil || p.Version != "second-xla 1.0" {
		t.Fatalf("Ensure = %v, %v", p, err)
	}
}

func TestEnsureErrors(t *testing.T) {
	b := newBench(t)
	b.fill(t, 1)
	releases[0].sha256 = strings.Repeat("0", 64)
	if err := os.Remove(filepath.Join(b.house, releases[1].wheel.File)); err != nil {
		t.Fatal(err)
	}
	_, err := Ensure(t.Context(), nil)
	for _, part := range []string{"cannot unpack first-xla 1.0", "second-xla 1.0 is not in the cache", "set $" + UserEnv} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in %v", part, err)
		}
	}
	t.Setenv(cache.OfflineEnv, "1")
	if _, err := Ensure(t.Context(), nil); !errors.Is(err, cache.ErrOffline) {
		t.Errorf("offline: %v", err)
	}
}

// Without a network the second release is not tried: it would cost the same
// wait again.
func TestEnsureWithoutNetwork(t *testing.T) {
	newBench(t)
	cachetest.NoNetwork(t)
	_, err := Ensure(t.Context(), nil)
	if !errors.Is(err, cache.ErrNoNetwork) || strings.Contains(err.Error(), "second-xla") {
		t.Fatalf("error = %v", err)
	}
}

func TestReport(t *testing.T) {
	b := newBench(t)
	text := func() string {
		var s []string
		for _, l := range Report() {
			s = append(s, l.String())
		}
		return strings.Join(s, "\n")
	}
	expect := func(what string, parts ...string) {
		t.Helper()
		got := text()
		for _, part := range parts {
			if !strings.Contains(got, part) {
				t.Errorf("%s: %q is not in\n%s", what, part, got)
			}
		}
	}
	expect("empty", "ok  $PJRT_PLUGIN_LIBRARY_PATH: not set", "XLA plugins in the cache: none yet",
		"no NVIDIA GPU is visible", "first-xla 1.0 is fetched at the first use")
	t.Setenv(cache.OfflineEnv, "1")
	expect("offline", "--  XLA plugin to use: none", "unset $"+cache.OfflineEnv)
	t.Setenv(cache.OfflineEnv, "")
	path := os.Getenv("PATH")
	t.Setenv("PATH", t.TempDir())
	expect("no Python", "--  XLA plugin to use: none yet, and it cannot be fetched; no Python 3.10")
	t.Setenv("PATH", path)

	user := t.TempDir()
	t.Setenv(UserEnv, user)
	expect("user's folder empty", "--  $PJRT_PLUGIN_LIBRARY_PATH: no plugin in "+user)
	bad := filepath.Join(user, FileName(CPU))
	if err := os.WriteFile(bad, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	expect("user's plugin bad", bad+" is of no use (not a shared library")
	plugintest.Write(t, bad, entryPoint)
	expect("user's plugin", "ok  XLA plugin to use: cpu plugin "+bad)
	setGPU(t, true)
	expect("GPU", "--  NVIDIA GPU: visible (a test), but there is no CUDA plugin", "pjrt_installer")
	plugintest.Write(t, filepath.Join(b.home, ".local/lib/go-xla/nvidia", FileName(CUDA)), entryPoint)
	t.Setenv(UserEnv, "")
	t.Setenv(BackendEnv, "go")
	expect("CUDA", "ok  XLA plugin to use: cuda plugin", "go is forced")
}

// TestPlanted: a plugin in the cache that others can write is not used, whatever its
// hash is, and is replaced; nothing of a cache folder that others can write is.
func TestPlanted(t *testing.T) {
	b := newBench(t)
	b.fill(t, 2)
	p, err := Ensure(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(p.Path, 0o666); err != nil {
		t.Fatal(err)
	}
	if got, err := Find(); !errors.Is(err, ErrNotFound) {
		t.Errorf("found %v, %v", got, err)
	}
	if got, err := Ensure(t.Context(), nil); err != nil || got != p {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := Find(); err != nil {
		t.Errorf("not replaced: %v", err)
	}
	for _, dir := range []string{filepath.Dir(p.Dir), b.cache, p.Dir} {
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if got, err := Find(); !errors.Is(err, ErrNotFound) {
			t.Errorf("with %s: found %v, %v", dir, got, err)
		} else if dir == b.cache && !strings.Contains(err.Error(), "can be written by others") {
			t.Errorf("it does not say why: %v", err)
		}
		got, err := Ensure(t.Context(), nil)
		if other := dir == p.Dir && err == nil && got.Dir != dir; !other && !errors.Is(err, cache.ErrShared) {
			t.Errorf("with %s: got %v, %v", dir, got, err)
		}
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}
