package executables_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/backend"
	"circuitbook/sparsenn/backend/executables"
	"circuitbook/sparsenn/cache"
	"circuitbook/sparsenn/train"
)

// childEnv makes this test program train a model in a process of its own: a
// store is for programs that other processes compiled.
const childEnv = "CIRCUITBOOK_EXECUTABLES_TEST_CHILD"

// outcome is what such a child prints.
type outcome struct {
	Loaded, Compiled, Stored int
	Weights                  string // sha256 of the model
	Valid                    []float64
}

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) == "" {
		os.Exit(m.Run())
	}
	o, err := trained()
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// trained trains a little: a step with its backward pass and top-k, and the
// evaluation, are the largest programs that there are.
func trained() (o outcome, err error) {
	c, err := train.Scale("tiny", 0)
	if err != nil {
		return o, err
	}
	c.Steps, c.ValidEvery, c.Model.Layers = 4, 2, 1
	r, err := train.Run(context.Background(), c, artifact.Options{})
	if err != nil {
		return o, err
	}
	o.Loaded, o.Compiled, o.Stored = executables.Counts()
	o.Weights = r.Model.Digest()
	for _, m := range r.Metrics {
		o.Valid = append(o.Valid, m.Loss)
	}
	return o, nil
}

// child trains in a process with a folder of executables.
func child(t *testing.T, executables string, env ...string) outcome {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Everything but the executables is the cache of this machine.
	real, err := cache.Dir()
	if err != nil {
		t.Fatal(err)
	}
	mine := t.TempDir()
	entries, err := os.ReadDir(real)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == "executables" || e.Name() == "runs" {
			continue
		}
		if err := os.Symlink(filepath.Join(real, e.Name()), filepath.Join(mine, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(executables, filepath.Join(mine, "executables")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), childEnv+"=1", "CIRCUITBOOK_CACHE="+mine, artifact.RootVariable+"="+t.TempDir(), artifact.NotebookRootVariable+"=")
	cmd.Env = append(cmd.Env, env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.Bytes())
	}
	var o outcome
	if err := json.Unmarshal(out, &o); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	return o
}

// onXLA skips a test where there is no CPU plugin.
func onXLA(t *testing.T) {
	b, err := backend.Open()
	if err != nil {
		t.Fatal(err)
	}
	if i := backend.Describe(b); i.Name != "xla:cpu" {
		t.Skipf("executables are kept for XLA on the CPU, and this is %v", i)
	}
}

// TestLoadedComputesTheSameBits trains with programs that are compiled, with
// the same ones loaded, and without a store.
func TestLoadedComputesTheSameBits(t *testing.T) {
	onXLA(t)
	dir := t.TempDir()
	first := child(t, dir)
	if first.Stored < 2 || first.Loaded != 0 || first.Compiled < first.Stored {
		t.Fatalf("the first process: %+v", first)
	}
	second := child(t, dir)
	if second.Loaded < first.Stored {
		t.Errorf("the second process: %+v, after %+v", second, first)
	}
	off := child(t, dir, backend.KeepEnv+"=0")
	if off.Loaded+off.Compiled+off.Stored != 0 {
		t.Errorf("switched off: %+v", off)
	}
	for name, o := range map[string]outcome{"loaded": second, "without a store": off} {
		if o.Weights != first.Weights || !slices.Equal(o.Valid, first.Valid) {
			t.Errorf("%s: other numbers than when it was compiled:\n%+v\n%+v", name, o, first)
		}
	}

	// Other flags, other programs.
	flags := child(t, dir, "XLA_FLAGS=--xla_cpu_enable_fast_math=false")
	if flags.Loaded != 0 || flags.Stored < 2 {
		t.Errorf("with other flags: %+v", flags)
	}

	// What is no program, under a sum that is right, is compiled again.
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data := []byte("no program at all")
		sum := sha256.Sum256(data)
		file := slices.Concat([]byte("circuitbook-executable-1\n"), sum[:], data)
		if err := os.WriteFile(filepath.Join(dir, e.Name()), file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	bad := child(t, dir)
	if bad.Loaded != 0 || bad.Weights != first.Weights {
		t.Errorf("files that are no programs: %+v", bad)
	}
	again := child(t, dir)
	if again.Loaded < first.Stored || again.Weights != first.Weights {
		t.Errorf("what took their place: %+v", again)
	}
}

// TestUnwritable trains where nothing can be stored.
func TestUnwritable(t *testing.T) {
	onXLA(t)
	dir := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(dir, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if o := child(t, dir); o.Weights == "" || o.Stored != 0 {
		t.Errorf("%+v", o)
	}
}

// TestPlaces compares the places in the table that we use with the header that
// go-xla was built from.
func TestPlaces(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/gomlx/go-xla").Output()
	if err != nil {
		t.Fatal(err)
	}
	header, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "pjrt", "pjrt_c_api.h"))
	if err != nil {
		t.Fatal(err)
	}
	place := map[string]int{}
	for i, m := range regexp.MustCompile(`(?m)^\s*_PJRT_API_STRUCT_FIELD\((\w+)\);`).FindAllSubmatch(header, -1) {
		place[string(m[1])] = i
	}
	ours, err := os.ReadFile("hook.h")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{
		"ERROR_DESTROY":                   "PJRT_Error_Destroy",
		"CLIENT_COMPILE":                  "PJRT_Client_Compile",
		"EXECUTABLE_DESTROY":              "PJRT_Executable_Destroy",
		"EXECUTABLE_SERIALIZE":            "PJRT_Executable_Serialize",
		"LOADED_GET_EXECUTABLE":           "PJRT_LoadedExecutable_GetExecutable",
		"EXECUTABLE_DESERIALIZE_AND_LOAD": "PJRT_Executable_DeserializeAndLoad",
	}
	for _, m := range regexp.MustCompile(`(?m)^\s*(\w+) = TABLE_FUNCTIONS \+ (\d+),`).FindAllSubmatch(ours, -1) {
		name := names[string(m[1])]
		want, ok := place[name]
		if got, err := strconv.Atoi(string(m[2])); err != nil || !ok || got != want {
			t.Errorf("%s, at %s, is at %d in go-xla's header (%v)", m[1], m[2], want, ok)
		}
		delete(names, string(m[1]))
	}
	if len(names) > 0 {
		t.Errorf("hook.h has no place for %v", slices.Sorted(maps.Keys(names)))
	}
}
