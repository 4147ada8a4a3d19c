package source

import (
	"strings"
	"testing"
	"unicode/utf8"

	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"x = 1\n":                 "x = 1\n",
		"x = 1":                   "x = 1\n",
		"x = 1\r\ny = 2\r":        "x = 1\ny = 2\n",
		"\xef\xbb\xbfx = 1\n\n\n": "x = 1\n",
		"\tx\n":                   "\tx\n",
		"\ufeff\ufeffx = 1\r":     "x = 1\n",
		"x\ufeff":                 "x\ufeff\n",
	} {
		if got, reason := Clean([]byte(in)); got != want || reason != "" {
			t.Errorf("%q: %q, %s", in, got, reason)
		}
	}
	for in, want := range map[string]string{
		"": SkipEmpty, " \n\t\n\f": SkipEmpty, "\xef\xbb\xbf\n": SkipEmpty, "\ufeff\ufeff": SkipEmpty, "a\x00b": SkipBinary, "a\xff": SkipUTF8,
		strings.Repeat("a", MaxFile+1): SkipHuge,
	} {
		if got, reason := Clean([]byte(in)); got != "" || reason != want {
			t.Errorf("%.20q: %.20q, %q, want %q", in, got, reason, want)
		}
	}
	if _, reason := Clean([]byte(strings.Repeat("a", MaxFile))); reason != "" {
		t.Errorf("a file of just 1 MiB is skipped: %s", reason)
	}
}

func TestCleanKeepsOrSaysWhy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOf(rapid.Byte()).Draw(t, "data")
		if rapid.Bool().Draw(t, "text") {
			data = []byte(rapid.String().Draw(t, "string"))
		}
		text, reason := Clean(data)
		if (text == "") == (reason == "") {
			t.Fatalf("text %q and reason %q", text, reason)
		}
		if reason == "" {
			again, _ := Clean([]byte(text))
			if again != text || !utf8.ValidString(text) || !strings.HasSuffix(text, "\n") || strings.Contains(text, "\r") {
				t.Fatalf("%q is not clean", text)
			}
		}
	})
}

func TestSkipsString(t *testing.T) {
	if s := (Skips{}).String(); s != "none skipped" {
		t.Error(s)
	}
	if s := (Skips{SkipUTF8: 2, SkipEmpty: 1}).String(); s != "skipped: 1 empty, 2 not UTF-8" {
		t.Error(s)
	}
}
