package cache_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"circuitbook/sparsenn/cache"
	"circuitbook/sparsenn/cache/cachetest"
)

func TestExtract(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		data := rapid.SliceOfN(rapid.Byte(), 0, 5000).Draw(rt, "data")
		file, _ := cachetest.Wheel(t, dir, "x", "1", map[string][]byte{"x/a": []byte("other"), "x/lib.so": data})
		dest := filepath.Join(dir, "out", "lib.so")
		if err := cache.Extract(filepath.Join(dir, file), "x/lib.so", dest, ""); err != nil {
			rt.Fatal(err)
		}
		got, err := os.ReadFile(dest)
		if err != nil || !bytes.Equal(got, data) {
			rt.Fatalf("%d bytes in, %d out, %v", len(data), len(got), err)
		}
		sum, err := cache.SHA256File(dest)
		if err != nil {
			rt.Fatal(err)
		}
		if err := cache.Extract(filepath.Join(dir, file), "x/lib.so", dest, sum); err != nil {
			rt.Fatal(err)
		}
	})
}

// On any error the file that was there stays, and nothing else is left.
func TestExtractErrors(t *testing.T) {
	dir := t.TempDir()
	file, _ := cachetest.Wheel(t, dir, "x", "1", map[string][]byte{"x/lib.so": bytes.Repeat([]byte("abc"), 1000)})
	whole := filepath.Join(dir, file)
	b, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(b, []byte("x/lib.so")) + 40 // inside the compressed data
	flipped := append([]byte(nil), b...)
	flipped[i] ^= 0x10
	write := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return p
	}
	out := filepath.Join(dir, "out")
	dest := filepath.Join(out, "lib.so")
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dest, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, wheel, member, sum, want string }{
		{"missing member", whole, "x/nothing", "", "holds no file"},
		{"folder", whole, "x/", "", "holds no file"},
		{"wrong hash", whole, "x/lib.so", strings.Repeat("0", 64), "sha256"},
		{"truncated", write("t.whl", b[:len(b)/2]), "x/lib.so", "", "cannot open"},
		{"flipped", write("f.whl", flipped), "x/lib.so", "", "x/lib.so"},
		{"no file", filepath.Join(dir, "none.whl"), "x/lib.so", "", "cannot open"},
	} {
		err := cache.Extract(c.wheel, c.member, dest, c.sum)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		if got, err := os.ReadFile(dest); err != nil || string(got) != "old" {
			t.Errorf("%s: the old file is gone: %q, %v", c.name, got, err)
		}
		if left, _ := os.ReadDir(out); len(left) != 1 {
			t.Errorf("%s: left behind: %v", c.name, left)
		}
	}
}

func FuzzExtract(f *testing.F) {
	dir := f.TempDir()
	file, _ := cachetest.Wheel(f, dir, "x", "1", map[string][]byte{"x/lib.so": []byte("abcabcabc")})
	b, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:len(b)-10])
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		wheel, dest := filepath.Join(dir, "w.whl"), filepath.Join(dir, "lib.so")
		if err := os.WriteFile(wheel, b, 0o644); err != nil {
			t.Fatal(err)
		}
		err := cache.Extract(wheel, "x/lib.so", dest, "")
		if _, statErr := os.Stat(dest); (err == nil) != (statErr == nil) {
			t.Fatalf("Extract: %v, but the file: %v", err, statErr)
		}
	})
}
