package artifact

import (
	"circuitbook/sparsenn/tensorfile"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var exported = []tensorfile.Tensor{
	tensorfile.Float32s("transformer.h.0.mlp.c_fc.weight", []int{2, 3}, []float32{0, 1.5, 0, -2, 0, 0.25}),
	tensorfile.Float32s("scalar", nil, []float32{7}),
	tensorfile.Int64s("index", []int{2}, []int64{-1, 1 << 40}),
	{Name: "byte", Shape: []int{3}, DType: tensorfile.U8, Data: []uint8{1, 2, 255}},
	{Name: "half", Shape: []int{1}, DType: tensorfile.F16, Data: []uint16{0x3c00}},
	{Name: "double <é>", Shape: []int{1}, DType: tensorfile.F64, Data: []float64{0.1}},
	{Name: "int", Shape: []int{1}, DType: tensorfile.I32, Data: []int32{-5}},
	{Name: "empty", Shape: []int{0, 4}, DType: tensorfile.F32, Data: []float32{}},
}

func TestExport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "model")
	if err := Export(dir, exported, someConfig); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	var config testConfig
	if err := json.Unmarshal(text, &config); err != nil || config != someConfig {
		t.Errorf("%s, %v", text, err)
	}
	f, err := tensorfile.Open(filepath.Join(dir, "model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, want := range exported {
		got, err := f.Read(want.Name)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, cmp.Transformer("nil", func(s []int) []int { return append([]int{}, s...) })); d != "" {
			t.Error(d)
		}
	}
	// An earlier export is replaced, an empty folder taken.
	if err := Export(dir, exported[:1], nil); err != nil {
		t.Fatal(err)
	}
	if got := listing(t, dir, false); !cmp.Equal(got, []string{"config.json", "model.safetensors"}) {
		t.Errorf("the export holds %v", got)
	}
	if err := Export(t.TempDir(), exported, nil); err != nil {
		t.Fatal(err)
	}
	if got := listing(t, filepath.Dir(dir), true); len(got) > 0 {
		t.Errorf("left behind: %v", got)
	}
}

func TestExportRefuses(t *testing.T) {
	put := func(dir, name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		say  string
		make func(dir string)
	}{
		{"notes.txt", func(dir string) { put(dir, "notes.txt", "") }},
		{"notes.txt", func(dir string) {
			if err := Export(dir, exported, nil); err != nil {
				t.Fatal(err)
			}
			put(dir, "notes.txt", "")
		}},
		{"nor an earlier export", func(dir string) { put(dir, "config.json", "{}") }},
		{"nor an earlier export", func(dir string) { put(dir, "model.safetensors", "?") }},
		{"another program", func(dir string) { put(dir, "model.safetensors", "\x02\x00\x00\x00\x00\x00\x00\x00{}") }},
	} {
		dir := t.TempDir()
		c.make(dir)
		before := listing(t, dir, false)
		mustContain(t, Export(dir, exported, nil), dir, c.say)
		if d := cmp.Diff(before, listing(t, dir, false)); d != "" {
			t.Error(d)
		}
	}
	dir := filepath.Join(t.TempDir(), "model")
	mustContain(t, Export(dir, []tensorfile.Tensor{exported[0], exported[0]}, nil), dir, "two tensors are named")
	mustContain(t, Export(dir, exported, func() {}), dir, "config")
	if got := listing(t, filepath.Dir(dir), true); len(got) > 0 {
		t.Errorf("left behind: %v", got)
	}
	file := filepath.Join(t.TempDir(), "file")
	put(filepath.Dir(file), "file", "")
	mustContain(t, Export(file, exported, nil), file)
}

// TestPythonReadsExport has Python's safetensors read what Export wrote. The
// packages are large for what they do here, so they are not provided: set
// CIRCUITBOOK_PYTHON to a Python that has safetensors and numpy.
func TestPythonReadsExport(t *testing.T) {
	python := os.Getenv("CIRCUITBOOK_PYTHON")
	if python == "" {
		python = "python3"
	}
	if out, err := exec.Command(python, "-c", "import safetensors, numpy").CombinedOutput(); err != nil {
		t.Skipf("%s cannot import safetensors and numpy (%v): set CIRCUITBOOK_PYTHON to one that can\n%s", python, err, out)
	}
	dir := filepath.Join(t.TempDir(), "model")
	if err := Export(dir, exported, someConfig); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, filepath.Join("testdata", "read_export.py"), dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := strings.TrimLeft(`
byte uint8 [3] [1, 2, 255]
double <é> float64 [1] [0.1]
empty float32 [0, 4] []
half float16 [1] [1.0]
index int64 [2] [-1, 1099511627776]
int int32 [1] [-5]
scalar float32 [] 7.0
transformer.h.0.mlp.c_fc.weight float32 [2, 3] [[0.0, 1.5, 0.0], [-2.0, 0.0, 0.25]]
{'name': '<a&b>', 'rate': 0.1, 'steps': 40}
`, "\n")
	if d := cmp.Diff(want, string(out)); d != "" {
		t.Error(d)
	}
}
