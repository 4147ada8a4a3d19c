package corpus

import "testing"

func TestSyntheticUnderItsSeed(t *testing.T) {
	if Synthetic(1, 2) != Synthetic(1, 2) || Synthetic(1, 2) == Synthetic(2, 1) {
		t.Error("a program does not depend on seed and index alone")
	}
	if HeldOut("a", "b") != HeldOut("a", "b") {
		t.Error("HeldOut changes its mind")
	}
}

// Every package names a licence that permits to use and to pass on the text.
func TestPackagesAndLicences(t *testing.T) {
	texts, err := SampleLicences()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, p := range Packages() {
		switch p.Licence {
		case "MIT", "BSD-3-Clause", "BSD-2-Clause", "Apache-2.0":
		default:
			t.Errorf("%s: licence %q", p.Name, p.Licence)
		}
		if len(p.SHA256) != 64 || seen[p.Name] {
			t.Errorf("%s: hash %q, or listed twice", p.Name, p.SHA256)
		}
		seen[p.Name] = true
		if len(texts[p.Name]) < 500 {
			t.Errorf("%s: the sample holds a licence of %d bytes", p.Name, len(texts[p.Name]))
		}
	}
}
