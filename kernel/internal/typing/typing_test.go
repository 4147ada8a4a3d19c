package typing

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// newChecker checks cells against the standard library alone.
func newChecker(t testing.TB) *Checker {
	t.Helper()
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Skip(err)
	}
	std := map[string]string{"fmt": "fmt", "strings": "strings", "http": "net/http", "time": "time", "bytes": "bytes"}
	return &Checker{
		Exports: NewExports(goCommand, t.TempDir(), append(os.Environ(), "GOPROXY=off", "GO111MODULE=off")),
		Imports: func(source []byte) []byte {
			text := string(source)
			for name, path := range std {
				if strings.Contains(text, name+".") && !strings.Contains(text, `"`+path+`"`) {
					text = strings.Replace(text, "package main", `package main; import "`+path+`"`, 1)
				}
			}
			return []byte(text)
		},
	}
}

func names(list []Member) string {
	var out []string
	for _, m := range list {
		out = append(out, m.Name)
	}
	return strings.Join(out, " ")
}

func TestMembers(t *testing.T) {
	c := newChecker(t)
	earlier := []string{
		"type inner struct{ Deep int }\ntype Shape struct {\n\tinner\n\tWidth, height int\n\tParent *Shape\n}\nfunc (s *Shape) Area() int { return 0 }",
		"func shapes() ([]Shape, error) { return nil, nil }\nfunc one() Shape { return Shape{} }",
		"// replaced below\nfunc kind() int { return 0 }",
		"func kind() strings.Builder { return strings.Builder{} }",
		"%%bash\nexport x=1",
		"this does not parse {{{",
	}
	for _, tt := range []struct{ name, before, want string }{
		{"a variable", "s := one()\ns.", "Area Deep Parent Width height inner"},
		{"a chain", "s := one()\ns.Parent.Parent.", "Area Deep Parent Width height inner"},
		{"of a call", "one().", "Area Deep Parent Width height inner"},
		{"in a call", "s := one()\nfmt.Println(s.Parent, s.", "Area Deep Parent Width height inner"},
		{"an element in a loop", "list, _ := shapes()\nfor _, s := range list {\n\tfmt.Println(s.Wi, s.", "Area Deep Parent Width height inner"},
		{"a range", "s := one()\nfor i := range s.", "Area Deep Parent Width height inner"},
		{"a condition", "s := one()\nif x := s.", "Area Deep Parent Width height inner"},
		{"a condition's second", "s := one()\nif s.Width > 0 && s.", "Area Deep Parent Width height inner"},
		{"a case", "s := one()\nswitch {\ncase s.", "Area Deep Parent Width height inner"},
		{"assigned", "s := one()\nx := s.", "Area Deep Parent Width height inner"},
		{"in the notebook's own form", "%%\ns := one()\ns.", "Area Deep Parent Width height inner"},
		{"in a function", "func f(s *Shape) int {\n\treturn s.", "Area Deep Parent Width height inner"},
		{"in a closure", "f := func(s Shape) int { return s.", "Area Deep Parent Width height inner"},
		{"an error", "_, err := shapes()\nerr.", "Error"},
		{"the later of two declarations", "b := kind()\nb.", "Cap Grow Len Reset String Write WriteByte WriteRune WriteString"},
		{"an imported type", "b := new(strings.Builder)\nb.", "Cap Grow Len Reset String Write WriteByte WriteRune WriteString"},
		{"unknown", "nosuch.", ""},
		{"a number", "x := 1\nx.", ""},
		{"a comment", "// s.", ""},
		{"a string", `x := "one().`, ""},
		{"two values", "shapes().", ""},
		{"nothing", "", ""},
	} {
		if got := names(c.Members(t.Context(), Place{earlier, tt.before})); got != tt.want {
			t.Errorf("%s: %q has %q, want %q", tt.name, tt.before, got, tt.want)
		}
	}
	for before, want := range map[string]string{
		"s := Shape{":                       "Parent Width height inner",
		"s := &Shape{Width: 1, ":            "Parent height inner",
		"s := []Shape{{":                    "Parent Width height inner",
		"s := []*Shape{{":                   "Parent Width height inner",
		"r := http.Cookie{Name: \"\", ":     "Domain Expires HttpOnly MaxAge Partitioned Path Quoted Raw RawExpires SameSite Secure Unparsed Value",
		"fmt.Println(Shape{Parent: &Shape{": "Parent Width height inner",
	} {
		if got := names(c.Members(t.Context(), Place{earlier, before})); got != want {
			t.Errorf("%q has %q, want %q", before, got, want)
		}
	}
	for _, m := range c.Members(t.Context(), Place{earlier, "strings."}) {
		if m.Name == "Builder" && (m.Kind != "type" || m.Type != "struct") || m.Name == "Cut" && (m.Kind != "function" || m.Type != "func(s string, sep string) (before string, after string, found bool)") {
			t.Errorf("got %+v", m)
		}
	}
}

func TestDescribe(t *testing.T) {
	c := newChecker(t)
	earlier := []string{"type T struct{ A int }\nfunc (T) M(x int) string { return \"\" }\nvar shared = T{1}"}
	for before, want := range map[string]Object{
		"t := shared\nt":                 {Text: "var t T"},
		"x := 1\nx = 2\nx":               {Text: "var x int"},
		"shared.A":                       {Text: "field A int"},
		"shared.M":                       {Text: "func (T).M(x int) string"},
		"b := strings.Builder{}\nb.Grow": {"func (*strings.Builder).Grow(n int)", "strings", "Builder.Grow"},
		"strings.Cut":                    {"func strings.Cut(s string, sep string) (before string, after string, found bool)", "strings", "Cut"},
		"time.Now().Unix":                {"func (time.Time).Unix() int64", "time", "Time.Unix"},
		"fmt":                            {},
		"nosuch":                         {},
		"":                               {},
		"1 +":                            {},
	} {
		got, ok := c.Describe(t.Context(), Place{earlier, before})
		if got != want || ok != (want != Object{}) {
			t.Errorf("%q: %+v, want %+v", before, got, want)
		}
	}
}

// TestCancelled holds that nothing is said once nobody listens, and that what
// was not found then is looked for again.
func TestCancelled(t *testing.T) {
	c := newChecker(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := c.Members(ctx, Place{nil, "strings."}); got != nil {
		t.Errorf("got %v", got)
	}
	if got := c.Members(t.Context(), Place{nil, "strings."}); len(got) == 0 {
		t.Error("nothing")
	}
}

// FuzzMembers: any text gets an answer.
func FuzzMembers(f *testing.F) {
	for _, s := range []string{"x.", "for i := range a.", "T{", "func (", "%%\n", "`", "a[b[c{(", "if x := f(); y.", "package x\ny.", "import \"nosuch/path\"\nx."} {
		f.Add(s, s)
	}
	c := newChecker(f)
	f.Fuzz(func(t *testing.T, earlier, before string) {
		if strings.Contains(earlier+before, "import") {
			return // a go command for each
		}
		c.Members(t.Context(), Place{[]string{earlier}, before})
		c.Describe(t.Context(), Place{[]string{earlier}, before})
	})
}
