package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestLock: everything is pinned by hash, and nothing says where it comes from.
func TestLock(t *testing.T) {
	data, err := peers.ReadFile("peers/requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	entries := regexp.MustCompile(`(?m)^[a-z]`).Split(string(data), -1)[1:]
	for _, e := range entries {
		if first, _, _ := strings.Cut(e, "\n"); !strings.Contains(first, "==") || !strings.Contains(e, "--hash=sha256:") {
			t.Errorf("not pinned: …%s", first)
		}
	}
	for _, bad := range []string{"://", "index-url", "nvidia", "triton"} {
		if strings.Contains(string(data), bad) {
			t.Errorf("the lock holds %q", bad)
		}
	}
	wanted, err := peers.ReadFile("peers/requirements.in")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(wanted)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") && !strings.Contains(string(data), line+" ") {
			t.Errorf("the lock lacks %s", line)
		}
	}
}

func TestWorkerEnviron(t *testing.T) {
	get := func(env []string, name string) (values []string) {
		for _, s := range env {
			if v, ok := strings.CutPrefix(s, name+"="); ok {
				values = append(values, v)
			}
		}
		return values
	}
	env := workerEnviron([]string{"A=1", "PYTHONPATH=/x", "PIP_USER=1", "LD_LIBRARY_PATH=/l"}, "/e", "/r", "/c")
	for name, want := range map[string]string{
		"A": "1", "OMP_WAIT_POLICY": "PASSIVE", "LD_LIBRARY_PATH": "/e/standins:/l", "CIRCUITBOOK_RUNS": "/r", "JAX_PLATFORMS": "cpu",
	} {
		if v := get(env, name); len(v) == 0 || v[len(v)-1] != want {
			t.Errorf("%s = %q", name, v)
		}
	}
	for _, name := range []string{"PYTHONPATH", "PIP_USER"} {
		if v := get(env, name); v != nil {
			t.Errorf("%s = %q", name, v)
		}
	}
	if v := get(workerEnviron([]string{"OMP_WAIT_POLICY=ACTIVE"}, "", "", ""), "OMP_WAIT_POLICY"); !slices.Equal(v, []string{"ACTIVE"}) {
		t.Errorf("the user's policy became %q", v)
	}
}

func TestNeedsPython(t *testing.T) {
	for only, want := range map[string]bool{"": true, " c$": false, "gomlx": false, "step torch": true, "ours.dense": false} {
		chosen, err := choose(cases(), only)
		if err != nil || needsPython(chosen) != want {
			t.Errorf("%q: %v, %v", only, !want, err)
		}
	}
}

func TestPlan(t *testing.T) {
	for _, c := range []struct {
		t          float64
		warm, reps int
	}{{1e3, 1, 64}, {3e6, 1, 20}, {59e6, 1, 1}, {61e6, 0, 1}, {9e9, 0, 1}, {0, 1, 64}} {
		if warm, reps := plan(c.t); warm != c.warm || reps != c.reps {
			t.Errorf("%v ns: %d warm, %d measured", c.t, warm, reps)
		}
	}
}
