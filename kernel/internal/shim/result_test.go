package shim

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// program is a cell with the given last statement.
const program = `package main

import "errors"

type figure struct{}

type bundle struct{ HTML, SVG, Text string }

func (figure) Bundle() (bundle, error) { return bundle{"<b>x</b>", "<svg/>", "x\ny"}, nil }

type bad struct{}

func (bad) String() string { panic("oh") }

type pair struct{ A, b int }

func nothing()             {}
func two() (int, error)    { return 2, nil }
func fails() (int, error)  { return 2, errors.New("no luck") }
func only() error          { return nil }

func main() {
	LAST
}
`

// TestResult compiles and runs cells with results.
func TestResult(t *testing.T) {
	c := newCell(t, newSetup(t))
	c.must(t, "go", "mod", "init", "gonb_0a1b2c3d")
	plain := func(text string) Result { return Result{Forms: map[string]string{"text/plain": text}} }
	kernel := t.TempDir()
	for last, want := range map[string]Result{
		"circuitbookResult(6*7)":              plain("42"),
		`circuitbookResult("a\tb")`:           plain(`"a\tb"`),
		`circuitbookResult("a\nb")`:           plain("a\nb"),
		`circuitbookResult([]string{"a b"})`:  plain(`["a b"]`),
		"circuitbookResult(pair{1, 2})":       plain("{A:1 b:2}"),
		"circuitbookResult(two())":            plain("2"),
		"circuitbookResult(only())":           {},
		"circuitbookResult(nothing())":        {},
		"circuitbookResult(fails())":          {Error: "no luck"},
		"circuitbookResult(figure{})":         {Forms: map[string]string{"text/html": "<b>x</b>", "image/svg+xml": "<svg/>", "text/plain": "x\ny"}},
		"circuitbookResult([]any{1, nil}, 2)": plain("[1 <nil>], 2"),
		"nothing()":                           {},
	} {
		files(t, c.dir, map[string]string{"main.go": strings.Replace(program, "LAST", last, 1)})
		c.must(t, "go", "build", "-o", "cell")
		if err := os.RemoveAll(filepath.Join(kernel, ResultName)); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(filepath.Join(c.dir, "cell"))
		cmd.Env = append(os.Environ(), KernelDirEnv+"="+kernel)
		if out, err := cmd.CombinedOutput(); err != nil && want.Error == "" {
			t.Errorf("%s: %v\n%s", last, err, out)
		}
		got, err := ReadResult(kernel)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s (-want +got), %v:\n%s", last, err, diff)
		}
	}
	// What has no value for another reason is still told.
	files(t, c.dir, map[string]string{"main.go": strings.Replace(program, "LAST", "x := nothing()\n\tcircuitbookResult(x)", 1)})
	if out, err := c.run(t, c.dir, "go", "build", "-o", "cell"); err == nil || !strings.Contains(out, "nothing() (no value) used as value") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestParseResult(t *testing.T) {
	for text, want := range map[string]Result{
		"":                    {},
		"a/b 1\nx":            {Forms: map[string]string{"a/b": "x"}},
		"a/b 0\nc/d 2\nx\n":   {Forms: map[string]string{"a/b": "", "c/d": "x\n"}},
		"error 3\nbad":        {Error: "bad"},
		"error 1\nxat 3\na:1": {Error: "x", At: "a:1"},
		"a/b 2\nx":            {},
		"a/b -1\nx":           {},
		"a/b x":               {},
		"a/b\nx":              {},
		"a/b 1\n\xff":         {Forms: map[string]string{"a/b": "\uFFFD"}},
	} {
		got, err := parseResult([]byte(text))
		if diff := cmp.Diff(want, got); diff != "" || (err != nil) != (text != "" && cmp.Equal(want, Result{})) {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	if got, err := ReadResult(t.TempDir()); got.Forms != nil || got.Error != "" || err != nil {
		t.Errorf("nothing was read as %+v", got)
	}
}

func FuzzParseResult(f *testing.F) {
	f.Add([]byte("text/plain 2\n42"))
	f.Fuzz(func(t *testing.T, text []byte) { _, _ = parseResult(text) })
}

// TestResultFiles: what a cell needs for its result is compiled into it and no other.
func TestResultFiles(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	files(t, dir, map[string]string{"go.mod": "module m\n"})
	for _, c := range []struct {
		main string
		want []string
	}{
		{"circuitbookResult(x)", []string{resultFile, callFile}},
		{"import \"circuitbook/sparsenn/experiment\"\ncircuitbookResult(x)", []string{drawingFile, resultFile, callFile}},
		{"import \"circuitbook/sparsenn/train\"\ncircuitbookResult(x)", []string{resultFile, callFile}},
		{"import \"circuitbook/sparsenn/circuit\"", []string{resultFile}}, // which nothing imports
	} {
		files(t, dir, map[string]string{"main.go": c.main})
		if err := addResult(); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, pattern := range []string{"circuitbook*/*.go", "circuitbook_*.go"} {
			names, _ := filepath.Glob(pattern)
			got = append(got, names...)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.main, diff)
		}
	}
}

// TestNamesOfACell: a cell may give any name a meaning of its own.
func TestNamesOfACell(t *testing.T) {
	c := newCell(t, newSetup(t))
	c.must(t, "go", "mod", "init", "gonb_0a1b2c3d")
	kernel := t.TempDir()
	if err := SetInput(kernel, false); err != nil {
		t.Fatal(err)
	}
	c.env = append(c.env, KernelDirEnv+"="+kernel)
	files(t, c.dir, map[string]string{"main.go": `package main

var len, fmt, os, reflect, nil, flag = 3, 4, 5, 6, 7, 8

type (
	error  int
	string int
	any    float64
)

func recover() {}

func append() {}

func main() {
	flag.Parse()
	circuitbookResult(len)
}
`})
	c.must(t, "go", "build", "-o", "cell")
	cmd := exec.Command(filepath.Join(c.dir, "cell"))
	cmd.Env = append(os.Environ(), KernelDirEnv+"="+kernel)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got, err := ReadResult(kernel); err != nil || got.Forms["text/plain"] != "3" {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestForeignFlag: GoNB's call of flag.Parse stays where it is one.
func TestForeignFlag(t *testing.T) {
	s := newSetup(t)
	t.Chdir(t.TempDir())
	const call = "\nfunc main() {\n\tflag.Parse()\n\tf()\n}\n"
	for head, stays := range map[string]bool{
		"":                                 true,
		"import \"flag\"":                  true,
		"import flag \"other/pflag\"":      true, // it may have one
		"import flag \"strings\"":          false,
		"var flag = false":                 false,
		"var x, flag = 1, 2":               false,
		"const (\n\ta = iota\n\tflag\n)":   false,
		"type flag struct{}":               false,
		"func flag() {}":                   false,
		"func (x T) flag() {}":             true,
		"func f() { flag := 1; _ = flag }": true,
	} {
		src := "package main\n\n" + head + "\n" + call
		files(t, ".", map[string]string{"main.go": src})
		if err := s.withoutParse(); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile("main.go")
		if err != nil {
			t.Fatal(err)
		}
		want := src
		if !stays {
			want = strings.Replace(src, "flag.Parse()", "            ", 1)
		}
		if string(got) != want {
			t.Errorf("%s: %s", head, got)
		}
	}
}
