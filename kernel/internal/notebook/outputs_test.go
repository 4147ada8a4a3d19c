package notebook

import (
	"testing"

	_ "circuitbook/sparsenn/suitetest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func stream(name, text string) any {
	return map[string]any{"output_type": "stream", "name": name, "text": text}
}

func display(text string) any {
	return map[string]any{
		"output_type": "display_data",
		"data":        map[string]any{"text/plain": text},
		"transient":   map[string]any{"display_id": "x"},
	}
}

func newCell() *Cell {
	return &Cell{Type: Code, raw: map[string]any{
		"metadata": map[string]any{"execution": map[string]any{"iopub.status.busy": "now"}, "kept": true},
	}}
}

func TestSetOutputs(t *testing.T) {
	c := newCell()
	c.SetOutputs([]any{
		stream("stderr", "e1\n"),
		stream("stdout", "a"),
		stream("stderr", "e2\n"),
		stream("stdout", "b\n"),
		display("figure"),
		stream("stdout", "0%\r50%"),
		stream("stdout", "\r100%\n"),
		map[string]any{"output_type": "error", "ename": "ERROR",
			"evalue":    `failed to run "/c/shim/0123456789abcdef/go build -o /tmp/k/gonb_0a1b2c3d/gonb_0a1b2c3d"`,
			"traceback": []any{"/tmp/gonb_0a1b2c3d/main.go:3: x"}},
	}, 4)
	want := []any{
		stream("stdout", "ab\n"),
		stream("stderr", "e1\ne2\n"),
		map[string]any{"output_type": "display_data", "data": map[string]any{"text/plain": "figure"}},
		stream("stdout", "100%\n"),
		map[string]any{"output_type": "error", "ename": "ERROR",
			"evalue":    `failed to run "go build -o cell"`,
			"traceback": []any{"main.go:3: x"}},
	}
	if diff := cmp.Diff(want, c.Outputs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{"kept": true}, c.raw["metadata"]); diff != "" {
		t.Errorf("metadata: %s", diff)
	}
	if c.Count != 4 {
		t.Errorf("count %d", c.Count)
	}
}

// TestSetOutputsChunks holds that a stream's outputs do not depend on how its
// text was cut, nor on how two streams interleaved.
func TestSetOutputsChunks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		outText := rapid.StringMatching(`[a\r\n]{0,12}`).Draw(t, "stdout")
		errText := rapid.StringMatching(`[b\n]{0,12}`).Draw(t, "stderr")
		var list []any
		o, e := outText, errText
		for o != "" || e != "" {
			from, name := &o, "stdout"
			if o == "" || (e != "" && rapid.Bool().Draw(t, "which")) {
				from, name = &e, "stderr"
			}
			n := rapid.IntRange(1, len(*from)).Draw(t, "cut")
			list = append(list, stream(name, (*from)[:n]))
			*from = (*from)[n:]
		}
		cut, whole := newCell(), newCell()
		cut.SetOutputs(list, 1)
		whole.SetOutputs([]any{stream("stdout", outText), stream("stderr", errText)}, 1)
		if diff := cmp.Diff(whole.Outputs, cut.Outputs); diff != "" {
			t.Error(diff)
		}
	})
}

func TestOverwrite(t *testing.T) {
	for in, want := range map[string]string{
		"":             "",
		"a\nb":         "a\nb",
		"a\rb":         "b",
		"a\rb\r":       "b",
		"a\r\nb\r\n":   "a\nb\n",
		"1\r2\n3\r4\n": "2\n4\n",
		"\r":           "",
	} {
		if got := Overwrite(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestCleanText(t *testing.T) {
	for in, want := range map[string]string{
		"no path": "no path",
		"\t \x1b[7m[[ Cell [2] Line 3 ]]\x1b[0m /tmp/gonb_00ff00ff/main.go:9 +0x1d": "\tmain.go:9 +0x1d",
		"at /tmp/x/gonb_00ff00ff/main.go:3":                                         "at main.go:3",
		"run \"/h/shim/00112233aabbccdd/go get\"":                                   "run \"go get\"",
		"/usr/local/go /bin/goimports -w":                                           "/usr/local/go /bin/goimports -w",
	} {
		if got := CleanText(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
