package shim

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCellModule(t *testing.T) {
	dir := t.TempDir()
	files(t, dir, map[string]string{
		"go.mod": `module circuitbook

go 1.26.5

tool example.com/tool

require (
	example.com/a v1.0.0
	example.com/b v1.1.0 // indirect
)

replace example.com/a => ../a

replace example.com/b v1.1.0 => example.com/c v1.2.0

exclude example.com/d v1.0.0
`,
		"go.sum": "sums\n",
	})
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	mod, sum, err := cellModule(dir, "gonb_01234567")
	if err != nil {
		t.Fatal(err)
	}
	want := `module gonb_01234567

go 1.26.5

require (
	circuitbook v0.0.0-00010101000000-000000000000
	example.com/a v1.0.0
)

require example.com/b v1.1.0 // indirect

replace example.com/a => ` + filepath.Join(filepath.Dir(real), "a") + `

replace example.com/b v1.1.0 => example.com/c v1.2.0

exclude example.com/d v1.0.0

replace circuitbook => ` + real + `
`
	if diff := cmp.Diff(want, string(mod)); diff != "" {
		t.Errorf("go.mod (-want +got):\n%s", diff)
	}
	if string(sum) != "sums\n" {
		t.Errorf("go.sum is %q", sum)
	}
}

func TestCellModuleRefuses(t *testing.T) {
	if _, _, err := cellModule(t.TempDir(), "gonb_01234567"); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
	dir := t.TempDir()
	files(t, dir, map[string]string{"go.mod": "module other\n"})
	if _, _, err := cellModule(dir, "gonb_01234567"); err == nil || !strings.Contains(err.Error(), "circuitbook") {
		t.Errorf("got %v", err)
	}
}
