package pip

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"circuitbook/sparsenn/suitetest"
)

// fakes makes a PATH of scripts that stand for Python interpreters: name to
// shell script.
func fakes(t *testing.T, scripts map[string]string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("uses shell scripts")
	}
	dir := t.TempDir()
	for name, script := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	t.Setenv(PythonEnv, "")
	return dir
}

func TestFindPython(t *testing.T) {
	for _, c := range []struct {
		name    string
		scripts map[string]string
		version string   // found, "" for an error
		errs    []string // in the error
	}{
		{"first", map[string]string{"python3": "echo 3 12", "python": "echo 3 13"}, "3.12", nil},
		{"only python", map[string]string{"python": "echo 3 10"}, "3.10", nil},
		{"old python3", map[string]string{"python3": "echo 3 9", "python": "echo 3 11"}, "3.11", nil},
		{"future", map[string]string{"python3": "echo 4 0"}, "4.0", nil},
		{"too old", map[string]string{"python3": "echo 3 8", "python": "echo 2 7"}, "",
			[]string{"is Python 3.8, older than 3.10", "is Python 2.7", "set $CIRCUITBOOK_PYTHON"}},
		{"none", nil, "", []string{"python3: not found", "python: not found"}},
		{"breaks", map[string]string{"python3": "exit 1"}, "", []string{"does not run"}},
		{"chatters", map[string]string{"python3": "echo please install me"}, "", []string{"it printed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			fakes(t, c.scripts)
			p, err := FindPython(t.Context())
			if c.version != "" {
				if err != nil || p.Version() != c.version {
					t.Fatalf("FindPython() = %v, %v", p, err)
				}
				return
			}
			if !errors.Is(err, ErrNoPython) {
				t.Fatalf("error = %v", err)
			}
			for _, part := range c.errs {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q is not in %v", part, err)
				}
			}
		})
	}
}

func TestFindPythonNamed(t *testing.T) {
	dir := fakes(t, map[string]string{"python3": "echo 3 12", "old": "echo 3 6", "mine": "echo 3 11"})
	t.Setenv(PythonEnv, filepath.Join(dir, "mine"))
	if p, err := FindPython(t.Context()); err != nil || p.Path != filepath.Join(dir, "mine") {
		t.Fatalf("FindPython() = %v, %v", p, err)
	}
	for _, bad := range []string{"old", "absent"} {
		t.Setenv(PythonEnv, filepath.Join(dir, bad))
		if p, err := FindPython(t.Context()); !errors.Is(err, ErrNoPython) || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s was passed over for another: %v, %v", bad, p, err)
		}
	}
}

func TestFindPythonDoesNotHang(t *testing.T) {
	fakes(t, map[string]string{"python3": "exec /bin/sleep 3600"})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := FindPython(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("error = %v", err)
	}
	if d := time.Since(start); d > suitetest.Patience {
		t.Fatalf("took %v", d)
	}
}

func FuzzParseVersion(f *testing.F) {
	for _, s := range []string{"3 11\n", "", "3", "3 11 0", "-3 1", "x y", "99999999999999999999 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		major, minor, err := parseVersion(s)
		if err == nil && (major < 0 || minor < 0 || len(strings.Fields(s)) != 2) {
			t.Fatalf("parseVersion(%q) = %d, %d", s, major, minor)
		}
		if err != nil && len(err.Error()) > 400 {
			t.Fatalf("long error: %v", err)
		}
	})
}
