package labtest

import (
	"os/exec"
	"path/filepath"
	"testing"

	"circuitbook/kernel/internal/module"
)

// Install builds the program and installs its kernel as a person does. It returns the
// folder to name in $JUPYTER_PATH.
func Install(t testing.TB, m *module.Module) string {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "circuitbook")
	for _, args := range [][]string{{"go", "build", "-o", program, "./kernel"}, {program, "install", "--prefix", dir}} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = m.Dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	return filepath.Join(dir, "share", "jupyter")
}
