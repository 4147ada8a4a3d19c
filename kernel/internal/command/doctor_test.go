package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"circuitbook/kernel/internal/doctor"
	"circuitbook/kernel/internal/kernelspec"
)

// TestInstalled: the first place that has the kernel counts, a kernel without its
// program is missing, and none at all is no lack.
func TestInstalled(t *testing.T) {
	none, first, second := kernelspec.Prefix(t.TempDir()), kernelspec.Prefix(t.TempDir()), kernelspec.Prefix(t.TempDir())
	if f := installed(none, first); f.State != doctor.OK || !strings.Contains(f.Text, "not installed") {
		t.Errorf("nowhere: %v", f)
	}
	program := filepath.Join(t.TempDir(), "circuitbook")
	for _, p := range []kernelspec.Place{first, second} {
		if err := (kernelspec.Spec{Program: program, Module: t.TempDir()}).Write(p.Jupyter); err != nil {
			t.Fatal(err)
		}
	}
	if f := installed(none, first, second); f.State == doctor.OK {
		t.Errorf("without a program: %v", f)
	}
	if err := os.WriteFile(program, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, list := range [][]kernelspec.Place{{first, second}, {none, first, second}} {
		if f := installed(list...); f.State != doctor.OK || !strings.Contains(f.Text, first.Jupyter) {
			t.Errorf("%v", f)
		}
	}
}
