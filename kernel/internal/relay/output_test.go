package relay

import (
	"strings"
	"testing"
	"unicode/utf8"
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
