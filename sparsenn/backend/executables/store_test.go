package executables

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"

	"circuitbook/sparsenn/cache"
)

func TestStoreRoundTrip(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		s := Store{Dir: dir}
		one, other := rapid.SliceOf(rapid.Byte()).Draw(t, "one"), rapid.SliceOf(rapid.Byte()).Draw(t, "other")
		k, l := NewKey([]byte("one"), one), NewKey([]byte("other"), other)
		for key, data := range map[Key][]byte{k: one, l: other} {
			if err := s.Save(key, data); err != nil {
				t.Fatal(err)
			}
		}
		for key, data := range map[Key][]byte{k: one, l: other} {
			if got, ok := s.Load(key); !ok || !bytes.Equal(got, data) {
				t.Fatalf("%x, %v instead of %x", got, ok, data)
			}
		}
		s.Remove(k)
		if _, ok := s.Load(k); ok {
			t.Fatal("removed, and still there")
		}
		if _, ok := s.Load(l); !ok {
			t.Fatal("another one was removed")
		}
	})
}

// TestKeyTellsPartsApart moves the border between two parts.
func TestKeyTellsPartsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.ByteRange('0', ':'), 2, 12).Draw(t, "text")
		i, j := rapid.IntRange(0, len(text)).Draw(t, "i"), rapid.IntRange(0, len(text)).Draw(t, "j")
		a, b := NewKey(text[:i], text[i:]), NewKey(text[:j], text[j:])
		if (a == b) != (i == j) {
			t.Fatalf("%s cut at %d and at %d: the same key is %v", text, i, j, a == b)
		}
	})
}

// TestDamaged changes, cuts off or adds a byte anywhere in a file.
func TestDamaged(t *testing.T) {
	dir := t.TempDir()
	s, k := Store{Dir: dir}, NewKey([]byte("a program"))
	rapid.Check(t, func(t *rapid.T) {
		if err := s.Save(k, []byte("what was compiled")); err != nil {
			t.Fatal(err)
		}
		file, err := os.ReadFile(s.path(k))
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, len(file)-1).Draw(t, "at")
		switch rapid.IntRange(0, 2).Draw(t, "how") {
		case 0:
			file[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		case 1:
			file = file[:at]
		case 2:
			file = slices.Insert(file, at, 'x')
		}
		if err := os.WriteFile(s.path(k), file, 0o644); err != nil {
			t.Fatal(err)
		}
		if got, ok := s.Load(k); ok {
			t.Fatalf("a damaged file was read as %q", got)
		}
		if _, err := os.Stat(s.path(k)); !os.IsNotExist(err) {
			t.Fatalf("it was not removed: %v", err)
		}
	})
}

// TestLimit stores more than there is room for: what was used last stays.
func TestLimit(t *testing.T) {
	s := Store{Dir: t.TempDir(), Limit: 10_000}
	foreign := filepath.Join(s.Dir, "somebody's")
	if err := os.WriteFile(foreign, make([]byte, 20_000), 0o644); err != nil {
		t.Fatal(err)
	}
	key := func(i int) Key { return NewKey(fmt.Append(nil, i)) }
	old := time.Now().Add(-time.Hour)
	for i := range 9 {
		if err := s.Save(key(i), make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
		at := old.Add(time.Duration(i) * time.Minute)
		if err := os.Chtimes(s.path(key(i)), at, at); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := s.Load(key(0)); !ok { // now it is the one that was used last
		t.Fatal("removed below the limit")
	}
	if err := s.Save(key(9), make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	var left []int
	for i := range 10 {
		if _, err := os.Stat(s.path(key(i))); err == nil {
			left = append(left, i)
		}
	}
	if want := []int{0, 3, 4, 5, 6, 7, 8, 9}; !slices.Equal(left, want) {
		t.Errorf("%v are left, want %v", left, want)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Errorf("a file that is not ours: %v", err)
	}
	if err := s.Save(key(10), make([]byte, 2501)); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Load(key(10)); ok {
		t.Error("one program takes more than a quarter of the room")
	}
}

// TestTogether has many write, read, damage and remove the same few programs: a
// reader gets the right bytes or none.
func TestTogether(t *testing.T) {
	s := Store{Dir: t.TempDir(), Limit: 50_000}
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 60 {
				n := (i*7 + w) % 12
				k, data := NewKey(fmt.Append(nil, n)), bytes.Repeat([]byte{byte(n)}, 5000+n)
				if w%2 == 0 {
					if err := s.Save(k, data); err != nil {
						t.Error(err)
					}
				} else if got, ok := s.Load(k); ok && !bytes.Equal(got, data) {
					t.Errorf("program %d: %d bytes that begin with %v", n, len(got), got[:2])
				}
			}
		})
	}
	wg.Wait()
	var size int64
	for _, f := range s.files() {
		size += f.Size()
	}
	if size > s.Limit {
		t.Errorf("%d bytes are left, of %d", size, s.Limit)
	}
}

func TestNoFolder(t *testing.T) {
	s := Store{Dir: filepath.Join(t.TempDir(), "none"), Limit: 1000}
	if err := s.Save(NewKey(), []byte("x")); err == nil {
		t.Error("saved nowhere, without an error")
	}
	if _, ok := s.Load(NewKey()); ok {
		t.Error("loaded from nowhere")
	}
}

// TestPlanted: a program that others can write, or that another user put there, is
// not loaded.
func TestPlanted(t *testing.T) {
	s, k := Store{Dir: t.TempDir(), Limit: 1000}, NewKey([]byte("x"))
	if err := s.Save(k, []byte("data")); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Load(k); !ok {
		t.Fatal("not loaded")
	}
	if err := os.Chmod(s.path(k), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Load(k); ok {
		t.Error("loaded, although others can write it")
	}
	if err := errors.Join(os.Chmod(s.path(k), 0o644), os.Chown(s.path(k), 65534, -1)); err != nil {
		t.Skip("only root gives files away")
	}
	if _, ok := s.Load(k); ok {
		t.Error("loaded, although it is another user's")
	}
	t.Setenv(cache.TrustEnv, "1")
	if _, ok := s.Load(k); !ok {
		t.Error("not loaded, although it is trusted")
	}
}
