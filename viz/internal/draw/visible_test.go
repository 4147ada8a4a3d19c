package draw_test

import (
	"testing"

	"circuitbook/viz/internal/draw"
)

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"":                  "",
		"x <= y":            "x <= y",
		"a\nb\tc\rd":        "a⏎b→c␍d",
		"\x00\x1b\x7f":      `\x00\x1B\x7F`,
		"\u0085":            `\x85`,
		"\xff":              `\xFF`,
		"a\xed\xa0\x80b":    `a\xED\xA0\x80b`,
		"\u202eabc":         `\u202Eabc`,
		"\u200b\ufeff":      `\u200B\uFEFF`,
		"\ufffe":            `\uFFFE`,
		"\U0001ffff":        `\u1FFFF`,
		"\U000e0041":        `\uE0041`,
		"naïve 日本 👩\u200d👧": "naïve 日本 👩\u200d👧",
		"\ufffd":            "\ufffd",
	} {
		if got := draw.Visible(in); got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
	}
}
