package execute

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// failed is an error reply as GoNB gives it.
func failed(evalue, stderr string, traceback ...string) event {
	return event{Event: "done", Status: "error", Evalue: evalue, Traceback: traceback, Outputs: map[int][]any{
		0: {map[string]any{"output_type": "stream", "name": "stderr", "text": stderr}},
	}}
}

func withSuspects(e event, texts ...string) event {
	e.Suspects = texts
	return e
}

func TestJudge(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		event  event
		want   string
	}{
		"well": {"x", event{Status: "ok"}, ""},
		"does not compile": {"%%\n\nnosuch()",
			failed("# gonb_00000000\n./main.go:9:2: undefined: nosuch\n\nexit status 1", "",
				"# gonb_00000000", "Cell[4]: Line 3\ncontext\n\x1b[31mundefined: nosuch\x1b[0m"),
			"cell 4, line 3: undefined: nosuch"},
		"does not parse": {"%%\nf(",
			failed("/tmp/gonb_00000000/main.go:7:3: expected operand", ""),
			"cell 4: expected operand"},
		"panics": {"%%\nf()",
			failed("exit status 2", "panic: oh\n\ngoroutine 1:\n\t\x1b[7m[[ Cell [4] Line 2 ]]\x1b[0m /x/main.go:8 +0x1\nexit status 2\n"),
			"cell 4, line 2: panic: oh"},
		"panics elsewhere": {"%%\nf()",
			failed("exit status 2", "panic: oh\n [[ Cell [2] Line 7 ]] x [[ Cell [4] Line 2 ]]\nexit status 2\n"),
			"cell 4 (in what cell 2, line 7 declares): panic: oh"},
		"dies": {"%%\nf()", failed("exit status 2", "fatal error: all goroutines are asleep\nexit status 2\n"),
			"cell 4: fatal error: all goroutines are asleep"},
		"exits": {"%%\nf()", failed("exit status 1", "2026 cannot do it\nexit status 1\n"),
			"cell 4: 2026 cannot do it (exit status 1)"},
		"exits silently": {"%%\nf()", failed("exit status 1", "exit status 1\n"), "cell 4: exit status 1"},
		"shell": {"!false", event{Status: "ok", Suspects: []string{"exit status 1\n"}},
			"cell 4, line 1: !false: exit status 1"},
		"one of two": {"!a\n!b", event{Status: "ok", Suspects: []string{"exit status 1\n"}},
			"cell 4: one of the commands in lines 1, 2 failed: exit status 1"},
		"killed": {"\n%%\n!b", event{Status: "ok", Suspects: []string{"^C\nsignal: killed\n"}},
			"cell 4, line 3: !b: interrupted: signal: killed"},
		"script": {"%%bash\nx", event{Status: "ok", Suspects: []string{"exit status 127\n"}},
			"cell 4, line 1: %%bash: exit status 127"},
		"printed by Go": {"%%\nprint()", event{Status: "ok", Suspects: []string{"exit status 1\n"}}, ""},
		"magic": {"%%\n% nosuch x", event{Status: "ok", Suspects: []string{`"%nosuch" unknown or not implemented yet.`}},
			"cell 4, line 2: there is no magic %nosuch"},
		"cell magic": {"%%bsh\nif true; then echo; fi", withSuspects(
			failed("main.go:7:3: expected ';', found then", ""), "exit status 1\n", `"%%bsh" unknown or not implemented yet.`),
			"cell 4, line 1: there is no magic %%bsh; a cell can be for %%writefile, %%gx, %%bash, %%sh, %%script"},
		"magic and more": {"%%\n%nosuch\nf(", withSuspects(
			failed("main.go:7:3: expected operand", ""), `"%nosuch" unknown or not implemented yet.`),
			"cell 4, line 2: there is no magic %nosuch"},
		"error and said by Go": {"%%\nf()", withSuspects(
			failed("exit status 1", "no luck\nexit status 1\n"), `"%nosuch" unknown or not implemented yet.`),
			"cell 4: no luck (exit status 1)"},
		"shell and said": {"!echo x >&2; false", event{Status: "ok", Suspects: []string{`"%nosuch" unknown or not implemented yet.`, "exit status 1\n"}},
			"cell 4, line 1: !echo x >&2; false: exit status 1"},
		"said by Go": {"%%\nprint()", event{Status: "ok", Suspects: []string{`"%nosuch" unknown or not implemented yet.`}}, ""},
		"too long":   {"x", event{Status: "timeout"}, "cell 4: took longer"},
		"dead":       {"x", event{Status: "dead"}, "cell 4: the kernel died"},
		"stuck":      {"x", event{Status: "stuck"}, "cell 4: did not end"},
		"broken":     {"x", event{Status: "broken", Evalue: "E: x"}, "cell 4: the kernel could not be talked to: E: x"},
	} {
		f := judge([]string{"a", "b", "c", c.source}, c.event)
		switch {
		case c.want == "" && f != nil:
			t.Errorf("%s: failed with %v", name, f)
		case c.want != "" && f == nil:
			t.Errorf("%s: no failure", name)
		case c.want != "" && !strings.HasPrefix(f.Error(), c.want):
			t.Errorf("%s: %q, want %q", name, f.Error(), c.want)
		}
	}
}

func TestJudgeTest(t *testing.T) {
	e := failed("exit status 1", "")
	e.Outputs[0] = append(e.Outputs[0], map[string]any{
		"output_type": "stream", "name": "stdout", "text": "=== RUN\n--- FAIL: TestX (0.00s)\n    x.go: bad\nFAIL\n"})
	if f := judge([]string{"%test"}, e); f == nil || f.Message != "--- FAIL: TestX (0.00s)" {
		t.Errorf("got %v", f)
	}
}

// TestGuess holds that a line is found by its text where GoNB did not say
// which it is.
func TestGuess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gonb_0a1b2c3d")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte("package main\n\n\treturn a[i]\n\nfunc main() {\n\tf()\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	sources := []string{"func f() {\n\treturn a[i]\n}", "%%\nf()"}
	for line, want := range map[int]string{
		3: "cell 2 (in what cell 1, line 2 declares): panic: oh",
		6: "cell 2, line 2: panic: oh",
		2: "cell 2: panic: oh",
		9: "cell 2: panic: oh",
	} {
		e := failed("exit status 2", fmt.Sprintf("panic: oh\n\t%s:%d +0x1d\n", file, line))
		if f := judge(sources, e); f == nil || f.Error() != want {
			t.Errorf("line %d: %v, want %s", line, f, want)
		}
	}
	// GoNB may have noted only a line further down the trace.
	e := failed("exit status 2", fmt.Sprintf("panic: oh\n\t%s:3 +0x1d\n\t[[ Cell [2] Line 2 ]] %s:6 +0x1\n", file, file))
	if f, want := judge(sources, e), "cell 2 (in what cell 1, line 2 declares): panic: oh"; f == nil || f.Error() != want {
		t.Errorf("%v, want %s", f, want)
	}
	// What cannot be guessed is told by the next line.
	e = failed("exit status 2", fmt.Sprintf("panic: oh\n\t%s:9 +0x1d\n\t[[ Cell [2] Line 2 ]] %s:6 +0x1\n", file, file))
	if f, want := judge(sources, e), "cell 2, line 2: panic: oh"; f == nil || f.Error() != want {
		t.Errorf("%v, want %s", f, want)
	}
}
