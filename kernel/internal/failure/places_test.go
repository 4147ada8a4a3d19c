package failure

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// placed makes a program of two cells below a folder, and returns that and the
// program's folder.
func placed(t *testing.T) (cells []Known, dir, program string) {
	t.Helper()
	dir = t.TempDir()
	program = filepath.Join(dir, "gonb_0a1b2c3d") + "/"
	if err := os.Mkdir(program, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program+"main.go", []byte("package main\n\nfunc f() {\n\tlog.Fatal(1)\n}\nfunc main() {\n\tf()\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return known("func f() {\n\tlog.Fatal(1)\n}", "x()\nf()\ny()"), dir, program
}

func TestPlacesInText(t *testing.T) {
	cells, dir, program := placed(t)
	for text, want := range map[string]string{
		"main.go:4: no luck\n":                "cell 1, line 2: no luck\n",
		"main.go:4:2: no luck\n":              "cell 1, line 2: no luck\n",
		"at " + program + "main.go:7 +0x1d\n": "at cell 2, line 2\n",
		"\t" + program + "main.go:4\n":        "\tcell 1, line 2\n",
		"\t \x1b[7m[[ Cell [1] Line 2 ]]\x1b[0m " + program + "main.go:99 +0x1\n": "\tcell 1, line 2\n",
		"x: \x1b[7m[[ Cell [1] Line 2 ]]\x1b[0m " + program + "main.go:99\n":      "x: cell 1, line 2\n",
		"12:00 main.go:4: a main.go:7: b":                                         "12:00 cell 1, line 2: a cell 2, line 2: b",
		"main.go:99: unknown":                                                     "main.go:99: unknown",
		program + "main.go:99: unknown":                                           "main.go:99: unknown",
		"cmd/main.go:4: x /a/main.go:4 mymain.go:4 domain.go:4 a-main.go:4":       "cmd/main.go:4: x /a/main.go:4 mymain.go:4 domain.go:4 a-main.go:4",
		"main.go and 日本 main.go:4":                                                "main.go and 日本 cell 1, line 2",
		"":                                                                        "",
	} {
		if got := Places(cells, dir, text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	// What a command says is of the user's own files.
	shell := append(known("func f() {\n\tlog.Fatal(1)\n}"), known("!go vet main.go")...)
	if got := Places(shell, dir, "main.go:4: bad"); got != "main.go:4: bad" {
		t.Errorf("got %q", got)
	}
}

// TestHeadline holds what a program that ended itself is said to have said.
func TestHeadline(t *testing.T) {
	cells, dir, program := placed(t)
	const rest = "runtime.main\n\t/usr/local/go/src/runtime/proc.go:290\nruntime.goexit\n\t/usr/local/go/src/runtime/asm_amd64.s:1771\n"
	trace := "main.main\n\t" + program + "main.go:7\n" + rest
	deep := "main.f\n\t \x1b[7m[[ Cell [1] Line 2 ]]\x1b[0m " + program + "main.go:4\n" + trace
	const routine = "goroutine 1 [running]:\n"
	for name, c := range map[string]struct{ said, want string }{
		"plain":          {"a\nno luck\n", "cell 2: no luck"},
		"log":            {"main.go:4: no luck\n", "cell 2 (in what cell 1, line 2 declares): no luck"},
		"own log":        {"main.go:7: no luck\n", "cell 2, line 2: no luck"},
		"dated log":      {"2026/01/02 main.go:7: no luck\n", "cell 2, line 2: 2026/01/02 cell 2, line 2: no luck"},
		"error":          {"no luck\n" + trace, "cell 2, line 2: no luck"},
		"wrapped":        {"deep trouble\n" + deep + "outer\n" + trace, "cell 2 (in what cell 1, line 2 declares): outer: deep trouble"},
		"before":         {"hello\nno luck\n" + trace, "cell 2, line 2: no luck"},
		"two":            {"hello\n" + trace + "note\nno luck\n" + trace, "cell 2, line 2: no luck"},
		"stack":          {"no luck\n" + routine + "main.main()\n\t" + program + "main.go:7 +0x65\n", "cell 2, line 2: no luck"},
		"created":        {"F1130 x.go:3] no luck\n" + routine + "main.main()\n\t" + program + "main.go:7 +0x65\ncreated by x.y in goroutine 1\n\t/x/y.go:3 +0x1\n\ngoroutine 5 [chan receive]:\nx.z(0x1)\n\t/x/z.go:3 +0x1\n", "cell 2, line 2: F1130 x.go:3] no luck"},
		"nothing else":   {routine + "main.main()\n\t" + program + "main.go:7 +0x65\n", "cell 2, line 2: the program ended with exit status 1"},
		"after a trace":  {deep + "no luck\n", "cell 2 (in what cell 1, line 2 declares): no luck"},
		"said, and exit": {"no luck\nexit status 1\n", "cell 2: no luck"},
		"silent":         {"", "cell 2: the program ended with exit status 1"},
	} {
		r := failed("exit status 1", c.said)
		r.Dir = dir
		f := Diagnose(cells, r)
		if !strings.Contains(c.want, "exit status") {
			c.want += " (exit status 1)"
		}
		if f == nil || f.Error() != c.want {
			t.Errorf("%s: %v, want %s", name, f, c.want)
		}
	}
}
