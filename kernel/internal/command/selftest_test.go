package command

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/notebook"
	"circuitbook/kernel/internal/provision"
	"circuitbook/sparsenn/backend/plugin"
)

// TestSelftest runs it on this machine, on the backend that is asked for.
func TestSelftest(t *testing.T) {
	t.Parallel()
	provided(t)
	for _, env := range []string{"", "go"} {
		p := newPlace(t)
		cmd := p.command("selftest")
		cmd.Env = append(cmd.Env, plugin.BackendEnv+"="+env, "CUDA_VISIBLE_DEVICES=")
		text, err := cmd.CombinedOutput()
		out := string(text)
		if err != nil || strings.Contains(out, "MISS") || !strings.Contains(out, "ok   a drawn circuit: an SVG of") {
			t.Errorf("%v\n%s", err, out)
		}
		if env == "go" && !strings.Contains(out, "exact, on go") {
			t.Errorf("not on the backend that was asked for:\n%s", out)
		}
	}
}

// TestSelftestFails holds that a cell that cannot do what it should is told
// by its line and by the exit code.
func TestSelftestFails(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	// An engine of which there is only the go.mod.
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(p.module, name))
		if err != nil {
			t.Fatal(err)
		}
		p.write(t, name, string(text))
	}
	code, out := p.run(t, "selftest")
	if code != exitFailed || !strings.Contains(out, "ok   a cell in Go") || !strings.Contains(out, "MISS a mask on the backend") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestSelftestNoModule holds that without an engine it says so.
func TestSelftestNoModule(t *testing.T) {
	p := newPlace(t)
	cmd := p.command("selftest")
	cmd.Env = append(cmd.Env, module.Env+"="+p.dir)
	text, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != exitUsage || !strings.Contains(string(text), "$"+module.Env) {
		t.Errorf("exit code %d\n%s", code, text)
	}
}

// TestTrials holds what a cell's outputs must be.
func TestTrials(t *testing.T) {
	c := &notebook.Cell{Outputs: []any{
		map[string]any{"output_type": "stream", "name": "stdout", "text": []any{"go ", "[[9 8 0]"}},
		map[string]any{"output_type": "stream", "name": "stdout", "text": " [0 -6 0]]\n"},
		map[string]any{"output_type": "display_data", "data": map[string]any{"image/svg+xml": []any{"<svg>", "</svg>"}, "text/plain": "42"}},
		"not an output",
	}}
	none := provision.Machine{PluginErr: errors.New("none")}
	cuda := provision.Machine{Plugin: plugin.Plugin{Platform: plugin.CUDA}}
	for _, c := range []struct {
		what    string
		out     map[string]string
		machine provision.Machine
		bad     []bool // by trial
	}{
		{"right", shown(c), none, []bool{false, false, false}},
		{"on another backend", shown(c), cuda, []bool{false, true, false}},
		{"nothing", map[string]string{}, none, []bool{true, true, true}},
		{"wrong", map[string]string{"text/plain": "43", "stdout": "go [[9 8 5] [0 -6 0]]", "image/svg+xml": "<svg>"}, none, []bool{true, true, true}},
	} {
		for i, trial := range trials {
			if text, err := trial.check(c.out, c.machine); (err != nil) != c.bad[i] || err == nil && text == "" {
				t.Errorf("%s: %s: %q, %v", c.what, trial.what, text, err)
			}
		}
	}
}
