package viz

import (
	"encoding/base64"
	"encoding/csv"
	"regexp"
	"strings"
	"testing"

	"circuitbook/viz/internal/lint"

	"github.com/google/go-cmp/cmp"
)

func TestFileName(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "circuit",
		"quotes":                 "quotes",
		"single_double_quote":    "single_double_quote",
		"seed 0 and seed 1":      "seed-0-and-seed-1",
		"../../etc/passwd":       "etc-passwd",
		"a.svg":                  "a-svg",
		"---":                    "circuit",
		"日本":                     "circuit",
		`"><script>`:             "script",
		strings.Repeat("ab", 60): strings.Repeat("ab", 30),
	} {
		if got := FileName(in); got != want {
			t.Errorf("fileName(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzFileName: whatever the name, it stays in its folder and is not hidden.
func FuzzFileName(f *testing.F) {
	form := regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]{0,58}[A-Za-z0-9_])?$`)
	for _, s := range []string{"", "a b", ".", "..", "-x", "a/b", "\x00", "CON", strings.Repeat("a ", 99)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := FileName(s); !form.MatchString(got) {
			t.Errorf("fileName(%q) = %q", s, got)
		}
	})
}

// TestLinks: a link holds its file; one that is too large is named, and that is all.
func TestLinks(t *testing.T) {
	var b strings.Builder
	links(&b, "name", []File{{"JSON", "application/json", []byte(`{"a":1}`)}, {"CSV", "text/csv", make([]byte, maxLink+1)}})
	want := "\n<div><small>save as <a download=\"name.json\" href=\"data:application/json;base64," + base64.StdEncoding.EncodeToString([]byte(`{"a":1}`)) +
		"\">JSON</a> · (CSV: too large for a link)</small></div>"
	if b.String() != want {
		t.Errorf("got %s\nwant %s", b.String(), want)
	}
	if err := lint.HTML(b.String()); err != nil {
		t.Error(err)
	}
}

// TestCSVFile: reading the file gives back the rows.
func TestCSVFile(t *testing.T) {
	rows := [][]string{{"from", "to"}, {"a,b", `"quoted"`}, {"", "line\nbreak"}}
	f := CSVFile(rows)
	got, err := csv.NewReader(strings.NewReader(string(f.Data))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(rows, got); d != "" {
		t.Error(d)
	}
}
