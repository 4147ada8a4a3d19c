package source

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"circuitbook/sparsenn/cache"
)

// placeWheel puts a wheel with the given members into a cache of this test's
// own, so that nothing has to be fetched, and forbids fetching.
func placeWheel(t *testing.T, name string, members map[string]string, skip ...string) Package {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, m := range sortedKeys(members) {
		w, err := z.Create(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(members[m])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return placeBytes(t, name, buf.Bytes(), skip...)
}

func placeBytes(t *testing.T, name string, data []byte, skip ...string) Package {
	t.Helper()
	sum := sha256.Sum256(data)
	p := Package{cache.Wheel{Name: name, Version: "1.0", File: name + "-1.0-py3-none-any.whl", SHA256: hex.EncodeToString(sum[:])}, "MIT", skip}
	dir, err := cache.Sub("wheels", p.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, p.File), data, 0o644); err != nil {
		t.Fatal(err)
	}
	return p
}

func ownCache(t *testing.T) {
	t.Setenv("CIRCUITBOOK_CACHE", t.TempDir())
	t.Setenv(cache.OfflineEnv, "1")
}

func TestPackages(t *testing.T) {
	ownCache(t)
	a := placeWheel(t, "aaa", map[string]string{
		"aaa/z.py": "z = 1\r\n", "aaa/__init__.py": "", "aaa/core.py": "c = 1\n", "aaa/tables/t.py": "t\n",
		"aaa/data.json": "{}", "aaa/bad.py": "\xff", "aaa/huge.py": strings.Repeat("x\n", MaxFile), "aaa/dir.py/": "",
	}, "aaa/tables/")
	b := placeWheel(t, "bbb", map[string]string{"bbb.py": "b = 1\n"})
	docs, skipped, err := Packages(context.Background(), nil, []Package{a, b})
	if err != nil {
		t.Fatal(err)
	}
	want := []Doc{{"aaa/aaa/core.py", "c = 1\n"}, {"aaa/aaa/z.py", "z = 1\n"}, {"bbb/bbb.py", "b = 1\n"}}
	if !cmp.Equal(docs, want) {
		t.Error(cmp.Diff(want, docs))
	}
	if want := (Skips{SkipEmpty: 1, SkipTable: 1, SkipUTF8: 1, SkipHuge: 1}); !cmp.Equal(skipped, want) {
		t.Errorf("skipped %v, want %v", skipped, want)
	}
}

func TestPackagesErrorsNameThePackage(t *testing.T) {
	ownCache(t)
	good := placeWheel(t, "good", map[string]string{"g.py": "g\n"})
	missing := good
	missing.Name, missing.SHA256 = "missing", strings.Repeat("0", 64)
	if _, _, err := Packages(context.Background(), &bytes.Buffer{}, []Package{good, missing}); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("a package that cannot be had: %v", err)
	}
	broken := placeBytes(t, "broken", []byte("not a zip file"))
	if _, _, err := Packages(context.Background(), nil, []Package{good, broken}); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("a wheel that is none: %v", err)
	}
}

func TestLicence(t *testing.T) {
	ownCache(t)
	p := placeWheel(t, "aaa", map[string]string{
		"aaa-1.0.dist-info/licenses/LICENSE.txt": "Permission is granted", "aaa-1.0.dist-info/NOTICE": "Thanks",
		"aaa/LICENSE": "of a picture", "aaa-1.0.dist-info/METADATA": "Name: aaa",
	})
	text, err := Licence(context.Background(), nil, p)
	if err != nil || !strings.Contains(text, "Permission is granted") || !strings.Contains(text, "Thanks") || strings.Contains(text, "picture") {
		t.Errorf("%q, %v", text, err)
	}
	bare := placeWheel(t, "bbb", map[string]string{"bbb.py": "b\n"})
	if _, err := Licence(context.Background(), nil, bare); err == nil || !strings.Contains(err.Error(), "bbb") {
		t.Errorf("a wheel without licence: %v", err)
	}
}

func TestListIsPinned(t *testing.T) {
	for _, p := range List() {
		if !strings.Contains(p.File, "-"+p.Version+"-") || !strings.HasSuffix(p.File, "-py3-none-any.whl") {
			t.Errorf("%s %s: file %s", p.Name, p.Version, p.File)
		}
	}
}
