package draw

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// Visible returns s with everything that XML cannot hold, or that would change how the text around
// it reads, replaced by a picture of itself:
//
//   - newline ⏎, tab →, carriage return ␍;
//   - the other control characters and bytes that are no valid UTF-8 as \xNN;
//   - bidirectional controls, zero-width characters, line separators, byte order marks and
//     noncharacters as \uNNNN.
//
// Ordinary spaces, and the joiner that emoji are built with, stay as they are. The result is
// valid UTF-8, on one line, and legal in XML 1.0 once escaped.
func Visible(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n <= 1:
			fmt.Fprintf(&b, `\x%02X`, s[i])
		case r == '\n':
			b.WriteRune('⏎')
		case r == '\t':
			b.WriteRune('→')
		case r == '\r':
			b.WriteRune('␍')
		case r < 0x20, r >= 0x7f && r < 0xa0:
			fmt.Fprintf(&b, `\x%02X`, r)
		case unsafeRune(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
		i += max(n, 1)
	}
	return b.String()
}

// plain reports whether s is printable ASCII, the common case.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// unsafeRune reports characters above ASCII that reorder or hide text, or are illegal in XML.
func unsafeRune(r rune) bool {
	switch {
	case r == 0x061c, r == 0x200b, r == 0x200c, r == 0x200e, r == 0x200f, r == 0xfeff:
		return true
	case r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return true
	case r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe:
		return true
	case r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return false
}

// Esc makes any string safe as XML or HTML text and as the value of a quoted attribute.
func Esc(s string) string { return html.EscapeString(Visible(s)) }
