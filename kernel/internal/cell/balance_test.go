package cell

import "testing"

func TestUnbalanced(t *testing.T) {
	for source, want := range map[string]struct {
		line    int
		bracket string
	}{
		"f(1)":                               {},
		"for {\n\tf(1)\n":                    {1, "{"},
		"func f() {\n\tfor {\n\t}\n\nx := 1": {1, "{"},
		"f(1)\n}":                            {2, "}"},
		"x := []int{1, 2\nf(x)":              {1, "{"},
		"f([]int{1, 2)\n":                    {1, "{"},
		"!echo (\nf(1":                       {2, "("},
		"%%bash\necho (":                     {},
		"f(\"(":                              {},
		"f() // (":                           {},
		"`\n(` + g(":                         {2, "("},
	} {
		line, bracket, ok := Unbalanced(source)
		if line != want.line || bracket != want.bracket || ok != (want.line > 0) {
			t.Errorf("%q: %d %q %v, want %v", source, line, bracket, ok, want)
		}
	}
}
