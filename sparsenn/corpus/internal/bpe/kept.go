package bpe

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pattern splits text into the pieces inside which pairs merge. It is the
// pattern of tinypython_2k (`[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
// ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`) with two changes: digits
// are pieces of their own, so that numbers are sequences of digits, and runs
// are bounded by 128, so that a megabyte of one letter costs linear time.
const Pattern = `[^\r\n\p{L}\p{N}]?\p{L}{1,128}|\p{N}| ?[^\s\p{L}\p{N}]{1,128}[\r\n/]{0,128}|` +
	`\s{0,128}[\r\n]{1,128}|\s{1,128}(?!\S)|\s{1,128}`

// EndOfText is the text of the only special token, the last of every vocabulary.
const EndOfText = "<|endoftext|>"

// closed are kept units that no other token contains (but one kept unit
// another): a string, a list or a header closes by the same token whatever
// follows. They come first in the list of ranks, so they also merge first.
var closed = []string{
	"]\n", "]]\n", // the two answers of bracket_counting
	`")`, `')`, // and of single_double_quote
	`("`, `('`,
	":\n", "):\n", // headers of blocks
}

// words are kept units that are pieces of their own; they need no chain of
// merges, for a piece that is a token is taken whole.
var words = []string{
	"]]", " [", " =", " ==", " +=", "   ", "       ", "           ",
	" as", " in", " else", " elif", " if", " True", " False", "=None", " None", ".add",
	" range", " enumerate", " lambda", `":`, `',`, `",`, `':`,
	// names that tasks copy, after a space
	" x", " y", " a", " b",
	" name", " size", " value", " index", " count", " width", " height", " title", " text", " path", " color", " level",
	" total", " limit", " number", " score", " label", " owner", " data", " items", " key",
}

// Kept returns the kept units: tokens of every vocabulary, in rank order from
// 256 on. Units of one byte (`]`, `:`, the digits) are tokens anyway.
func Kept() []string {
	return append(append([]string(nil), closed...), words...)
}

// Allowed says whether a token may be learned: none contains a closed unit, an
// opening bracket with anything but a space before it (so that depth is a count
// of equal tokens), a parenthesis followed by a letter (so that a call opens
// by the same token whatever its first argument), or a line break before its
// last byte (so that a blank line is one token more).
func Allowed(token string) bool {
	for _, c := range closed {
		if strings.Contains(token, c) {
			return false
		}
	}
	if strings.Contains(token, "[") && token != " [" {
		return false
	}
	if len(token) > 1 && token[0] == '(' {
		if r, _ := utf8.DecodeRuneInString(token[1:]); unicode.IsLetter(r) {
			return false
		}
	}
	if i := strings.IndexByte(token, '\n'); i >= 0 && i != len(token)-1 {
		return false
	}
	return !strings.Contains(token, "\r")
}
