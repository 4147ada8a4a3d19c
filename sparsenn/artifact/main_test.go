package artifact

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"circuitbook/sparsenn/suitetest"
	"circuitbook/sparsenn/tensorfile"
)

// childVariable says which of the children below the test binary is to be,
// instead of running tests: killing and locking need a process of their own.
const childVariable = "CIRCUITBOOK_STORE_TEST_CHILD"

var children = map[string]func(args []string) error{}

func TestMain(m *testing.M) {
	if name := os.Getenv(childVariable); name != "" {
		if err := children[name](os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func childCommand(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), childVariable+"="+name)
	cmd.Stderr = os.Stderr
	return cmd
}

// long is set where the long forms of tests are wanted.
var long = suitetest.Long

type testConfig struct {
	Steps int     `json:"steps"`
	Rate  float64 `json:"rate"`
	Name  string  `json:"name"`
}

var someConfig = testConfig{Steps: 40, Rate: 0.1, Name: "<a&b>"}

// content returns a file function that writes text.
func content(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// filesOf are the files of a small checkpoint that tells its step.
func filesOf(step int) map[string]func(io.Writer) error {
	s := tensorfile.State{
		Dense:    []tensorfile.Tensor{tensorfile.Float32s("bias", []int{2}, []float32{float32(step), 1})},
		Sparse:   []tensorfile.Sparse{{Name: "weight", Shape: []int{2, 3}, Indices: []int64{0, 4}, Values: []float32{float32(step), 0}}},
		Metadata: map[string]string{"step": fmt.Sprint(step)},
	}
	return map[string]func(io.Writer) error{
		"model.safetensors": s.Write,
		"metrics.jsonl":     content(strings.Repeat("{}\n", step)),
	}
}

func openRun(t *testing.T, root string) *Run {
	t.Helper()
	r, err := Lock(root, "train", someConfig)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func save(t *testing.T, r *Run, step int, done bool) {
	t.Helper()
	if err := r.Save(step, done, filesOf(step)); err != nil {
		t.Fatal(err)
	}
}

// wantLatest checks that the newest whole checkpoint is that of step, with the
// content that filesOf gave it; -1 stands for none.
func wantLatest(t *testing.T, r *Run, step int) []Problem {
	t.Helper()
	c, problems, err := r.Latest()
	if err != nil {
		t.Fatal(err)
	}
	if step < 0 {
		if c != nil {
			t.Fatalf("there is a checkpoint of step %d", c.Step)
		}
		return problems
	}
	if c == nil {
		t.Fatalf("no checkpoint, want step %d; problems: %v", step, problems)
	}
	if c.Step != step {
		t.Fatalf("the latest is step %d, want %d; problems: %v", c.Step, step, problems)
	}
	s, err := c.ReadState("model.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	if s.Metadata["step"] != fmt.Sprint(step) || s.Sparse[0].Values[0] != float32(step) {
		t.Fatalf("step %d holds %v", step, s)
	}
	return problems
}

// listing returns the names in a directory that are visible, or hidden.
func listing(t *testing.T, dir string, hidden bool) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") == hidden {
			names = append(names, e.Name())
		}
	}
	return names
}

func mustContain(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Fatalf("error %q does not say %q", err, p)
		}
	}
}

// memoryDir is a temporary directory in memory where the system has such a
// place: for tests that save many times, where syncing a disk shows nothing.
func memoryDir(t *testing.T) string {
	t.Helper()
	const shared = "/dev/shm"
	dir, err := os.MkdirTemp(shared, "circuitbook-store-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
