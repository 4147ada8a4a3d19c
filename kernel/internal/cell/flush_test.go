package cell

import (
	"slices"
	"testing"

	_ "circuitbook/internal/suite"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFlush(t *testing.T) {
	for name, c := range map[string]struct {
		source, want string
		lines        []int
	}{
		"statement":    {`gonbui.DisplayHTML("x")`, "%%\ndefer gonbui.Sync()\ncircuitbookResult(gonbui.DisplayHTML(\"x\"))", []int{0, 0, 1}},
		"stock":        {"var a = 1\n%% -x\nf(a);\n", "var a = 1\n%% -x\ndefer gonbui.Sync()\nf(a);\n", []int{1, 2, 0, 3, 4}},
		"main":         {"%main\nf();", "%main\ndefer gonbui.Sync()\nf();", []int{1, 0, 2}},
		"nothing":      {"%%", "%%\ndefer gonbui.Sync()", []int{1, 0}},
		"declarations": {"func f() { gonbui.DisplayHTML(``) }", "func f() { gonbui.DisplayHTML(``) }", []int{1}},
		"script":       {"%%bash\ngonbui", "%%bash\ngonbui", []int{1, 2}},
		"declared":     {"func gonbui() {}\ngonbui();", "func gonbui() {}\n%%\n\ngonbui()", []int{1, 0, 1, 2}},
		"taken":        {"gonbui := 1", "%%\ngonbui := 1\n_ = gonbui", []int{0, 1, 0}},
	} {
		got := Prepare(c.source, nil).Flush()
		if got.Source != c.want || !slices.Equal(got.Lines, c.lines) {
			t.Errorf("%s: %q %v, want %q %v", name, got.Source, got.Lines, c.want, c.lines)
		}
	}
}

// TestFlushKeepsTheRest: one line more, or none, and all others as they were.
func TestFlushKeepsTheRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOf(rapid.SampledFrom([]string{"f()", "x := 1", "%%", "func g() {}", "!ls", "gonbui.DisplayHTML(s)", "", "for {"})).Draw(t, "lines")
		source := ""
		for i, l := range lines {
			if i > 0 {
				source += "\n"
			}
			source += l
		}
		before := Prepare(source, nil)
		kept := Prepared{Source: before.Source, Lines: slices.Clone(before.Lines), Locals: before.Locals, Result: before.Result, Body: before.Body, Refusal: before.Refusal}
		after := before.Flush()
		if diff := cmp.Diff(kept, before); diff != "" {
			t.Fatal(diff)
		}
		for i, l := range after.Lines {
			if i >= len(before.Lines) || l != before.Lines[i] {
				after.Lines = slices.Delete(after.Lines, i, i+1)
				break
			}
		}
		if !slices.Equal(after.Lines, before.Lines) {
			t.Fatalf("%v became %v", before.Lines, after.Lines)
		}
	})
}
