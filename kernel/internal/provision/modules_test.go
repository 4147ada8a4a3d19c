package provision

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"circuitbook/kernel/internal/module"
	"circuitbook/sparsenn/cache"
)

// proxied makes a folder that is a module proxy with example.com/a, and a module that
// needs it, with caches of their own, and returns the module and the proxy.
func proxied(t *testing.T) (m *module.Module, proxy string) {
	t.Helper()
	root := t.TempDir()
	proxy = filepath.Join(root, "proxy")
	at := filepath.Join(proxy, "example.com", "a", "@v")
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	const gomod = "module example.com/a\n\ngo 1.26\n"
	for name, text := range map[string]string{"go.mod": gomod, "a.go": "package a\n\nconst A = 1\n"} {
		w, err := z.Create("example.com/a@v1.0.0/" + name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		filepath.Join(at, "v1.0.0.zip"):                   packed.String(),
		filepath.Join(at, "v1.0.0.mod"):                   gomod,
		filepath.Join(at, "v1.0.0.info"):                  `{"Version": "v1.0.0"}`,
		filepath.Join(root, "m", "go.mod"):                "module circuitbook\n\ngo 1.26\n\nrequire example.com/a v1.0.0\n",
		filepath.Join(root, "m", "sparsenn", "s", "s.go"): "package s\n\nimport \"example.com/a\"\n\nconst S = a.A\n",
	} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range map[string]string{
		"CIRCUITBOOK_CACHE": filepath.Join(root, "cache"), "CIRCUITBOOK_OFFLINE": "", "GOMODCACHE": filepath.Join(root, "mod"),
		"GOPROXY": "file://" + proxy, "GONOSUMDB": "*", "GOFLAGS": "-modcacherw -mod=mod", "GOENV": "off",
	} {
		t.Setenv(name, value)
	}
	m, err := module.Open(filepath.Join(root, "m"))
	if err != nil {
		t.Fatal(err)
	}
	return m, proxy
}

// settled is the tools without the programs that are built.
func settled(t *testing.T, m *module.Module) Tools {
	t.Helper()
	goCmd, env, err := Settings(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return Tools{Go: goCmd, Env: env}
}

// TestModulesAreKept: once modules were fetched, Go's module cache can be emptied, or
// be another one, and no network is needed to fill it.
func TestModulesAreKept(t *testing.T) {
	keep = func(*module.Module) []string { return []string{"./sparsenn/..."} }
	t.Cleanup(func() { keep = keptPackages })
	m, proxy := proxied(t)
	tools := settled(t, m)
	if _, err := MissingModules(tools.Env, m); !errors.Is(err, ErrModules) {
		t.Fatalf("before anything: %v", err)
	}
	var log bytes.Buffer
	if err := ensureModules(t.Context(), tools, m, &log); err != nil {
		t.Fatal(err)
	}
	if missing, err := MissingModules(tools.Env, m); err != nil || len(missing) > 0 || log.Len() > 0 {
		t.Fatalf("%v, %v, %s", missing, err, log.String())
	}
	for _, offline := range []string{"", "1"} {
		t.Setenv(cache.OfflineEnv, offline)
		if err := errors.Join(os.RemoveAll(proxy), os.RemoveAll(os.Getenv("GOMODCACHE"))); err != nil {
			t.Fatal(err)
		}
		if missing, err := MissingModules(tools.Env, m); err != nil || len(missing) != 1 || !Kept(missing[0]) {
			t.Fatalf("%v, %v", missing, err)
		}
		if err := ensureModules(t.Context(), tools, m, &log); err != nil {
			t.Fatal(err)
		}
		if missing, err := MissingModules(tools.Env, m); err != nil || len(missing) > 0 {
			t.Fatalf("%v, %v", missing, err)
		}
	}
	if !strings.Contains(log.String(), "which lacks 1 modules") {
		t.Errorf("it does not say what takes time: %s", log.String())
	}
	// Neither here nor there: it says what to do.
	dir, err := cache.Sub("modules")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.RemoveAll(filepath.Join(dir, "example.com")), os.RemoveAll(os.Getenv("GOMODCACHE"))); err != nil {
		t.Fatal(err)
	}
	if err := ensureModules(t.Context(), tools, m, &log); err == nil || !strings.Contains(err.Error(), "`go mod download` in "+m.Dir) {
		t.Errorf("got %v", err)
	}
}

// TestCompiled: the engine counts as compiled for the settings that it was compiled
// with, until Go's build cache forgets it.
func TestCompiled(t *testing.T) {
	m, _ := proxied(t)
	t.Setenv("GOCACHE", t.TempDir())
	tools := settled(t, m)
	var log bytes.Buffer
	if tools.compiled(m) {
		t.Error("compiled before anything")
	}
	compileEngine(t.Context(), tools, m, &log)
	if !tools.compiled(m) {
		t.Fatalf("not compiled: %s", log.String())
	}
	t.Setenv("GOFLAGS", "-modcacherw -mod=mod -trimpath")
	other := settled(t, m)
	if other.compiled(m) {
		t.Error("compiled with other flags")
	}
	compileEngine(t.Context(), other, m, &log)
	if !strings.Contains(log.String(), "once for GOFLAGS=-modcacherw -mod=mod -trimpath") || !other.compiled(m) || !tools.compiled(m) {
		t.Errorf("it does not say what for: %s", log.String())
	}
	if err := os.RemoveAll(os.Getenv("GOCACHE")); err != nil {
		t.Fatal(err)
	}
	if tools.compiled(m) || other.compiled(m) {
		t.Error("compiled although the build cache is empty")
	}
}
