package notebook

import (
	"errors"
	"go/parser"
	"go/token"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// withParams is a notebook whose cell tagged parameters has the source.
func withParams(source string) *Notebook {
	return &Notebook{
		root: map[string]any{"nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{}},
		Cells: []*Cell{
			{Type: Markdown, Source: "text", raw: map[string]any{}},
			{Type: Code, Source: source, Tags: []string{TagParameters}, raw: map[string]any{}},
		},
	}
}

const someParams = `// What to train.
var scale = "tiny" // tiny, laptop or paper
var (
	steps     = 400
	rate      float64 = 1e-3
	shift     = -2.5
	verbose   = true
	a, b      = 0x10, ` + "`raw`" + `
	small     int8 = -3
)
`

func TestParams(t *testing.T) {
	params, err := withParams(someParams).Params()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range params {
		got = append(got, p.String())
	}
	want := []string{
		`scale string = "tiny"`, `steps int = 400`, `rate float64 = 0.001`, `shift float64 = -2.5`,
		`verbose bool = true`, `a int = 16`, `b string = "raw"`, `small int8 = -3`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSetParams(t *testing.T) {
	n := withParams(someParams)
	params, err := n.SetParams(map[string]string{
		"scale": `a "b"`, "steps": "7", "rate": "2", "shift": "3", "verbose": "F", "a": "-1", "b": "", "small": "0x7f",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `// What to train.
var scale = "a \"b\"" // tiny, laptop or paper
var (
	steps     = 7
	rate      float64 = 2.0
	shift     = 3.0
	verbose   = false
	a, b      = -1, ""
	small     int8 = 127
)
`
	if diff := cmp.Diff(want, n.Cells[1].Source); diff != "" {
		t.Errorf("source (-want +got):\n%s", diff)
	}
	again, err := n.Params()
	if err != nil {
		t.Fatal(err)
	}
	for i := range params {
		if params[i].Value != again[i].Value || params[i].Type != again[i].Type {
			t.Errorf("said %s, wrote %s", params[i], again[i])
		}
	}
}

func TestSetParamsRefuses(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"scal", "tiny", "unknown: scal; the notebook has: scale string"},
		{"steps", "many", "steps wants int"},
		{"steps", "1.5", "steps wants int"},
		{"steps", "9223372036854775808", "out of range"},
		{"small", "128", "out of range"},
		{"rate", "NaN", "finite"},
		{"rate", "1e999", "out of range"},
		{"verbose", "maybe", "verbose wants bool"},
	} {
		n := withParams(someParams)
		_, err := n.SetParams(map[string]string{c.name: c.value})
		if !errors.Is(err, ErrParam) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "steps int = 400") {
			t.Errorf("%s=%s: %v, want %q", c.name, c.value, err, c.want)
		}
		if n.Cells[1].Source != someParams {
			t.Errorf("%s=%s: the cell changed", c.name, c.value)
		}
	}
}

func TestNoParams(t *testing.T) {
	n := &Notebook{Cells: []*Cell{{Type: Code, Source: "x"}}}
	if params, err := n.SetParams(nil); err != nil || len(params) != 0 {
		t.Errorf("got %v, %v", params, err)
	}
	if _, err := n.SetParams(map[string]string{"x": "1"}); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("got %v", err)
	}
	n.Cells = append(n.Cells, withParams("var x = 1").Cells[1], withParams("var y = 1").Cells[1])
	if _, err := n.Params(); err == nil || !strings.Contains(err.Error(), "two cells") {
		t.Errorf("got %v", err)
	}
}

func TestParamsRefuses(t *testing.T) {
	for source, want := range map[string]string{
		"%%\nx := 1":                   "line 1: only lines `var name = literal`",
		"var x = 1\n%env A B":          "line 2: only lines `var name = literal`",
		"func f() {}":                  "line 1",
		"\nconst x = 1":                "line 2",
		"var x = f()":                  "x: not a literal",
		"var x = 1 + 1":                "x: not a literal",
		"var x = 'c'":                  "x: not a literal",
		"var x = -\"s\"":               "x: not a literal",
		"var x int":                    "needs a literal",
		"var x, y = 1":                 "needs a literal",
		"var x []int = 1":              "type",
		"var x string = 1":             "kind int for type string",
		"var x int = 1.5":              "kind float64 for type int",
		"var x duration = 1":           "type duration",
		"var x = 1\nvar x = 2":         "line 2: x is declared twice",
		"var x = 99999999999999999999": "out of range",
	} {
		_, err := withParams(source).Params()
		if !errors.Is(err, ErrParam) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", source, err, want)
		}
	}
}

func TestParseAssignments(t *testing.T) {
	set, err := ParseAssignments([]string{"a=1", "b=x=y", " c="})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"a": "1", "b": "x=y", "c": ""}, set); diff != "" {
		t.Error(diff)
	}
	for _, args := range [][]string{{"a"}, {"=1"}, {"1a=1"}, {"a b=1"}, {"a=1", "a=2"}} {
		if _, err := ParseAssignments(args); !errors.Is(err, ErrParam) {
			t.Errorf("%q: %v", args, err)
		}
	}
}

// TestSetParamsAnyValue holds that any value of the right type is written as
// a Go literal that reads back as the value.
func TestSetParamsAnyValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		i := rapid.Int64().Draw(t, "i")
		f := rapid.Float64().Draw(t, "f")
		if math.IsInf(f, 0) || math.IsNaN(f) {
			f = 0
		}
		n := withParams("var f, s, i = 0.0, \"\", 0 // end\n")
		_, err := n.SetParams(map[string]string{
			"s": s, "i": strconv.FormatInt(i, 10), "f": strconv.FormatFloat(f, 'g', -1, 64),
		})
		if err != nil {
			t.Fatal(err)
		}
		params, err := n.Params()
		if err != nil {
			t.Fatalf("%q: %v", n.Cells[1].Source, err)
		}
		if params[0].Value != f || params[1].Value != s || params[2].Value != i {
			t.Errorf("wrote %v %q %v, read %v", f, s, i, params)
		}
	})
}

// FuzzParams holds that the reader of parameters accepts only Go declarations
// and never panics.
func FuzzParams(f *testing.F) {
	f.Add(someParams, "steps", "3")
	f.Add("var x = \"\\x00\"", "x", "\xff")
	f.Add("var x =", "x", "1")
	f.Fuzz(func(t *testing.T, source, name, value string) {
		n := withParams(source)
		before, err := n.Params()
		if err != nil {
			return
		}
		if _, err := parser.ParseFile(token.NewFileSet(), "", prefix+source, 0); err != nil {
			t.Fatalf("accepted what Go refuses: %v", err)
		}
		if _, err := n.SetParams(map[string]string{name: value}); err != nil {
			return
		}
		after, err := n.Params()
		if err != nil || len(after) != len(before) {
			t.Fatalf("%q became %q: %v", source, n.Cells[1].Source, err)
		}
	})
}
