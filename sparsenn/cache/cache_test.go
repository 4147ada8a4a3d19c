package cache_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"circuitbook/sparsenn/cache"
	"circuitbook/sparsenn/cache/cachetest"
	_ "circuitbook/sparsenn/suitetest"
)

func TestDir(t *testing.T) {
	want := cachetest.Fresh(t)
	got, err := cache.Dir()
	if err != nil || got != want {
		t.Fatalf("Dir() = %q, %v; want %q", got, err, want)
	}
	if st, err := os.Stat(got); err != nil || !st.IsDir() {
		t.Fatalf("Dir() did not make the folder: %v", err)
	}
}

func TestDirDefault(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the default is looked at on Linux only")
	}
	home := t.TempDir()
	t.Setenv("CIRCUITBOOK_CACHE", "")
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", home)
	got, err := cache.Dir()
	if want := filepath.Join(home, ".cache", "circuitbook"); err != nil || got != want {
		t.Fatalf("Dir() = %q, %v; want %q", got, err, want)
	}
	t.Setenv("HOME", "")
	if _, err := cache.Dir(); err == nil || !strings.Contains(err.Error(), "set $CIRCUITBOOK_CACHE") {
		t.Fatalf("without a home the error must say what to do: %v", err)
	}
}

func TestDirRelative(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("CIRCUITBOOK_CACHE", "here")
	got, err := cache.Dir()
	if err != nil || !filepath.IsAbs(got) || filepath.Base(got) != "here" {
		t.Fatalf("Dir() = %q, %v; want an absolute path ending in here", got, err)
	}
}

func TestDirCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CIRCUITBOOK_CACHE", filepath.Join(file, "cache"))
	if _, err := cache.Dir(); err == nil || !strings.Contains(err.Error(), "set $CIRCUITBOOK_CACHE") {
		t.Fatalf("error = %v", err)
	}
}

// Whatever the elements are, Sub makes a folder inside Dir or refuses.
func TestSubStaysInside(t *testing.T) {
	root := cachetest.Fresh(t)
	rapid.Check(t, func(t *rapid.T) {
		elem := rapid.SliceOfN(rapid.StringMatching(`(\.\.|\.|/|[a-c]{1,3}|[a-c]/\.\./\.\.|)`), 0, 5).Draw(t, "elem")
		got, err := cache.Sub(elem...)
		if err != nil {
			return
		}
		rel, err := filepath.Rel(root, got)
		if err != nil || !filepath.IsLocal(rel) {
			t.Fatalf("Sub(%q) = %q, outside %q", elem, got, root)
		}
		if st, err := os.Stat(got); err != nil || !st.IsDir() {
			t.Fatalf("Sub(%q) did not make its folder", elem)
		}
	})
	if _, err := cache.Sub("..", "elsewhere"); err == nil {
		t.Fatal("Sub left the cache")
	}
}

func TestOffline(t *testing.T) {
	for value, want := range map[string]bool{"": false, "0": false, "false": false, "1": true, "true": true, "yes": true} {
		t.Setenv(cache.OfflineEnv, value)
		if got := cache.Offline(); got != want {
			t.Errorf("%s=%q: Offline() = %v, want %v", cache.OfflineEnv, value, got, want)
		}
	}
}

func TestLockExcludesGoroutines(t *testing.T) {
	cachetest.Fresh(t)
	var inside, worst atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 3 {
				unlock, err := cache.Lock(t.Context(), "x")
				if err != nil {
					t.Error(err)
					return
				}
				worst.Store(max(worst.Load(), inside.Add(1)))
				time.Sleep(time.Millisecond)
				inside.Add(-1)
				unlock()
				unlock() // harmless
			}
		})
	}
	wg.Wait()
	if worst.Load() != 1 {
		t.Fatalf("%d held the lock at once", worst.Load())
	}
}

func TestLockHonoursContext(t *testing.T) {
	cachetest.Fresh(t)
	unlock, err := cache.Lock(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = cache.Lock(ctx, "x")
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "held by another") {
		t.Fatalf("error = %v", err)
	}
	other, err := cache.Lock(t.Context(), "y")
	if err != nil {
		t.Fatalf("another name is locked too: %v", err)
	}
	other()
}

func TestLockNames(t *testing.T) {
	cachetest.Fresh(t)
	for _, bad := range []string{"", ".", "..", "a/b", `a\b`, "a b", "ü", strings.Repeat("x", 201)} {
		if _, err := cache.Lock(t.Context(), bad); err == nil {
			t.Errorf("Lock(%q) was given", bad)
		}
	}
}
