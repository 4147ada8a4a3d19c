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
		f := Diagnose(known("a", "func b() {\n\n\n\n\n\n}", "c", c.source), c.report)
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
	if f := Diagnose(known("%test"), e); f == nil || f.Message != "--- FAIL: TestX (0.00s)" {
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
		if f := Diagnose(known(sources...), e); f == nil || f.Error() != want {
			t.Errorf("line %d: %v, want %s", line, f, want)
		}
	}
	// GoNB may have noted only a line further down the trace.
	e := failed("exit status 2", fmt.Sprintf("panic: oh\n\t%s:3 +0x1d\n\t[[ Cell [2] Line 2 ]] %s:6 +0x1\n", file, file))
	if f, want := Diagnose(known(sources...), e), "cell 2 (in what cell 1, line 2 declares): panic: oh"; f == nil || f.Error() != want {
		t.Errorf("%v, want %s", f, want)
	}
	// What cannot be guessed is told by the next line.
	e = failed("exit status 2", fmt.Sprintf("panic: oh\n\t%s:9 +0x1d\n\t[[ Cell [2] Line 2 ]] %s:6 +0x1\n", file, file))
	if f, want := Diagnose(known(sources...), e), "cell 2, line 2: panic: oh"; f == nil || f.Error() != want {
		t.Errorf("%v, want %s", f, want)
	}
}

// TestLines holds that lines are those of the cell that a person wrote.
func TestLines(t *testing.T) {
	cells := known("%%\nx := 1", "y := 2\nfunc f() int { return y }\nf()", "\nz := 1\nx + z")
	r := failed("# gonb_00000000\n./main.go:9:2: undefined: x\n", "", "Cell[3]: Line 5\ncontext\nundefined: x")
	f := Diagnose(cells, r)
	if f == nil || f.Line != 3 || f.Name != Compile || !strings.Contains(f.Message, "x, which cell 1 makes (line 2), has no value") {
		t.Errorf("got %+v", f)
	}
	trace := strings.Join(f.Trace, "\n")
	for _, want := range []string{"CompileError", "cell 3, line 3", "→   3  x + z", "    2  z := 1", "undefined: x", "Run that cell again"} {
		if !strings.Contains(trace, want) {
			t.Errorf("%q is not in\n%s", want, trace)
		}
	}
	r = failed("./main.go:9:2: undefined: y\n", "", "Cell[2]: Line 2\ncontext\nundefined: y")
	if f := Diagnose(cells[:2], r); f == nil || f.Line != 2 || !strings.Contains(f.Message, "as an argument") {
		t.Errorf("got %+v", f)
	}
	r = failed("./main.go:9:2: undefined: nosuch\n", "", "Cell[2]: Line 2\ncontext\nundefined: nosuch")
	if f := Diagnose(cells[:2], r); f == nil || f.Message != "undefined: nosuch" {
		t.Errorf("got %+v", f)
	}
	r.Interrupted = true
	if f := Diagnose(cells[:2], r); f == nil || f.Name != Interrupted {
		t.Errorf("got %+v", f)
	}
	r = Report{Failed: true, Evalue: "exit status 1", Result: "no luck"}
	if f := Diagnose(cells, r); f == nil || f.Error() != "cell 3, line 3: no luck" {
		t.Errorf("got %v", f)
	}
}

