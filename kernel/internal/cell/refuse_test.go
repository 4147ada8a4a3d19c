package cell

import (
	"strings"
	"testing"
)

// TestRefusal: what GoNB would leave out without a word.
func TestRefusal(t *testing.T) {
	for source, want := range map[string]struct {
		line int
		says string
	}{
		"func main() { f() }":                                        {},
		"func main() { f() }\nf()":                                   {1, "beside the program"},
		"x := 1\nfunc main() { f() }":                                {2, "beside the program"},
		"func main() {}\n%%\nf()":                                    {1, "beside the program"},
		"%exec f\nfunc f() {}\n\nfunc main() {}":                     {4, "beside the program"},
		"func main() {}\nfunc main() {}":                             {2, "main is declared twice in this cell: in line 1 and in line 2"},
		"func f() {}\nvar x, f = 1, 2":                               {2, "f is declared twice in this cell: in line 1 and in line 2"},
		"type T int\nfunc (t T) M() {}\n\n// M.\nfunc (t *T) M() {}": {5, "T.M is declared twice"},
		"const (\n\ta = 1\n\ta = 2\n)":                               {3, "a is declared twice"},
		"func init() {}\nfunc init() {}\nvar _, _ = 1, 2":            {},
		"var x = 1\nf()\nvar x = 2":                                  {},
		"x := 1\nx, y := 2, 3":                                       {},
		"func (a A[T]) M() {}\nfunc (b B[T]) M() {}":                 {2, "A.M and B.M cannot be told apart"},
		"func (a *A[T]) M() {}\nfunc (b *B[T]) M() {}":               {},
		"//go:embed x.txt\nvar s string":                             {1, "os.ReadFile"},
		"var (\n\t//go:embed x.txt\n\ts string\n)\nf()":              {2, "os.ReadFile"},
		"var s = `\n//go:embed x.txt`\n// go:embed\n// a //go:embed": {},
		"import _ \"unsafe\"\n//go:linkname f g\nfunc f()":           {2, "//go:linkname does nothing"},
		"//go:debug x=1":                                             {1, "//go:debug does nothing"},
		"//go:noinline\nfunc f() {}\n//go:build linux":               {},
		"%%bash\n//go:embed x":                                       {},
		"func f() {\n!func main":                                     {},
	} {
		r := Prepare(source, nil).Refusal
		if r == nil {
			r = &Refusal{}
		}
		if r.Line != want.line || !strings.Contains(r.Message, want.says) {
			t.Errorf("%q: %+v, want %+v", source, *r, want)
		}
	}
}

func TestNormal(t *testing.T) {
	for source, want := range map[string]string{
		"%%\r\nx := 1\r\n":            "%%\nx := 1\n",
		"%%writefile a.txt\r\na\rb":   "%%writefile a.txt\na\nb",
		"%env A b\r\n\r":              "%env A b\n\n",
		"\ufeff%%bash\nls \ufeff\r\n": "%%bash\nls \ufeff\n",
		"\r\r\n\n":                    "\n\n\n",
	} {
		if got := Normal(source); got != want || Normal(got) != got {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
	for source, name := range map[string]string{"  %%bash\nls": "%%bash", "%%writefile\ta.txt\nx": "%%writefile", "//gonb:%%sh\nls": "%%sh"} {
		if c := Commands(source); !IsForeign(source) || len(c) != 1 || c[0].Name() != name || c[0].Next != 2 {
			t.Errorf("%q: %+v", source, c)
		}
	}
}
