package source

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func TestSample(t *testing.T) {
	if len(sampleZip) > 1<<20 {
		t.Errorf("the sample takes %d bytes, more than 1 MiB", len(sampleZip))
	}
	docs, _, err := Sample()
	if err != nil {
		t.Fatal(err)
	}
	real, made := 0, 0
	packages := map[string]bool{}
	for _, d := range docs {
		if text, reason := Clean([]byte(d.Text)); reason != "" || text != d.Text {
			t.Errorf("%s is not clean: %s", d.Name, reason)
		}
		if rest, ok := strings.CutPrefix(d.Name, "real/"); ok {
			name, _, _ := strings.Cut(rest, "/")
			packages[name] = true
			real += len(d.Text)
		} else {
			made += len(d.Text)
		}
	}
	if real < 400_000 || made < real || made > real+10_000 {
		t.Errorf("%d bytes of real text, %d of synthetic", real, made)
	}
	licences, err := SampleLicences()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(packages)) {
		if licences[name] == "" {
			t.Errorf("the sample holds files of %s but not its licence", name)
		}
	}
}

func FuzzReadSample(f *testing.F) {
	f.Add(sampleZip[:2000])
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, data []byte) {
		docs, _, err := readSample(data)
		if err != nil && docs != nil {
			t.Error("documents together with an error")
		}
	})
}
