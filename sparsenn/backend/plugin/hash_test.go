package plugin

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"circuitbook/sparsenn/cache"
	"circuitbook/sparsenn/cache/cachetest"
)

func TestHash(t *testing.T) {
	cachetest.Fresh(t)
	path := filepath.Join(t.TempDir(), "lib.so")
	write := func(text string, at time.Time) string {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
		sum, err := cache.SHA256File(path)
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	hash := func() string {
		t.Helper()
		p, err := Plugin{Path: path}.Hash()
		if err != nil {
			t.Fatal(err)
		}
		return p.SHA256
	}
	then := time.Unix(1e9, 5)
	one := write("one", then)
	for range 2 {
		if hash() != one {
			t.Fatal("wrong hash")
		}
	}
	// Same size, same time: the remembered hash is believed, which shows that
	// the file was not read.
	write("two", then)
	if hash() != one {
		t.Error("the file was read again though it looks unchanged")
	}
	if two := write("two", then.Add(time.Nanosecond)); hash() != two {
		t.Error("a changed time was not noticed")
	}
	if longer := write("longer", then); hash() != longer {
		t.Error("a changed size was not noticed")
	}
	if p, err := (Plugin{Path: path, SHA256: "known"}).Hash(); err != nil || p.SHA256 != "known" {
		t.Errorf("a known hash: %v, %v", p, err)
	}
	if _, err := (Plugin{Path: path + "x"}).Hash(); err == nil {
		t.Error("the hash of an absent file")
	}
}

func TestHashNamesPinnedRelease(t *testing.T) {
	newBench(t).fill(t, 1)
	p, err := Ensure(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err = Plugin{Platform: CPU, Path: p.Path}.Hash()
	if err != nil || p.Version != "first-xla 1.0" {
		t.Errorf("%+v, %v", p, err)
	}
}

// A stamp that is damaged, or says nonsense, is only computed again.
func FuzzStamp(f *testing.F) {
	dir := f.TempDir()
	path := filepath.Join(dir, "lib.so")
	if err := os.WriteFile(path, []byte("library"), 0o644); err != nil {
		f.Fatal(err)
	}
	want, err := cache.SHA256File(path)
	if err != nil {
		f.Fatal(err)
	}
	at := filepath.Join(dir, "good.json")
	writeStamp(path, at, want)
	good, err := os.ReadFile(at)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:20])
	f.Add([]byte(`{"path":"","size":7,"sha256":"x"}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, b []byte) {
		at := filepath.Join(t.TempDir(), "stamp.json")
		if err := os.WriteFile(at, b, 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := hashOnce(path, at)
		if err != nil || len(got) != 64 {
			t.Fatalf("hashOnce = %q, %v", got, err)
		}
	})
}
