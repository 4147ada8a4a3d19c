package execute_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"circuitbook/sparsenn/suitetest"
)

// valueCases are cells of one notebook: what the result of each is, "" for none, or,
// behind a "!", what is said of its failure.
var valueCases = []struct{ source, want string }{
	{"total, name := 1+2, \"x\"\ntotal", "3"},
	{"total++\ntotal", "4"},
	{"total = 100\npanic(\"no\")", "!panic: no"},
	{"total", "4"},
	{"!false", "!exit status 1"},
	{"total = 200\n!false", "!exit status 1"}, // a command of the cell fails
	{"total", "4"},
	{"total := \"another type\"\nlen(total)", "12"},
	{"total + name", `"another typex"`},

	// Types of cells, generic ones, interfaces, what has state of its own.
	{"type Pair[A, B any] struct { First A; second B }\ntype Shape interface{ Area() float64 }\ntype Square struct{ side float64 }\n" +
		"func (s Square) Area() float64 { return s.side * s.side }\n" +
		"pair := Pair[string, []Square]{\"a\", []Square{{2}}}\nvar shape Shape = &Square{3}\nvar none error\nheld := any([]any{1, Square{5}, nil})", ""},
	{"pair.second[0].Area() + shape.Area()", "13"},
	{"none == nil && held.([]any)[1].(Square).side == 5", "true"},
	{"shape.(*Square).side = 4", ""},
	{"shape.Area()", "16"},
	{"where := &url.URL{Host: \"h\"}\nwhen := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)\nnan := math.NaN()", ""},
	{"fmt.Sprint(where.Host, when.Year(), nan)", `"h2026 NaN"`},
	{"big := make([]float64, 100<<20/8)\nbig[len(big)-1] = 5", ""},
	{"big[len(big)-1]", "5"},

	// Blocks, closures, functions and commands.
	{"n, m := 10, map[string]int{}\nif n > 5 {\n\tn = 50\n}\nfunc() { n++ }()\nfor i := range 2 {\n\tn := i\n\tm[\"a\"] = n\n}", ""},
	{"func add(k string) int { m[k] += n; return m[k] }", ""},
	{"add(\"a\")", "52"},
	{"m[\"a\"]", "52"},
	{"if n > 0 {\n\tn = 7\n\treturn\n}\nn = 8", ""},
	{"n", "7"},
	{"%%\nn = 9", ""},
	{"%test\nfunc TestN(t *testing.T) {\n\tif n != 9 {\n\t\tt.Fatal(n)\n\t}\n}", ""},
	{"s := []int{1} // a comment", ""},
	{"s = append(s, 2) // behind it\n// and after", ""},
	{"len(s)", "2"},
	{"counter := 0\ngo func() {\n\tfor {\n\t\tcounter++\n\t\ttime.Sleep(time.Microsecond)\n\t}\n}()\ntime.Sleep(time.Millisecond)", ""},
	{"counter > 0", "true"},

	// Variables outside of the statements are evaluated once.
	{"var (\n\tonce = func() string { _ = os.Setenv(\"EVALUATED\", \"yes\"); return \"made\" }()\n\ta, b = 1, \"two\"\n\tcount int\n\tflagged = flag.Int(\"flagged\", 3, \"\")\n)", ""},
	{"os.Getenv(\"EVALUATED\") + once", `"made"`},
	{"count, a = 7, a+1", ""},
	{"fmt.Sprint(a, b, count, *flagged)", `"2two7 3"`},
	{"%% --flagged=9\nif *flagged != 9 || count != 7 {\n\tpanic(fmt.Sprint(*flagged, count))\n}", ""},
	{"var once = \"anew\"\nonce", `"anew"`},
	{"once", `"anew"`},

	// In cells of GoNB's own form they are as GoNB has them.
	{"var stock = 1\n%%\nstock++", ""},
	{"stock++\nstock", "2"},
	{"stock", "1"},
	{"var stock = 5", ""},
	{"stock++", ""},
	{"stock", "6"},

	// What cannot be kept, and what is not there any more.
	{"f := func() int { return 3 }\nsum := f()", ""},
	{"sum", "3"},
	{"f()", "!undefined: f\nf, of cell 45 and of the type func() int, was not kept: a function has no value"},
	{"k := 4\nconst size = 2\ntype local struct{ x [size]int }\nl := local{}\n_ = k", ""},
	{"type here struct{ A int }\nh := any(&here{1})", ""},
	{"type here struct{ A float64 }", ""},
	{"h", "!h, which cell 49 made, cannot be read: its type *here, or one that this consists of, has changed since; run cell 49 again"},
	{"%rm here", ""},
	{"h", "!undefined: h\nh, of cell 49, is of the type interface {}, and there is no such type any more"},
	{"late := 1\nos.Exit(0)", ""},
	{"late", "!undefined: late\nlate, which cell 54 makes (line 1), has no value"},
	{"%forget n", "!"},
	{"%rm add\n%forget nosuch", "!line 2: there is no value nosuch"},
	{"%values", ""},
}

