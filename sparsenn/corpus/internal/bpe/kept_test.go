package bpe

import "testing"

func TestKeptAreDistinctAndNoBytes(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kept() {
		if len(k) < 2 || seen[k] {
			t.Errorf("%q is a byte or repeated", k)
		}
		seen[k] = true
	}
	if n := 256 + len(Kept()) + 1; n > 512 {
		t.Errorf("kept units take the vocabulary to %d tokens, the smallest has 512", n)
	}
}

func TestAllowed(t *testing.T) {
	for token, want := range map[string]bool{
		" return": true, ")\n": true, "],": true, " [": true, "__(": true, "()": true, "(": true,
		"[[": false, "([": false, " [[": false, `",`: true,
		`")\n`: false, `")` + "\n": false, `("a`: false, "]\n\n": false, ":\n ": false,
		"(self": false, "(é": false, "\n\n": false, "\n ": false, "\r\n": false, "a\n": true,
	} {
		if Allowed(token) != want {
			t.Errorf("Allowed(%q) is %v", token, !want)
		}
	}
}
