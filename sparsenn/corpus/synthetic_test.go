package corpus

import "testing"

func TestSyntheticIsPure(t *testing.T) {
	first, held := Synthetic(1, 2), HeldOut("a", "b")
	if Synthetic(2, 1) == first {
		t.Error("seed and index are interchangeable")
	}
	if Synthetic(1, 2) != first || HeldOut("a", "b") != held {
		t.Error("not the same the second time")
	}
}

// Every package names a licence that permits to use and to pass on the text.
func TestPackagesAndLicences(t *testing.T) {
	texts, err := sampleLicences()
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
