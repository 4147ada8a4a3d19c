package failure

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"circuitbook/kernel/internal/cell"
)

// failed is what is known after an error reply of GoNB.
func failed(evalue, stderr string, traceback ...string) Report {
	return Report{Failed: true, Evalue: evalue, Traceback: traceback, Stderr: stderr}
}

func withSuspects(r Report, texts ...string) Report {
	r.Suspects = texts
	return r
}

// known are cells as they are when they were executed.
func known(sources ...string) []Known {
	var list []Known
	for i, s := range sources {
		list = append(list, Known{i + 1, s, cell.Prepare(s, nil)})
	}
	return list
}

func TestJudge(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		report Report
		want   string
	}{
		"well": {"x", Report{}, ""},
		"does not compile": {"%%\n\nnosuch()",
			failed("# gonb_00000000\n./main.go:9:2: undefined: nosuch\n\nexit status 1", "",
				"# gonb_00000000", "Cell[4]: Line 3\ncontext\n\x1b[31mundefined: nosuch\x1b[0m"),
			"cell 4, line 3: undefined: nosuch"},
		"does not parse": {"%%\nf()",
			failed("/tmp/gonb_00000000/main.go:7:3: expected operand", ""),
			"cell 4: expected operand"},
		"is not closed": {"%%\nf(",
			failed("/tmp/gonb_00000000/main.go:7:3: expected operand", ""),
			"cell 4, line 2: the ( is not closed: a ) is missing"},
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
		"exits silently": {"%%\nf()", failed("exit status 1", "exit status 1\n"), "cell 4: the program ended with exit status 1"},
		"shell": {"!false", Report{Suspects: []string{"exit status 1\n"}},
			"cell 4, line 1: !false: exit status 1"},
		"one of two": {"!a\n!b", Report{Suspects: []string{"exit status 1\n"}},
			"cell 4: one of the commands in lines 1, 2 failed: exit status 1"},
		"killed": {"\n%%\n!b", Report{Suspects: []string{"^C\nsignal: killed\n"}},
			"cell 4, line 3: !b: interrupted: signal: killed"},
		"script": {"%%bash\nx", Report{Suspects: []string{"exit status 127\n"}},
			"cell 4, line 1: %%bash: exit status 127"},
		"printed by Go": {"%%\nprint()", Report{Suspects: []string{"exit status 1\n"}}, ""},
		"magic": {"%%\n% nosuch x", Report{Suspects: []string{`"%nosuch" unknown or not implemented yet.`}},
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
		"shell and said": {"!echo x >&2; false", Report{Suspects: []string{`"%nosuch" unknown or not implemented yet.`, "exit status 1\n"}},
			"cell 4, line 1: !echo x >&2; false: exit status 1"},
		"said by Go": {"%%\nprint()", Report{Suspects: []string{`"%nosuch" unknown or not implemented yet.`}}, ""},
	} {
		f := Judge(known("a", "func b() {\n\n\n\n\n\n}", "c", c.source), c.report)
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
	e.Stdout = "=== RUN\n--- FAIL: TestX (0.00s)\n    x.go: bad\nFAIL\n"
	if f := Judge(known("%test"), e); f == nil || f.Message != "--- FAIL: TestX (0.00s)" {
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
		if f := Judge(known(sources...), e); f == nil || f.Error() != want {
			t.Errorf("line %d: %v, want %s", line, f, want)
		}
	}
	// GoNB may have noted only a line further down the trace.
	e := failed("exit status 2", fmt.Sprintf("panic: oh\n\t%s:3 +0x1d\n\t[[ Cell [2] Line 2 ]] %s:6 +0x1\n", file, file))
	if f, want := Judge(known(sources...), e), "cell 2 (in what cell 1, line 2 declares): panic: oh"; f == nil || f.Error() != want {
		t.Errorf("%v, want %s", f, want)
	}
	// What cannot be guessed is told by the next line.
	e = failed("exit status 2", fmt.Sprintf("panic: oh\n\t%s:9 +0x1d\n\t[[ Cell [2] Line 2 ]] %s:6 +0x1\n", file, file))
	if f, want := Judge(known(sources...), e), "cell 2, line 2: panic: oh"; f == nil || f.Error() != want {
		t.Errorf("%v, want %s", f, want)
	}
}

// TestLines holds that lines are those of the cell that a person wrote.
func TestLines(t *testing.T) {
	cells := known("%%\nx := 1", "y := 2\nfunc f() int { return y }\nf()", "\nz := 1\nx + z")
	r := failed("# gonb_00000000\n./main.go:9:2: undefined: x\n", "", "Cell[3]: Line 5\ncontext\nundefined: x")
	f := Judge(cells, r)
	if f == nil || f.Line != 3 || f.Name != Compile || !strings.Contains(f.Message, "x had its value in cell 1 (line 2) only") {
		t.Errorf("got %+v", f)
	}
	trace := strings.Join(f.Trace, "\n")
	for _, want := range []string{"CompileError", "cell 3, line 3", "→   3  x + z", "    2  z := 1", "undefined: x", "belongs into a run"} {
		if !strings.Contains(trace, want) {
			t.Errorf("%q is not in\n%s", want, trace)
		}
	}
	r = failed("./main.go:9:2: undefined: y\n", "", "Cell[2]: Line 2\ncontext\nundefined: y")
	if f := Judge(cells[:2], r); f == nil || f.Line != 2 || !strings.Contains(f.Message, "as an argument") {
		t.Errorf("got %+v", f)
	}
	r = failed("./main.go:9:2: undefined: nosuch\n", "", "Cell[2]: Line 2\ncontext\nundefined: nosuch")
	if f := Judge(cells[:2], r); f == nil || f.Message != "undefined: nosuch" {
		t.Errorf("got %+v", f)
	}
	r.Interrupted = true
	if f := Judge(cells[:2], r); f == nil || f.Name != Interrupted {
		t.Errorf("got %+v", f)
	}
	r = Report{Failed: true, Evalue: "exit status 1", Result: "no luck"}
	if f := Judge(cells, r); f == nil || f.Error() != "cell 3, line 3: no luck" {
		t.Errorf("got %v", f)
	}
}

func TestStack(t *testing.T) {
	cells := known("func f() {\n\tpanic(1)\n}", "f()")
	r := failed("exit status 2", "before\npanic: 1\n\ngoroutine 1 [running]:\nmain.f(...)\n\t \x1b[7m[[ Cell [1] Line 2 ]]\x1b[0m /x/main.go:8\nmain.main()\n\t[[ Cell [2] Line 2 ]] /x/main.go:11 +0x1d\nexit status 2\n")
	f := Judge(cells, r)
	if f == nil || f.Error() != "cell 2 (in what cell 1, line 2 declares): panic: 1" || f.Name != Panicked {
		t.Fatalf("got %v", f)
	}
	want := "  cell 1, line 2, in f\n  cell 2, line 1"
	if got := f.Trace[len(f.Trace)-1]; got != want {
		t.Errorf("the stack is\n%s\nwant\n%s", got, want)
	}
}

func TestIsSuspect(t *testing.T) {
	for text, want := range map[string]bool{
		"exit status 1\n": true, "signal: killed\n": true, "^C\nsignal: interrupt\n": true, "signal: aborted (core dumped)\n": true,
		`"%nosuch" unknown or not implemented yet.`: true,
		"exit status 1": false, "x exit status 1\n": false, "exit status 1\nmore\n": false, "ok\n": false,
	} {
		if IsSuspect(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func TestPanicAt(t *testing.T) {
	for _, c := range []struct {
		text  string
		start bool
		want  int
	}{
		{"panic: x\n", true, 0}, {"panic: x\n", false, -1}, {"a\npanic: x", false, 2}, {"a panic: x\n", true, -1},
		{"a\nfatal error: all\n", true, 2}, {"", true, -1},
	} {
		if got := PanicAt(c.text, c.start); got != c.want {
			t.Errorf("%q: %d, want %d", c.text, got, c.want)
		}
	}
}
