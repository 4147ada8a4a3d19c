package failure

import (
	"fmt"
	"testing"

	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

func TestNear(t *testing.T) {
	names := []string{"Println", "Printf", "Print", "lines", "train", "x", "Scale", "Scales"}
	for name, want := range map[string]string{
		"Printn": "[Print Printf Println]", "lnes": "[lines]", "trian": "[train]", "y": "[]", "scale": "[Scale Scales]", "nothing": "[]", "train": "[]",
	} {
		if got := fmt.Sprint(near(name, names)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	for want, list := range map[string][]string{"": nil, "is a meant?": {"a"}, "is a or b meant?": {"a", "b"}, "is a, b or c meant?": {"a", "b", "c"}} {
		if got := meant(list); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	word := rapid.StringOfN(rapid.RuneFrom([]rune("abcé")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := distance(a, b)
		n, m := len([]rune(a)), len([]rune(b))
		if d != distance(b, a) || (d == 0) != (a == b) || d > max(n, m) || d < max(n, m)-min(n, m) {
			t.Fatalf("%q and %q are %d apart, and %d", a, b, d, distance(b, a))
		}
	})
	if d := distance("abcd", "abdc"); d != 1 {
		t.Errorf("an exchange counts %d", d)
	}
}
