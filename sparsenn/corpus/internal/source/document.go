// Package source reads the documents that corpora are made of: packages, folders
// and the embedded sample.
package source

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxFile is the size above which a file is skipped: generated tables, mostly.
const MaxFile = 1 << 20

// Doc is one document of a part.
type Doc struct{ Name, Text string }

// Key is the SHA-256 of the text in hexadecimal. It decides between training
// and validation, so equal files fall on the same side.
func (d Doc) Key() string {
	sum := sha256.Sum256([]byte(d.Text))
	return hex.EncodeToString(sum[:])
}

// Skips counts files that were left out, by reason.
type Skips map[string]int

// String lists the reasons in order, as "2 empty, 1 not UTF-8".
func (s Skips) String() string {
	reasons := slices.Sorted(maps.Keys(s))
	for i, r := range reasons {
		reasons[i] = fmt.Sprintf("%d %s", s[r], r)
	}
	if len(reasons) == 0 {
		return "none skipped"
	}
	return "skipped: " + strings.Join(reasons, ", ")
}

// Reasons for which a file is skipped.
const (
	SkipEmpty     = "empty"
	SkipHuge      = "larger than 1 MiB"
	SkipUTF8      = "not UTF-8"
	SkipBinary    = "binary"
	SkipTable     = "a table, not code"
	SkipDuplicate = "a duplicate"
	SkipUnread    = "unreadable"
)

// Clean gives the text of a file with line ends as \n and one at its end, or
// the reason for which the file is skipped.
func Clean(data []byte) (text, reason string) {
	switch {
	case len(data) > MaxFile:
		return "", SkipHuge
	case !utf8.Valid(data):
		return "", SkipUTF8
	case bytes.IndexByte(data, 0) >= 0:
		return "", SkipBinary
	}
	data = bytes.TrimLeft(data, "\ufeff") // editors put one there, and tools that join files more
	text = strings.ReplaceAll(strings.ReplaceAll(string(data), "\r\n", "\n"), "\r", "\n")
	if text = strings.TrimRight(text, " \t\n\f"); text == "" {
		return "", SkipEmpty
	}
	return text + "\n", ""
}
