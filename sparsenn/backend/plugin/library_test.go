package plugin

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"circuitbook/sparsenn/backend/plugin/plugintest"
	_ "circuitbook/sparsenn/suitetest"
)

func linuxOnly(t testing.TB) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("libraries are looked into on Linux only")
	}
}

func TestCheckLibrary(t *testing.T) {
	linuxOnly(t)
	dir := t.TempDir()
	whole := plugintest.Library(entryPoint)
	other := append([]byte(nil), whole...)
	other[18] = 0x08 // MIPS
	for name, c := range map[string]struct {
		content []byte
		want    string // in the error; "" for none
	}{
		"whole":       {whole, ""},
		"text":        {[]byte("INPUT(-lpjrt)"), "not a shared library"},
		"empty":       {nil, "not a shared library"},
		"no symbol":   {plugintest.Library("Other"), "does not export GetPjrtApi"},
		"other CPU":   {other, "built for"},
		"a Git LFS 1": {[]byte("version https://git-lfs.github.com/spec/v1\n"), "not a shared library"},
	} {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "_"))
		if err := os.WriteFile(path, c.content, 0o644); err != nil {
			t.Fatal(err)
		}
		err := checkLibrary(path)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := checkLibrary(dir); err == nil {
		t.Error("a folder is a library")
	}
	if err := checkLibrary(filepath.Join(dir, "absent")); err == nil {
		t.Error("an absent file is a library")
	}
}

// A library that is cut anywhere is not loaded: the loader would crash on it.
func TestCheckLibraryTruncated(t *testing.T) {
	linuxOnly(t)
	path := filepath.Join(t.TempDir(), "lib.so")
	whole := plugintest.Library(entryPoint)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, len(whole)-1).Draw(t, "bytes")
		if err := os.WriteFile(path, whole[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		if checkLibrary(path) == nil {
			t.Fatalf("%d of %d bytes are taken for whole", n, len(whole))
		}
	})
}

func FuzzCheckLibrary(f *testing.F) {
	f.Add(plugintest.Library(entryPoint))
	f.Add(plugintest.Library("x")[:100])
	f.Add([]byte("\x7fELF"))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "lib.so")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		_ = checkLibrary(path) // must not panic
	})
}