// TestOutdated: what an earlier cell declares and does not fit any more is named
// with the line that takes it away.
func TestOutdated(t *testing.T) {
	cells := known("type P struct{ x int }\n\nfunc (p P) A() int { return p.x }\nfunc (p *P) B() int { return p.x }\nvar v = P{x: 1}", "type P struct{ y int }\nP{1}.y")
	said := "./main.go:9:2: p.x undefined (type P has no field or method x)\n./main.go:10:2: p.x undefined (type P has no field or method x)\n./main.go:3:2: unknown field x in struct literal of type P\n"
	f := Diagnose(cells, failed(said, "", "Cell[1]: Line 3\ncontext", "Cell[1]: Line 4\ncontext", "Cell[1]: Line 5", "Cell[1]: Line 3"))
	if f == nil || f.In != 1 || !strings.HasSuffix(f.Message, "take it away by the line %rm P~A P~B v") {
		t.Errorf("got %+v", f)
	}
	f = Diagnose(known("var point = 1", "func point() {}"), failed("./main.go:9:2: point redeclared in this block\n", "", "Cell[2]: Line 1\ncontext"))
	if f == nil || f.In != 0 || !strings.HasSuffix(f.Message, "by the line %rm point") {
		t.Errorf("got %+v", f)
	}
	f = Diagnose(known("x()", "var a = 1\nfunc a() {}\na()"), failed("./main.go:9:2: a redeclared in this block\n", "", "Cell[2]: Line 2\ncontext"))
	if f == nil || f.Message != "a redeclared in this block" {
		t.Errorf("got %+v", f)
	}
	f = Diagnose(known("x()", "for {\n!ls\n}"), failed("main.go:9:2: expected ';', found ls\n", "", "Cell[2]: Line 3\ncontext"))
	if f == nil || f.Line != 2 || !strings.HasSuffix(f.Message, "stands outside of brackets") {
		t.Errorf("got %+v", f)
	}
}

// TestNotExecuted: a cell that is not executed fails like others.
func TestNotExecuted(t *testing.T) {
	c := known("a()", "f()\nfunc main() {}")[1]
	f := Refused(c)
	if f.Cell != 2 || f.Line != 2 || f.Name != Compile || !strings.Contains(strings.Join(f.Trace, "\n"), "→   2  func main() {}") {
		t.Errorf("got %+v", f)
	}
}

