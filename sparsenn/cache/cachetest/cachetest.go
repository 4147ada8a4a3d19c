// Package cachetest helps to test what fetches through package cache: wheels
// made on the spot, a folder of them instead of an index, and an index that
// cannot be reached.
package cachetest

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Fresh gives the test a cache folder of its own, empty, and returns it. The
// test must not be parallel.
func Fresh(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "cache")
	t.Setenv("CIRCUITBOOK_CACHE", dir)
	t.Setenv("CIRCUITBOOK_OFFLINE", "")
	return dir
}

// Wheelhouse makes pip know the folder's wheels and nothing else, neither an
// index nor the user's configuration. The test must not be parallel.
func Wheelhouse(t testing.TB, dir string) {
	t.Helper()
	isolate(t)
	t.Setenv("PIP_NO_INDEX", "1")
	t.Setenv("PIP_FIND_LINKS", dir)
}

// NoNetwork makes pip talk to a port on this machine where nothing listens, as
// on a machine that has no network. The test must not be parallel.
func NoNetwork(t testing.TB) { Index(t, "http://127.0.0.1:9/simple") }

// Index makes pip use the index at url only. The test must not be parallel.
func Index(t testing.TB, url string) {
	t.Helper()
	isolate(t)
	t.Setenv("PIP_INDEX_URL", url)
	t.Setenv("PIP_FIND_LINKS", "")
	t.Setenv("PIP_NO_INDEX", "")
	for _, v := range []string{"NO_PROXY", "no_proxy"} {
		t.Setenv(v, "127.0.0.1,localhost")
	}
}

// isolate takes the user's pip configuration away from the test.
func isolate(t testing.TB) {
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(strings.ToUpper(name), "PIP_") {
			t.Setenv(name, "")
			_ = os.Unsetenv(name) // t.Setenv brings it back after the test
		}
	}
	t.Setenv("PIP_CONFIG_FILE", os.DevNull)
	t.Setenv("PIP_NO_CACHE_DIR", "1")
	t.Setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
}

// Wheel writes a wheel that pip accepts into dir, for any platform, holding
// files by their names in it. It returns the file's name and sha256.
func Wheel(t testing.TB, dir, name, version string, files map[string][]byte) (file, sum string) {
	t.Helper()
	escaped := strings.ReplaceAll(name, "-", "_")
	info := escaped + "-" + version + ".dist-info/"
	all := maps.Clone(files)
	if all == nil {
		all = map[string][]byte{}
	}
	all[info+"METADATA"] = fmt.Appendf(nil, "Metadata-Version: 2.1\nName: %s\nVersion: %s\n", name, version)
	all[info+"WHEEL"] = []byte("Wheel-Version: 1.0\nGenerator: cachetest\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
	var record bytes.Buffer
	names := slices.Sorted(maps.Keys(all))
	for _, n := range names {
		h := sha256.Sum256(all[n])
		fmt.Fprintf(&record, "%s,sha256=%s,%d\n", n, base64.RawURLEncoding.EncodeToString(h[:]), len(all[n]))
	}
	fmt.Fprintf(&record, "%sRECORD,,\n", info)
	all[info+"RECORD"] = record.Bytes()

	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range append(names, info+"RECORD") {
		w, err := z.Create(n)
		if err == nil {
			_, err = w.Write(all[n])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file = escaped + "-" + version + "-py3-none-any.whl"
	if err := os.WriteFile(filepath.Join(dir, file), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	h := sha256.Sum256(b.Bytes())
	return file, hex.EncodeToString(h[:])
}
