package failure

import (
	"fmt"
	"strings"
	"testing"
)

// TestHabits holds what is said of lines as other languages have them, and that
// nothing of the kind is said of others.
func TestHabits(t *testing.T) {
	const semicolon = "expected ';', found x (and 1 more errors)"
	for _, c := range []struct{ line, complaint, want string }{
		{"while true {}", semicolon, "Go has one kind of loop, for: for true { ... }"},
		{"while (x < 3) {", semicolon, "for x < 3 { ... }"},
		{"for x in list {", semicolon, "for i, x := range list { ... }"},
		{"for (let x of m.values()) {", semicolon, "for i, x := range m.values() { ... }"},
		{"# c", "illegal character U+0023 '#' (and 1 more errors)", "a comment begins with //"},
		{"x := 1 # c", "illegal character U+0023 '#'", "a comment begins with //"},
		{"?fmt.Println", "illegal character U+003F '?'", "Shift+Tab behind fmt.Println tells"},
		{"fmt.Println??", "illegal character U+003F '?'", "Shift+Tab behind fmt.Println tells"},
		{"x := a ? b : c", "illegal character U+003F '?'", "if and else decide"},
		{"let x = 3", semicolon, "as in x := 3"},
		{"val x: Int = 3;", semicolon, "as in x := 3"},
		{"double x = 3.5;", semicolon, "as in x := 3.5"},
		{"var x := 3", "expected type, found ':='", "as in x := 3"},
		{"pip install numpy", semicolon, "as in !pip install numpy"},
		{"git clone x", semicolon, "as in !git clone x"},
		{"go run x.go", semicolon, "as in !go run x.go"},
		{"ls -l", "undefined: ls", "as in !ls -l"},
		{"x.append(4)", "x.append undefined (type []int has no field or method append)", "x = append(x, 4)"},
		{"a.b.push(f(1), 2)", "a.b.push undefined (type []int has no field or method push)", "a.b = append(a.b, f(1), 2)"},
		{"n := s.length", "s.length undefined (type string has no field or method length)", "len(s)"},
		{"for k := range m.keys() {", "m.keys undefined (type map[string]int has no field or method keys)", "maps.Keys(m)"},
		{"print('hello')", "illegal rune literal", "between double quotes"},
		{"print('hello')", "more than one character in rune literal", "between double quotes"},
		{"x := True", "undefined: True", "small letters"},
		{"x := None", "undefined: None", "nil"},
		{"function f(x) {", semicolon, "func f(x int)"},
		{"if a and b {", semicolon, "&&"},
		{"try {", semicolon, "no exceptions"},
		{"try { f() }", "undefined: try", "no exceptions"},
		{"fmt.Println(f\"hello {x}\")", "missing ',' in argument list", "fmt.Sprintf"},
		{"x = [1, 2]", "unexpected comma; expecting ]", "x := []int{1, 2}"},
		{"x := {\"a\": 1}", "expected operand, found '{'", "x := map[string]int{\"a\": 1}"},
		{"gen", "cannot infer T", "gen[int]"},
		{"1 << 63", "cannot use 1 << 63 (untyped int constant 9223372036854775808) as int value (overflows)", "uint64(1 << 63)"},
		{"C.puts(s)", "could not determine what C.puts refers to", "cells know no C"},
		{"import \"./mine\"", "\"./mine\" is relative, but relative import paths are not supported in module mode", "beside the notebook"},

		{"fmt.Println(\"a and b\" 3)", semicolon, ""},
		{"fmt.Println(\"x -> y\" 3)", semicolon, ""},
		{"f(x // for x in list {", semicolon, ""},
		{"go f(1", semicolon, ""},
		{"make([]int, 3", semicolon, ""},
		{"letter = 3 3", semicolon, ""},
		{"whileTrue(3 4)", semicolon, ""},
		{"var x int = 1 << 63", "cannot use 1 << 63 (untyped int constant 9223372036854775808) as int value (overflows)", ""},
		{"while true {}", "undefined: x", ""},
		{"def f(x):", semicolon, ""}, // which is told as Python
		{"", semicolon, ""},
	} {
		got := habit(c.complaint, c.line)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%q, %s: %q, want %q", c.line, c.complaint, got, c.want)
		}
	}
	for source, want := range map[string]string{
		"print('x')": `fmt.Println("x")`, "x := 1\n\tprintln('\\n');": `"\n"`, "print(\"x\")": "", "for {\n\tprint(m, 3)\n}": "fmt.Println(m, 3)", "func print(x int) {}\nprint(m)": "", "// print('x')": "", "sprint('x')": "",
	} {
		if got := Note(source); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
}

// TestTidy holds that what the kernel adds to a cell is in no message.
func TestTidy(t *testing.T) {
	cells, dir, _ := placed(t)
	for complaint, want := range map[string]string{
		"cannot use x (variable) as int value in argument to circuitbookResult":      "cannot use x (variable) as int value",
		"in call to circuitbookResult, cannot infer T (declared at ./main.go:4:10)":  "cannot infer T (declared at cell 1, line 2)",
		"in call to circuitbookResult, cannot infer T (declared at ./main.go:99:10)": "cannot infer T",
		"use of untyped nil in argument to circuitbookResult":                        "use of untyped nil",
		"circuitbookResult is not a type":                                            "the cell's last value is not a type",
	} {
		r := failed(fmt.Sprintf("./main.go:9:2: %s\n", complaint), "")
		r.Dir = dir
		if f := Diagnose(cells, r); f == nil || firstLine(f.Message) != want {
			t.Errorf("%s: %v, want %s", complaint, f, want)
		}
	}
}
