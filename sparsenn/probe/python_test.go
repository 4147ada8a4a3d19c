package probe

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"circuitbook/sparsenn/cache/pip"
	"circuitbook/sparsenn/suitetest"
)

func TestParseAnswer(t *testing.T) {
	const text = `x = 'é' + """d"""`
	for line, want := range map[string][]span{
		`{"strings": []}`: nil,
		`{"strings": [{"from": 5, "to": 7, "quote": "'"}, {"from": 14, "to": 15, "quote": "\"\"\""}]}`: {{5, 7, Single}, {14, 15, LongDouble}},
	} {
		d, err := parseAnswer([]byte(line), text)
		if err != nil || d.err != nil || len(d.spans) != len(want) {
			t.Fatalf("%s: %v, %v", line, d, err)
		}
		for i := range want {
			if d.spans[i] != want[i] {
				t.Errorf("%s: %v, want %v", line, d.spans[i], want[i])
			}
		}
	}
	for line, want := range map[string]string{
		`{"error": "TokenError: EOF"}`:                                                "TokenError: EOF",
		`{"strings": [{"from": 4, "to": 6, "quote": "'"}]}`:                           "no string from 4 to 6",
		`{"strings": [{"from": 5, "to": 6, "quote": "'"}]}`:                           "no string from 5 to 6",
		`{"strings": [{"from": 7, "to": 5, "quote": "'"}]}`:                           "no string from 7 to 5",
		`{"strings": [{"from": -1, "to": 5, "quote": "'"}]}`:                          "no string from -1",
		`{"strings": [{"from": 5, "to": 9223372036854775807, "quote": "'"}]}`:         "no string from 5",
		`{"strings": [{"from": 14, "to": 16, "quote": "\"\"\""}]}`:                    "no string from 14 to 16",
		`{"strings": [{"from":5,"to":7,"quote":"'"}, {"from":5,"to":7,"quote":"'"}]}`: "no string from 5 to 7",
	} {
		if d, err := parseAnswer([]byte(line), text); err != nil || d.err == nil || !strings.Contains(d.err.Error(), want) || d.spans != nil {
			t.Errorf("%s: %v, %v, want %q", line, d, err, want)
		}
	}
	for _, line := range []string{"", "hello", "[]", `{"strings": 3}`, `{"strings": [{"from": 5, "to": 7, "quote": "x"}]}`, `{"strings": [{"from": 5, "to": 7}]}`} {
		if d, err := parseAnswer([]byte(line), text); err == nil {
			t.Errorf("%s: %v was taken", line, d)
		}
	}
}

func FuzzParseAnswer(f *testing.F) {
	f.Add(`{"strings": [{"from": 1, "to": 2, "quote": "'"}]}`, `'x'`)
	f.Add(`{"strings": [{"from": 3, "to": 3, "quote": "\"\"\""}, {"from": 8, "to": 8, "quote": "'"}]}`, `"""""" ''`)
	f.Add(`{"error": "x"}`, ``)
	f.Add(`{"strings": [{"from": -9223372036854775808, "to": 9223372036854775807, "quote": "'"}]}`, `''`)
	f.Fuzz(func(t *testing.T, line, text string) {
		d, err := parseAnswer([]byte(line), text)
		if (err != nil || d.err != nil) && len(d.spans) > 0 {
			t.Fatal("spans with an error")
		}
		end := 0
		for _, s := range d.spans {
			if s.from <= end-1 || s.to < s.from || s.to >= len(text) || s.label < Single || s.label > LongDouble {
				t.Fatalf("%v after %d in %q", s, end, text)
			}
			end = s.to + 1
		}
	})
}

// fake makes a script the Python of this test: it answers the question for its
// version, and then does what the script says.
func fake(t *testing.T, script string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("uses shell scripts")
	}
	path := filepath.Join(t.TempDir(), "python")
	text := "#!/bin/sh\ncase \"$*\" in *version_info*) echo 3 12; exit;; esac\n" + script + "\n"
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv(pip.PythonEnv, path)
}

// TestTokenizeSaysWhatBroke: a child that does not do its work is an error that
// names the document and the child's last word.
func TestTokenizeSaysWhatBroke(t *testing.T) {
	for script, want := range map[string]string{
		"exit 3":                          "at document 0 of 2: it ended",
		"echo no memory >&2; exit 1":      "it ended: no memory",
		"echo hello; exec cat >/dev/null": `an answer that is no JSON: "hello\n"`,
		`echo '{"error":"a"}'; exit 0`:    "at document 1 of 2",
		`echo '{}'; echo '{}'; cat >/dev/null; echo late >&2; exit 4`: "exit status 4: late",
	} {
		fake(t, script)
		if _, _, err := tokenize(t.Context(), []string{"a", "b"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", script, err, want)
		}
	}
	t.Setenv(pip.PythonEnv, filepath.Join(t.TempDir(), "absent"))
	if _, err := LabelStrings(t.Context(), tokenizerOf(t), byteStream(tokenizerOf(t), "a")); !errors.Is(err, pip.ErrNoPython) {
		t.Errorf("without Python: %v", err)
	}
}

func TestTokenizeStops(t *testing.T) {
	fake(t, "exec sleep 3600")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	// More text than a pipe holds, so that the writer waits, too.
	if _, _, err := tokenize(ctx, []string{strings.Repeat("x", 1<<20)}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if d := time.Since(start); d > suitetest.Patience {
		t.Errorf("took %v", d)
	}
}

// TestTokenizeLong: neither side waits for the other, however much there is.
func TestTokenizeLong(t *testing.T) {
	needPython(t)
	texts := make([]string, 40)
	for i := range texts {
		texts[i] = strings.Repeat("a = ''\n", 4000)
	}
	found, _, err := tokenize(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range found {
		if d.err != nil || len(d.spans) != 4000 || d.spans[3999] != (span{7*3999 + 5, 7*3999 + 5, Single}) {
			t.Fatalf("document %d: %d strings, %v", i, len(d.spans), d.err)
		}
	}
}
