package cache_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"circuitbook/sparsenn/cache"
	"circuitbook/sparsenn/cache/cachetest"
	"circuitbook/sparsenn/cache/pip"
	"circuitbook/sparsenn/suitetest"
)

// house makes a wheelhouse of one wheel and a fresh cache.
func house(t *testing.T) (w cache.Wheel, cacheDir string) {
	t.Helper()
	cacheDir = cachetest.Fresh(t)
	dir := t.TempDir()
	file, sum := cachetest.Wheel(t, dir, "tiny-thing", "1.2", map[string][]byte{"tiny_thing/data": []byte("data")})
	cachetest.Wheelhouse(t, dir)
	return cache.Wheel{Name: "tiny-thing", Version: "1.2", File: file, SHA256: sum}, cacheDir
}

func TestFetch(t *testing.T) {
	w, dir := house(t)
	// The user's guard against installing outside an environment must not stop
	// a download, which installs nothing.
	t.Setenv("PIP_REQUIRE_VIRTUALENV", "1")
	if _, ok := w.Cached(); ok {
		t.Fatal("in the cache before it was fetched")
	}
	var log strings.Builder
	path, err := w.Fetch(t.Context(), &log)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "wheels", w.SHA256, w.File); path != want {
		t.Errorf("path %s, want %s", path, want)
	}
	if !strings.HasPrefix(log.String(), "fetching tiny-thing 1.2") {
		t.Errorf("log: %q", log.String())
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("beside the wheel there is more: %v, %v", left, err)
	}

	// From now on neither pip nor Python is needed.
	t.Setenv(cache.OfflineEnv, "1")
	t.Setenv("PATH", "")
	log.Reset()
	again, err := w.Fetch(t.Context(), &log)
	if err != nil || again != path || log.String() != "" {
		t.Errorf("second Fetch = %q, %v, log %q", again, err, log.String())
	}
}

