package command

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/shim"
	"circuitbook/kernel/internal/typing"
)

// TestHelper asks about the engine's own types.
func TestHelper(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the engine where that was not done")
	}
	m, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	root, err := exec.Command(goCommand, "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	h := newHelper(shim.Setup{Go: goCommand, Module: m.Dir, Path: os.Getenv("PATH"), GoRoot: strings.TrimSpace(string(root))})
	h.Warm(t.Context())
	has := func(before string, want ...string) {
		t.Helper()
		got := map[string]bool{}
		for _, m := range h.Following(t.Context(), typing.Place{Before: before}) {
			got[m.Name] = true
		}
		for _, name := range want {
			if !got[name] {
				t.Errorf("%q has no %s: %v", before, name, got)
			}
		}
	}
	has("c, err := train.Scale(\"tiny\", 0)\nc.", "Steps", "Model", "Density", "Dense")
	has("run, err := train.Run(ctx, c, artifact.Options{", "Progress")
	has("%%\nrun, err := train.Run(context.Background(), c, artifact.Options{})\nrun.Model.", "Top", "Record")
	has("m := Train(\"laptop\")\nm.", "Find", "Next")
	has("m := Train(\"laptop\")\nq := m.Find(\"x\")\nq.", "Without", "Loss")
	if list := h.Methods("*lab.Model"); !slices.Contains(list, "Find") || slices.Contains(list, "spec") {
		t.Errorf("a model has %q", list)
	}
	if list := h.Methods("map[string]"); len(list) > 0 {
		t.Errorf("what is no type has %q", list)
	}
	o, ok := h.Describe(t.Context(), typing.Place{Before: "run, err := train.Run(ctx, c, artifact.Options{})\nrun.Model.Top"})
	if !ok || !strings.HasPrefix(o.Text, "func (*model.Params).Top(") && !strings.Contains(o.Text, ").Top(") {
		t.Errorf("got %+v", o)
	}
	if text := h.DocAt(t.Context(), o.Package, o.Name); !strings.Contains(text, "func (") || !strings.Contains(text, "Top(") {
		t.Errorf("%+v: %s", o, text)
	}
}