// TestValues: the values of a cell are there in the cells after it, as they were
// left, and where they are not it is said why.
func TestValues(t *testing.T) {
	t.Parallel()
	var sources []string
	for _, c := range valueCases {
		sources = append(sources, c.source)
	}
	r := newRun(t, sources...)
	got, err := r.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range valueCases {
		result, failure := resultOf(r.Notebook.Cells[i].Outputs), ""
		if f := got[i].Failure; f != nil {
			failure = f.Message
		}
		want, fails := strings.CutPrefix(c.want, "!")
		if fails && !strings.Contains(failure, want) || !fails && (failure != "" || result != want) {
			t.Errorf("cell %d: %s, %q; want %s\n%s", i+1, result, failure, c.want, c.source)
		}
	}
}

// resultOf is the result among a cell's outputs, as text.
func resultOf(outputs []any) string {
	for _, out := range outputs {
		if o := out.(map[string]any); o["output_type"] == "execute_result" {
			switch text := o["data"].(map[string]any)["text/plain"].(type) {
			case string:
				return text
			case []any:
				return fmt.Sprint(text...)
			}
		}
	}
	return ""
}

// randomStatements are assignments to variables of many types, the first of each a
// declaration.
func randomStatements(rng *rand.Rand, n int) (list []string, state string) {
	vars := []struct{ name, declare string }{
		{"vi", "vi := 3"}, {"vf", "vf := -0.5"}, {"vs", "vs := \"a\""}, {"vl", "vl := []int{1}"}, {"vm", "vm := map[string][]int{}"},
		{"va", "var va any = vi"}, {"vp", "vp := &struct{ N int; Next *int }{}"}, {"vx", "vx := [2]string{}"},
	}
	changes := []string{
		"vi = vi*7 + %d", "vf = vf*float64(vi%%9) + %d", "vs += fmt.Sprint(%d)", "vl = append(vl, %d)", "vm[fmt.Sprint(%d)] = append(vm[\"k\"], vl...)", "va = vi + %d",
		"va = []any{va, %d}", "vp.N += %d", "vp.Next = &[]int{%d}[0]", "vx[1] += fmt.Sprint(%d)", "for range %d %% 3 {\n\tvi++\n\tvl[0] += vi\n}", "if vi%%2 == %d%%2 {\n\tvs, vl = \"\", vl[:1]\n}",
		"vm[\"k\"] = nil\nvi += %d", "func() { vi -= %d }()",
	}
	var names []string
	for _, v := range vars {
		list = append(list, v.declare)
		names = append(names, v.name)
	}
	for range n {
		list = append(list, fmt.Sprintf(changes[rng.IntN(len(changes))], rng.IntN(100)))
	}
	return list, "fmt.Sprint(" + strings.Join(names[:6], ", ") + ", vp.N, vp.Next == nil, vx)"
}

// TestValuesAsOneProgram: random assignments end in the same state, whether they are
// the statements of one program or of many cells.
func TestValuesAsOneProgram(t *testing.T) {
	t.Parallel()
	programs := 1
	if suitetest.Long {
		programs = 40
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var sources []string
	var ends []int // the cells with the states
	for range programs {
		list, state := randomStatements(rng, 30)
		for at := 0; at < len(list); {
			n := min(len(list)-at, 1+rng.IntN(12))
			sources = append(sources, strings.Join(list[at:at+n], "\n")+"\n_ = 0")
			at += n
		}
		sources = append(sources, state)
		ends = append(ends, len(sources)-1)
		sources = append(sources, "func() string {\n"+strings.Join(list, "\n")+"\nreturn "+state+"\n}()")
	}
	r := newRun(t, sources...)
	got, err := r.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range got {
		if c.Failure != nil {
			t.Fatalf("cell %d: %v\n%s", i+1, c.Failure, sources[i])
		}
	}
	for _, i := range ends {
		cells, program := resultOf(r.Notebook.Cells[i].Outputs), resultOf(r.Notebook.Cells[i+1].Outputs)
		if cells != program || cells == "" {
			t.Errorf("cells end with\n%s\nand one program with\n%s\n%s", cells, program, sources[i+1])
		}
	}
}
