package cell

import (
	"strings"
	"testing"
)

func TestMethods(t *testing.T) {
	m := Methods{}
	m.Learn(Prepare("type P struct{}\nfunc (p P) A() {}\nfunc (p *P) B() {}\nfunc (l *L[T]) C() {}\nfunc D() {}\nP{}", nil))
	for _, c := range []struct{ source, want string }{
		{"%rm P x", "%rm P x P~A P~B"},
		{"%rm P~A P\ntype P int", "%rm P~A P P~B\ntype P int"},
		{"%remove L", "%remove L L[T]~C"},
		{"% rm Q D", "%rm Q D"},
		{"!rm P", "!rm P"},
		{"%%bash\n%rm P", "%%bash\n%rm P"},
	} {
		if got := Prepare(c.source, nil).WithMethods(m).Source; got != c.want {
			t.Errorf("%q: %q, want %q", c.source, got, c.want)
		}
	}
	if r := m.Clash(Prepare("\nfunc (k K[T]) C() {}\nfunc (p P) A() {}\nfunc (l L[U]) C() {}", nil)); r != nil {
		t.Errorf("got %+v", r) // that of L has a pointer
	}
	m.Learn(Prepare("func (k K[T]) C() {}", nil))
	if r := m.Clash(Prepare("\nfunc (l L[U]) C() {}", nil)); r == nil || r.Line != 2 || !strings.HasPrefix(r.Message, "K.C and L.C cannot") {
		t.Errorf("got %+v", r)
	}
	if r := m.Clash(Prepare("func (k K[U]) C() {}", nil)); r != nil {
		t.Errorf("got %+v", r)
	}
	m.Learn(Prepare("%rm P~A", nil))
	if got := Prepare("%rm P", nil).WithMethods(m).Source; got != "%rm P P~B" {
		t.Errorf("got %q", got)
	}
	m.Learn(Prepare("%reset go.mod", nil))
	m.Learn(Prepare("func (p P) A() {}", nil))
	if got := Prepare("%rm P", nil).WithMethods(m).Source; got != "%rm P P~B P~A" {
		t.Errorf("got %q", got)
	}
	m.Learn(Prepare("%reset", nil))
	if got := Prepare("%rm P", nil).WithMethods(m).Source; got != "%rm P" {
		t.Errorf("got %q", got)
	}
}

func TestDeclaredAt(t *testing.T) {
	p := Prepare("import \"fmt\"\n// F.\nfunc F() {\n\tf()\n}\nvar (\n\ta = 1\n\tb =\n\t\t2\n)\nfunc (p *P) M() {\n}\nF()", nil)
	for line, want := range map[int]string{1: "", 3: "F", 4: "F", 5: "F", 7: "a", 8: "b", 9: "b", 11: "P~M", 12: "P~M", 13: "", 14: "", 99: ""} {
		at := 0
		for i, l := range p.Lines {
			if l == line && at == 0 {
				at = i + 1
			}
		}
		if got := p.DeclaredAt(at); got != want {
			t.Errorf("line %d, given as %d: %q, want %q", line, at, got, want)
		}
	}
}
