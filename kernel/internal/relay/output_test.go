package relay

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"circuitbook/kernel/internal/wire"
)

// TestEnding holds that what is kept is the end, from a whole character on.
func TestEnding(t *testing.T) {
	for _, text := range []string{"日本語", "x日本語", "xx日本語", "🧡"} {
		var kept ending
		all := strings.Repeat(text, maxEnding)
		for at := 0; at < len(all); at += 1000 {
			kept.add(all[at:min(at+1000, len(all))])
		}
		if got := kept.String(); !strings.HasSuffix(all, got) || !utf8.ValidString(got) || len(got) < maxEnding-utf8.UTFMax {
			t.Errorf("%d bytes of %s are kept, from %.9q", len(got), text, got)
		}
	}
}

// TestSlim holds that the size of a display is what it holds, not how GoNB
// writes it.
func TestSlim(t *testing.T) {
	display := func(text string, buffers ...[]byte) *wire.Message {
		return &wire.Message{Content: encode(map[string]any{"a": text}), Buffers: buffers}
	}
	for name, c := range map[string]struct {
		m    *wire.Message
		want int
		text string
	}{
		"small":   {display("<"), len(`{"a":"\u003c"}`), `{"a":"\u003c"}`},
		"escaped": {display(strings.Repeat("<", 50)), 58, `{"a":"` + strings.Repeat("<", 50) + `"}`},
		"large":   {display(strings.Repeat("x", 200)), 208, ""},
		"tricky":  {display(strings.Repeat(`\u003c`, 20)), 148, ""},
		"buffers": {display("x", make([]byte, 60), make([]byte, 50)), 119, ""},
	} {
		if got := slim(c.m, 100); got != c.want || c.text != "" && string(c.m.Content) != c.text || !json.Valid(c.m.Content) {
			t.Errorf("%s: %d, %s, want %d, %s", name, got, c.m.Content, c.want, c.text)
		}
	}
}

// TestTooLarge: a display that is too large for a notebook, and a message that
// is not one, fail the cell.
func TestTooLarge(t *testing.T) {
	f := newFront(t, patient)
	for code, want := range map[string]string{
		"// large\nx()":                         "OutputError: some of what the cell shows is lost: a display of 128 MB: a notebook takes 128 MB at most; write it to a file, and display less",
		"// broken\nx()":                        "OutputError: some of what the cell shows is lost: malformed message: the content is not a JSON object",
		"// err \"GoNB Error:\\noh\\nat\"\nx()": "OutputError: some of what the cell shows is lost: oh",
	} {
		reply, said := f.ask("execute_request", map[string]any{"code": code})
		if reply["status"] != "error" || len(said) != 4 || said[2] != want {
			t.Errorf("%q: %v, %q", code, reply["status"], said)
		}
	}
}
