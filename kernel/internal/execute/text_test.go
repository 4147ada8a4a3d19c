package execute_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"circuitbook/kernel/internal/notebook"
)

// printed is what a cell put out on a stream.
func printed(c *notebook.Cell, stream string) string {
	var b strings.Builder
	for _, out := range c.Outputs {
		if m := out.(map[string]any); m["name"] == stream {
			fmt.Fprint(&b, m["text"])
		}
	}
	return b.String()
}

// TestWholeCharacters holds that what a cell prints is shown as it was printed,
// in whatever pieces it arrives, and that what is no text shows as such.
func TestWholeCharacters(t *testing.T) {
	t.Parallel()
	const text = "日本語 é 🧡 \u0301"
	slowly := "for _, b := range []byte(\"" + text + "\") {\n\tos.%s.Write([]byte{b})\n\ttime.Sleep(time.Millisecond)\n}"
	cases := []struct{ source, stream, want string }{
		{"fmt.Print(strings.Repeat(\"日本語\\n\", 100_000));", "stdout", strings.Repeat("日本語\n", 100_000)},
		{"fmt.Fprint(os.Stderr, strings.Repeat(\"x🧡\", 100_000));", "stderr", strings.Repeat("x🧡", 100_000)},
		{fmt.Sprintf(slowly, "Stdout"), "stdout", text},
		{fmt.Sprintf(slowly, "Stderr"), "stderr", text},
		{"os.Stdout.Write([]byte(\"\\xff|\\xe6\\x97|\\xe6\\x97\\xa5\\xe6\"));", "stdout", "\ufffd|\ufffd\ufffd|日\ufffd"},
		{"os.Stdout.Write([]byte(\"\\xf0\\x9f\"))\nos.Stdout.Write([]byte(\"\\xf0\\x9f\"));", "stdout", strings.Repeat("\ufffd", 4)},
		{"os.Stdout.Write([]byte(\"\\xe6\"))\ntime.Sleep(20 * time.Millisecond)\nfmt.Fprint(os.Stderr, \"z\")\nos.Stdout.Write([]byte(\"\\x97\\xa5\"));", "stdout", "日"},
		{"%%bash\nprintf '\\xe6'; sleep 0.02; printf '\\x97\\xa5\\xe6\\x97'", "stdout", "日\ufffd\ufffd"},
		{"%%bash\nprintf '\\xc3' >&2; sleep 0.02; printf '\\xa9' >&2", "stderr", "é"},
		{"%%script sh\nyes 日本語 | head -n 100000", "stdout", strings.Repeat("日本語\n", 100_000)},
		{"!printf '\\xf0\\x9f'; sleep 0.02; printf '\\xa7'; sleep 0.02; printf '\\xa1'", "stdout", "🧡"},
		{"cmd := exec.Command(\"bash\", \"-c\", `printf '\\xe6'; sleep 0.02; printf '\\x97\\xa5'`)\ncmd.Stdout = os.Stdout\nbook.Check(cmd.Run());", "stdout", "日"},
		{"%capture said.txt\n" + fmt.Sprintf(slowly, "Stdout"), "stdout", text},
	}
	const long = "strings.Repeat(\"xx日本\", 30_000)"
	cases = append(cases, struct{ source, stream, want string }{long, "", ""})
	var sources []string
	for _, c := range cases {
		sources = append(sources, c.source)
	}
	r := newRun(t, sources...)
	got, err := r.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		if got[i].Failure != nil {
			t.Errorf("%v\n%s", got[i].Failure, c.source)
			continue
		}
		if c.stream == "" {
			if text := shown(r.Notebook.Cells[i]); strings.Contains(text, "\ufffd") || !strings.HasSuffix(text, "…\n") {
				t.Errorf("a long value ends with %q", text[max(0, len(text)-20):])
			}
			continue
		}
		if text := printed(r.Notebook.Cells[i], c.stream); text != c.want {
			t.Errorf("%d bytes %.60q with %d that are no text, want %d bytes %.60q\n%s",
				len(text), text, strings.Count(text, "\ufffd"), len(c.want), c.want, c.source)
		}
	}
	if said, err := os.ReadFile(filepath.Join(r.Dir, "said.txt")); err != nil || string(said) != text {
		t.Errorf("%q was captured: %v", said, err)
	}
}