func TestStack(t *testing.T) {
	cells := known("func f() {\n\tpanic(1)\n}", "f()")
	r := failed("exit status 2", "before\npanic: 1\n\ngoroutine 1 [running]:\nmain.f(...)\n\t \x1b[7m[[ Cell [1] Line 2 ]]\x1b[0m /x/main.go:8\nmain.main()\n\t[[ Cell [2] Line 2 ]] /x/main.go:11 +0x1d\nexit status 2\n")
	f := Diagnose(cells, r)
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

// guide is what is known of two packages.
type guide struct{}

func (guide) Members(name string) []string {
	return map[string][]string{"fmt": {"Print", "Println", "Sprint"}, "strings": {"ToUpper"}, "train": {"Run", "Scale", "Scales"}}[name]
}
func (guide) Methods(typ string) []string {
	return map[string][]string{"*lab.Model": {"Bundle", "Find", "Next", "Twin"}, "*lab.Circuit": {"Diff", "Nodes"}, "strings.Builder": {"WriteString"}}[typ]
}
func (guide) Verbs() []string    { return []string{"Train", "Find"} }
func (guide) Packages() []string { return []string{"fmt", "strings", "train"} }
func (guide) Paths() []string {
	return []string{"circuitbook/sparsenn/train", "circuitbook/sparsenn/task", "fmt", "math"}
}

// noSuch is what the compiler says of a method that is not there.
func noSuch(what, typ string) string {
	return fmt.Sprintf("%s undefined (type %s has no field or method %s)", what, typ, what[strings.LastIndexByte(what, '.')+1:])
}

// TestAdvice holds what is said beyond the compiler's words.
func TestAdvice(t *testing.T) {
	at := func(line int, complaint string) Report {
		r := failed("./main.go:9:2: "+complaint+"\n", "", fmt.Sprintf("Cell[2]: Line %d\ncontext\n%s", line, complaint))
		r.Guide = guide{}
		return r
	}
	for name, c := range map[string]struct {
		source    string
		line      int // of the prepared cell
		complaint string
		want      string
	}{
		"member":         {"%%\nfmt.Printn(1)", 2, "undefined: fmt", "cell 2, line 2: undefined: fmt.Printn\nthe package fmt has no Printn; is Print, Println or Sprint meant?"},
		"imported":       {"%%\ntrain.Scal()", 2, "undefined: train.Scal", "cell 2, line 2: undefined: train.Scal\nthe package train has no Scal; is Scale meant?"},
		"far":            {"%%\ntrain.Nothing()", 2, "undefined: train.Nothing", "cell 2, line 2: undefined: train.Nothing\nthe package train has no Nothing; Tab behind train. lists what it has"},
		"local":          {"%%\nlines := 1\n_ = lnes", 3, "undefined: lnes", "cell 2, line 3: undefined: lnes\nis lines meant?"},
		"of a cell":      {"%%\ncuont()", 2, "undefined: cuont", "cell 2, line 2: undefined: cuont\nis count meant?"},
		"package":        {"%%\nstrngs.ToUpper(x)", 2, "undefined: strngs", "cell 2, line 2: undefined: strngs\nis strings meant?"},
		"builtin type":   {"%%\nstring.ToUpper(x)", 2, "string.ToUpper undefined (type string has no field or method ToUpper)", "cell 2, line 2: string.ToUpper undefined (type string has no field or method ToUpper)\nis strings.ToUpper meant?"},
		"assigned":       {"%%\nqqqqq = 3", 2, "undefined: qqqqq", "cell 2, line 2: undefined: qqqqq\na new variable is made by :=, as in qqqqq := ..."},
		"like a verb":    {"%%\nfind = 3", 2, "undefined: find", "cell 2, line 2: undefined: find\na new variable is made by :=, as in find := ..."},
		"a verb":         {"%%\ntrian(1)", 2, "undefined: trian", "cell 2, line 2: undefined: trian\nis Train meant?"},
		"compared":       {"%%\nif qqqqq == 3 {}", 2, "undefined: qqqqq", "cell 2, line 2: undefined: qqqqq"},
		"twice":          {"%%\nx := 1\nx := 2", 3, "no new variables on left side of :=", "cell 2, line 3: no new variables on left side of :=\nx is there already"},
		"numbers":        {"%%\nn * r", 2, "invalid operation: n * r (mismatched types int and float64)", "cell 2, line 2: invalid operation: n * r (mismatched types int and float64)\nturn one"},
		"text":           {"%%\nn + r", 2, "invalid operation: n + r (mismatched types int and string)", "cell 2, line 2: invalid operation: n + r (mismatched types int and string)\nfmt.Sprint"},
		"own types":      {"%%\nn + r", 2, "invalid operation: n + r (mismatched types a and b)", "cell 2, line 2: invalid operation: n + r (mismatched types a and b)"},
		"unused":         {"%%\nx := 1", 2, "declared and not used: x", "cell 2, line 2: declared and not used: x\nuse it, take it away, or keep it by _ = x"},
		"arguments":      {"%%\nf(1)", 2, "not enough arguments in call to f\n\thave (number)\n\twant (int, int)", "cell 2, line 2: not enough arguments in call to f\n  have (number)\n  want (int, int)"},
		"values":         {"%%\nn := f()", 2, "assignment mismatch: 1 variable but f returns 2 values", "cell 2, line 2: assignment mismatch: 1 variable but f returns 2 values\ngive each value a name"},
		"std":            {"import \"maths\"", 1, "package maths is not in std (/usr/local/go/src/maths)", "cell 2, line 1: there is no package maths; is math meant?"},
		"engine's":       {"import \"train\"", 1, "package train is not in std (/go/src/train)", "cell 2, line 1: there is no package train; is circuitbook/sparsenn/train meant?"},
		"engine's, near": {"import \"circuitbook/sparsenn/taks\"", 1, "package circuitbook/sparsenn/taks is not in std (/go)", "cell 2, line 1: there is no package circuitbook/sparsenn/taks; is circuitbook/sparsenn/task meant?"},
		"nobody's":       {"import \"nothing\"", 1, "package nothing is not in std (/go/src/nothing)", "cell 2, line 1: there is no package nothing"},
		"module":         {"import \"a.b/c\"", 1, "no required module provides package a.b/c; to add it:", "cell 2, line 1: there is no package a.b/c in the modules that cells are compiled with\n!*go get a.b/c@latest"},
		"lookup":         {"import \"a.b/c\"", 1, "cannot find module providing package a.b/c: module lookup disabled by GOPROXY=off", "cell 2, line 1: there is no package a.b/c in the modules"},
		"open":           {"for {\n\tf()", 1, "expected '}', found 'EOF'", "cell 2, line 1: the { is not closed: a } is missing"},
		"too many":       {"%%\nf()}", 1, "expected declaration, found 'f'", "cell 2, line 2: the } closes nothing"},
		"below":          {"%%\nfunc f() {}", 2, "expected '(', found f", "cell 2, line 2: expected '(', found f\nbelow %% stand statements only"},
		"above":          {"x := 1\n%%\nf()", 1, "expected declaration, found x", "cell 2, line 1: expected declaration, found x\nabove %% stand declarations only"},
		"brace":          {"if true\n{\n}", 2, "unexpected newline, expected { after if clause", "cell 2, line 1: unexpected newline, expected { after if clause\nthe { stands"},
		"def":            {"def f(x):\n\treturn x", 2, "expected ';', found f", "cell 2, line 1: expected ';', found f\nthis looks like Python"},
		"import as":      {"import numpy as np", 1, "import path must be a string", "cell 2, line 1: import path must be a string\nthis looks like Python"},
		"a wish":         {"%%\nm.Predict()", 2, noSuch("m.Predict", "*lab.Model"), "cell 2, line 2: " + noSuch("m.Predict", "*lab.Model") + "\nm.Next(\"x = \") shows"},
		"a method, near": {"%%\nm.Findd()", 2, noSuch("m.Findd", "*lab.Model"), "cell 2, line 2: " + noSuch("m.Findd", "*lab.Model") + "\nis m.Find meant?"},
		"a method, none": {"%%\nm.Qqqqq()", 2, noSuch("m.Qqqqq", "*lab.Model"), "cell 2, line 2: " + noSuch("m.Qqqqq", "*lab.Model") + "\nm has Find, Next, Twin"},
		"of a call":      {"%%\nTrain(1).Show()", 2, noSuch("Train(1).Show", "*lab.Model"), "cell 2, line 2: " + noSuch("Train(1).Show", "*lab.Model") + "\na value shows itself as a cell's last line, and anywhere by Show(m)"},
		"of Go's":        {"%%\nb.WriteStrin()", 2, noSuch("b.WriteStrin", "strings.Builder"), "cell 2, line 2: " + noSuch("b.WriteStrin", "strings.Builder") + "\nis b.WriteString meant?"},
		"a bare method":  {"%%\nDiff(a, b)", 2, "undefined: Diff", "cell 2, line 2: undefined: Diff\nDiff is asked of a value: q.Diff(...), after q := m.Find"},
		"a bare wish":    {"%%\nplt.plot(x)", 2, "undefined: plt", "cell 2, line 2: undefined: plt\nPlot(list) draws numbers"},
		"no quotes":      {"%%\nm.Find(quotes)", 2, "undefined: quotes", "cell 2, line 2: undefined: quotes\na name without quotes is a variable; text stands between double quotes: \"quotes\""},
		"range":          {"for i in range(3):", 2, "expected '{', found in", "cell 2, line 1: expected '{', found in\nthis looks like Python: cells are Go\nfor i := range 3 { ... } counts"},
		"range, a line":  {"for i in range(n): print(i)", 2, "expected '{', found in", "cell 2, line 1: expected '{', found in\nfor i := range n { ... } counts"},
		"while":          {"while x < 3 { x++ }", 2, "expected ';', found x", "cell 2, line 1: expected ';', found x\nGo has one kind of loop, for: for x < 3 { ... }"},
		"named argument": {"m := Train(\"laptop\", seed=1)", 2, "expected '==', found '='", "cell 2, line 1: expected '==', found '='\nGo has no arguments by name"},
		"an option":      {"%%\nm.Find(1, 2)", 2, "cannot use 2 (untyped int constant) as lab.FindOption value in argument to m.Find", "cell 2, line 2: cannot use 2 (untyped int constant) as lab.FindOption value in argument to m.Find\noptions of a search are calls"},
		"a power":        {"%%\nx**2", 2, "invalid operation: cannot indirect 2 (untyped int constant)", "cell 2, line 2: invalid operation: cannot indirect 2 (untyped int constant)\na power is math.Pow(x, 2)"},
		"a length":       {"%%\nlen(q.Nodes)", 2, "invalid argument: q.Nodes (value of type func() int) for built-in len", "cell 2, line 2: invalid argument: q.Nodes (value of type func() int) for built-in len\nq.Nodes is a function: q.Nodes() calls it"},
		"import of Go":   {"import fmt \"fmt\" x", 1, "expected ';', found x", "cell 2, line 1: expected ';', found x"},
	} {
		f := Diagnose(known("var count = 1", c.source), at(c.line, c.complaint))
		switch {
		case f == nil:
			t.Errorf("%s: no failure", name)
		case strings.HasSuffix(c.want, c.complaint) && f.Error() != c.want, !strings.HasPrefix(f.Error(), c.want):
			t.Errorf("%s: %q, want %q", name, f.Error(), c.want)
		}
	}
}

// TestCrash holds what is said of what ends a program, and which calls are told.
func TestCrash(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gonb_0a1b2c3d")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte("package main\n\nvar (\n\tfirst  = a[1]\n)\n\nfunc main() {\n\tcircuitbookResult(f(2))\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cells := known("var first = a[1]", "f(2)")
	for name, c := range map[string]struct{ stderr, want, stack string }{
		"declaration": {"panic: oh\n\ngoroutine 1 [running]:\nmain.init()\n\t" + file + ":4 +0x1d\n",
			"cell 2 (in what cell 1, line 1 declares): panic: oh\nevery cell evaluates anew what earlier cells declare: declare it in another way, or take it away with %rm first", ""},
		"nil": {"panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4ab504]\n\ngoroutine 1 [running]:\nmain.main()\n\t" + file + ":8 +0x1d\n",
			"cell 2, line 1: panic: runtime error: invalid memory address or nil pointer dereference\na pointer,", ""},
		"lines": {"panic: a\nb\n\tpanic: c\n\ngoroutine 1 [running]:\nmain.main()\n\t" + file + ":8\n", "cell 2, line 1: panic: a\nb\n\tpanic: c", ""},
		"package": {"panic: oh\n\ngoroutine 7 [running]:\npanic({0x1, 0x2})\n\t/go/src/runtime/panic.go:1 +0x1\ngithub.com/x/y/pkg.(*T).Do(...)\n\t/mod/github.com/x/y/pkg/do.go:12\nmain.main()\n\t" + file + ":8 +0x1d\n\ngoroutine 8 [running]:\nother.F()\n\t/mod/o.go:1\n",
			"cell 2, line 1: panic: oh", "  in pkg.(*T).Do (do.go:12)\n  cell 2, line 1"},
		"overflow": {"runtime: goroutine stack exceeds 1000000000-byte limit\nruntime: sp=0x1 stack=[0x1, 0x2]\nfatal error: stack overflow\n\nruntime stack:\nruntime.throw({0x1, 0x2})\n\t/go/src/runtime/panic.go:1 +0x1\n\ngoroutine 1 [running]:\nmain.main()\n\t" + file + ":8 +0x1d\n",
			"cell 2, line 1: fatal error: stack overflow\na function calls itself without end", ""},
	} {
		f := Diagnose(cells, failed("exit status 2", c.stderr+"exit status 2\n"))
		if f == nil || !strings.HasPrefix(f.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, f, c.want)
			continue
		}
		stack := ""
		if last := f.Trace[len(f.Trace)-1]; !strings.Contains(last, f.Message) {
			stack = last
		}
		if stack != c.stack {
			t.Errorf("%s: the calls are %q, want %q", name, stack, c.stack)
		}
	}
}

// TestChecked holds that an error that a cell checks is told with its line.
func TestChecked(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "gonb_0a1b2c3d")
	if err := os.Mkdir(program, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"main.go": "package main\n\n\t                 (book.Check(err))\n", "main_test.go": "package main\n\n\tt.Error(1)\n"} {
		if err := os.WriteFile(filepath.Join(program, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := Report{Failed: true, Evalue: "exit status 1", Result: "no luck", At: filepath.Join(program, "main.go") + ":3"}
	if f := Diagnose(known("x := 1\nbook.Check( err )"), r); f == nil || f.Error() != "cell 1, line 2: no luck" {
		t.Errorf("got %v", f)
	}
	r.At = filepath.Join(program, "main.go") + ":1"
	if f := Diagnose(known("x := 1\nbook.Check(err)\nx"), r); f == nil || f.Error() != "cell 1: no luck" {
		t.Errorf("got %v", f)
	}
	cells := known("%test\nfunc TestX(t *testing.T) {\n\tt.Error(1)\n}")
	said := "=== RUN\n    main_test.go:3: oh\n    main_test.go:1: no\n--- FAIL: TestX (0.00s)\n"
	if got, want := TestPlaces(cells, dir, said), "=== RUN\n    cell 1, line 3: oh\n    no\n--- FAIL: TestX (0.00s)\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	r = failed("exit status 1", "")
	r.Stdout, r.Dir = said, dir
	if f := Diagnose(cells, r); f == nil || f.Error() != "cell 1, line 3: --- FAIL: TestX (0.00s)\noh\nno" {
		t.Errorf("got %v", f)
	}
}

// TestRefused holds that what GoNB refuses is told with the command's line.
func TestRefused(t *testing.T) {
	for source, c := range map[string]struct{ value, want string }{
		"!ls\n%cd nosuch":       {"executing special commands in cell: `%cd \"nosuch\"` failed: no such folder", "cell 1, line 2: `%cd \"nosuch\"` failed: no such folder"},
		"%%writefile a/b\ntext": {"failed to open \"a/b\"", "cell 1, line 1: failed to open \"a/b\""},
		"!ls\n%x":               {"something else", "cell 1: something else"},
	} {
		if f := Diagnose(known(source), failed(c.value, "")); f == nil || f.Error() != c.want || f.Name != Magic {
			t.Errorf("%q: %v, want %s", source, f, c.want)
		}
	}
	if !IsUnknownMagic(`"%nosuch" unknown or not implemented yet.`, "x\n%nosuch a") || IsUnknownMagic(`"%nosuch" unknown or not implemented yet.`, "%other") {
		t.Error("whose magic it is")
	}
}

// TestNotDownloaded: a module that some other needs, so that go knows its
// version, but that was never fetched.
func TestNotDownloaded(t *testing.T) {
	r := failed("go: downloading a.b/c/v3 v3.1.0\n./main.go:9:2: "+notHere+"\n", "", "Cell[2]: Line 1\ncontext\n"+notHere)
	want := "cell 2, line 1: the module a.b/c/v3 v3.1.0 is needed and is not on this machine\n" +
		"!*go get a.b/c/v3@v3.1.0 in a cell of its own fetches it, which takes a network"
	if f := Diagnose(known("var count = 1", "import \"a.b/c/v3\""), r); f == nil || f.Error() != want {
		t.Errorf("%v, want %q", f, want)
	}
}

// TestBare: what the kernel put into a line does not hide which line it is.
func TestBare(t *testing.T) {
	for put, line := range map[string]string{
		`circuitbookResult(f(2)); circuitbookKeep("x", "", x); circuitbookKeep("y", "", y)`: "(f(2))",
		`x := 1; circuitbookKeep("x", "", x) // note`:                                       "x := 1 // note",
		`if x { { circuitbookKeep("x", "", x); return } }`:                                  "if x { return }",
	} {
		if got, want := bare(put), bare(line); got != want {
			t.Errorf("%s: %q, want %q", put, got, want)
		}
	}
}