func TestFetchReplacesDamaged(t *testing.T) {
	w, _ := house(t)
	path, err := w.Fetch(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := append([]byte(nil), whole...)
	flipped[len(flipped)/2] ^= 1
	for name, damaged := range map[string][]byte{"truncated": whole[:len(whole)-1], "empty": nil, "flipped": flipped} {
		if err := os.WriteFile(path, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, ok := w.Cached(); ok {
			t.Fatalf("%s: taken for whole", name)
		}
	}
	if _, err := w.Fetch(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, ok := w.Cached(); !ok {
		t.Fatal("not replaced")
	}
}

func TestFetchRefusesOtherHash(t *testing.T) {
	w, dir := house(t)
	w.SHA256 = strings.Repeat("0", 64)
	_, err := w.Fetch(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "HASHES") || !strings.Contains(err.Error(), "tiny-thing 1.2") {
		t.Fatalf("error = %v", err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "wheels", w.SHA256, "*"))
	if len(left) != 0 {
		t.Fatalf("left behind: %v", left)
	}
}

// A pip that is not what it should be does not get its file into the cache:
// what it left is hashed here too.
func TestFetchDoesNotTrustPip(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	w, dir := house(t)
	for leaves, want := range map[string]string{"printf other >\"$d/" + w.File + "\"": "what pip left has sha256 ", ":": "left no " + w.File} {
		python := filepath.Join(t.TempDir(), "python")
		script := "#!/bin/sh\nif [ \"$1\" = -c ]; then echo 3 11; exit; fi\n" +
			"while [ \"$1\" != --dest ]; do shift; done\nd=$2\n" + leaves + "\n"
		if err := os.WriteFile(python, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		t.Setenv(pip.PythonEnv, python)
		if _, err := w.Fetch(t.Context(), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		if left, err := os.ReadDir(filepath.Join(dir, "wheels", w.SHA256)); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
}

func TestFetchErrorsSayWhatToDo(t *testing.T) {
	w, dir := house(t)
	w.Version = "9.9"
	_, err := w.Fetch(t.Context(), nil)
	if err == nil || errors.Is(err, cache.ErrNoNetwork) {
		t.Fatalf("a version that is not there: %v", err)
	}
	for _, part := range []string{"tiny-thing 9.9", w.File, filepath.Join(dir, "wheels", w.SHA256)} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not name %s: %v", part, err)
		}
	}
	t.Setenv(cache.OfflineEnv, "1")
	if _, err := w.Fetch(t.Context(), nil); !errors.Is(err, cache.ErrOffline) {
		t.Errorf("offline: %v", err)
	}
	t.Setenv(cache.OfflineEnv, "")
	t.Setenv("PATH", t.TempDir())
	t.Setenv(pip.PythonEnv, "")
	if _, err := w.Fetch(t.Context(), nil); !errors.Is(err, pip.ErrNoPython) {
		t.Errorf("without Python: %v", err)
	}
}

func TestFetchWithoutNetwork(t *testing.T) {
	w, _ := house(t)
	cachetest.NoNetwork(t)
	start := time.Now()
	_, err := w.Fetch(t.Context(), nil)
	if !errors.Is(err, cache.ErrNoNetwork) || !strings.Contains(err.Error(), "tiny-thing 1.2") {
		t.Fatalf("error = %v", err)
	}
	if d := time.Since(start); d > suitetest.Patience {
		t.Fatalf("took %v", d)
	}
}

// An index that accepts connections and never answers must not hold anyone
// longer than the context allows.
func TestFetchFromDeafIndex(t *testing.T) {
	w, _ := house(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	cachetest.Index(t, "http://"+l.Addr().String()+"/simple")

	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	start := time.Now()
	_, err = w.Fetch(ctx, nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("error = %v", err)
	}
	if d := time.Since(start); d > time.Minute {
		t.Fatalf("took %v", d)
	}
	if !suitetest.Long {
		return
	}
	start = time.Now()
	_, err = w.Fetch(t.Context(), nil)
	if d := time.Since(start); !errors.Is(err, cache.ErrNoNetwork) || d > suitetest.Patience {
		t.Fatalf("without a deadline: after %v %v", d, err)
	}
}

func TestFetchFromManyProcesses(t *testing.T) {
	w, dir := house(t)
	// What a download that was killed left behind is cleared away.
	old := filepath.Join(dir, "wheels", w.SHA256, ".tmp-old")
	if err := os.MkdirAll(old, 0o755); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	fetched := 0
	for range 4 {
		wg.Go(func() {
			cmd := child(t, "fetch "+strings.Join([]string{w.Name, w.Version, w.File, w.SHA256}, " "))
			var stderr strings.Builder
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil || filepath.Base(strings.TrimSpace(string(out))) != w.File {
				t.Errorf("%v: %s %s", err, out, stderr.String())
			}
			mu.Lock()
			defer mu.Unlock()
			fetched += strings.Count(stderr.String(), "fetching ")
		})
	}
	wg.Wait()
	if fetched != 1 {
		t.Errorf("fetched %d times", fetched)
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("the leftover is still there")
	}
}

func TestFetchChecksItsArguments(t *testing.T) {
	w, _ := house(t)
	for name, change := range map[string]func(*cache.Wheel){
		"name":    func(w *cache.Wheel) { w.Name = "a b --index-url" },
		"version": func(w *cache.Wheel) { w.Version = "1\n--pre" },
		"path":    func(w *cache.Wheel) { w.File = "../tiny.whl" },
		"suffix":  func(w *cache.Wheel) { w.File = "tiny.tar.gz" },
		"hash":    func(w *cache.Wheel) { w.SHA256 = strings.ToUpper(w.SHA256) },
		"empty":   func(w *cache.Wheel) { *w = cache.Wheel{} },
	} {
		bad := w
		change(&bad)
		if _, err := bad.Fetch(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "is not") {
			t.Errorf("%s: %v", name, err)
		}
		if _, ok := bad.Cached(); ok {
			t.Errorf("%s: cached", name)
		}
	}
}

func TestCachedInReadOnlyCache(t *testing.T) {
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("permissions do not bind this user")
	}
	w, dir := house(t)
	if _, err := w.Fetch(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Chmod(dir, 0o755) }()
	if _, err := w.Fetch(t.Context(), nil); err != nil {
		t.Fatalf("what is there needs no writing: %v", err)
	}
}
