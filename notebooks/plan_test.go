package notebooks

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPlans: the sweeps of 05 and 06 can be planned at every scale, that of a GPU
// too, which no other test gets to: every model can be built and every circuit
// looked up, up to the projected cost.
func TestPlans(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "circuitbook")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../kernel").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"05_dense_vs_sparse.ipynb", "06_frontier.ipynb"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var nb map[string]any
		if err := json.Unmarshal(data, &nb); err != nil {
			t.Fatal(err)
		}
		cells := nb["cells"].([]any)
		// The parameters, and the cell of definitions, which ends with the plan.
		nb["cells"] = cells[:3]
		if data, err = json.Marshal(nb); err != nil {
			t.Fatal(err)
		}
		plan := filepath.Join(dir, name)
		if err := os.WriteFile(plan, data, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, scale := range []string{"laptop", "paper"} {
			out := filepath.Join(dir, scale)
			cmd := exec.CommandContext(t.Context(), program, "run", plan, "-p", "scale="+scale, "--out", out)
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s at %s: %v\n%s", name, scale, err, text)
				continue
			}
			executed, err := os.ReadFile(filepath.Join(out, name))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(executed), "are to be made: some") && !strings.Contains(string(executed), "are to be made, some") {
				t.Errorf("%s at %s: no projected cost", name, scale)
			}
		}
	}
}
