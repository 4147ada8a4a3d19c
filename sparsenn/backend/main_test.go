package backend

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gomlx/compute"
)

// childEnv makes this test program open the backend in a process of its own,
// because there is one backend per process.
const childEnv = "CIRCUITBOOK_BACKEND_TEST_CHILD"

// outcome is what such a child prints.
type outcome struct {
	Error   string
	Info    Info
	Same    bool // all concurrent calls gave the same backend
	Try     string
	Seconds float64

	stderr string
}

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) == "" {
		os.Exit(m.Run())
	}
	var o outcome
	start := time.Now()
	backends := make([]compute.Backend, 8)
	errs := make([]error, len(backends))
	var wg sync.WaitGroup
	for i := range backends {
		wg.Go(func() { backends[i], errs[i] = Open() })
	}
	wg.Wait()
	o.Seconds = time.Since(start).Seconds()
	o.Same = true
	for i := range backends {
		o.Same = o.Same && backends[i] == backends[0] && errs[i] == errs[0]
	}
	if errs[0] != nil {
		o.Error = errs[0].Error()
	} else {
		o.Info = Describe(backends[0])
		if err := try(backends[0]); err != nil {
			o.Try = err.Error()
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// opened opens the backend in a child process with more environment.
func openedWith(t *testing.T, env ...string) outcome {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(append(os.Environ(), childEnv+"=1"), env...)
	cmd.WaitDelay = 10 * time.Second
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the child with %q: %v\n%s", env, err, stderr.String())
	}
	var o outcome
	if err := json.Unmarshal(out, &o); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	o.stderr = stderr.String()
	if !o.Same {
		t.Errorf("with %q: concurrent calls gave different backends", env)
	}
	if o.Error == "" && o.Try != "" {
		t.Errorf("with %q: the backend does not work: %s", env, o.Try)
	}
	return o
}

// oneLineOnly fails the test unless the child printed exactly one line that
// has all the parts.
func (o outcome) oneLineOnly(t *testing.T, parts ...string) {
	t.Helper()
	if strings.Count(o.stderr, "\n") != 1 || !strings.HasPrefix(o.stderr, "circuitbook: ") {
		t.Errorf("want one line, got %q", o.stderr)
	}
	for _, p := range parts {
		if !strings.Contains(o.stderr, p) {
			t.Errorf("%q is not in %q", p, o.stderr)
		}
	}
}
