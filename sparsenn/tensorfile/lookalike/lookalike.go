// Package lookalike says what a file is that came in place of the one that was
// wanted: a clone without git-lfs and a download that failed leave files of the right
// name. It is for the error of a reader that could make nothing of a file.
package lookalike

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Head is how much of a file is looked at, in bytes.
const Head = 512

var signatures = []struct{ begins, says string }{
	{"version https://git-lfs.github.com/spec/", "it is a git-lfs pointer, not the file: run git lfs pull where it was cloned"},
	{"version https://hawser.github.com/spec/", "it is a git-lfs pointer, not the file: run git lfs pull where it was cloned"},
	{"/annex/objects/", "it is a git-annex pointer, not the file: run git annex get where it was cloned"},
	{"\x1f\x8b", "it is packed with gzip: unpack it with gunzip"},
	{"\x28\xb5\x2f\xfd", "it is packed with zstd: unpack it with unzstd"},
	{"PK\x03\x04", "it is a zip archive, as torch.save writes: unpack it, or save it in the right format"},
	{"GGUF", "it is a GGUF file: take the one of the right format"},
	{"\x80\x02", "it is a Python pickle, as torch.save writes: save it in the right format"},
	{"\x89HDF", "it is an HDF5 file: save it in the right format"},
}

var pages = []string{"<!doctype html", "<html", "<head", "<?xml", "<error", "<!--"}

// Text is what a file is that came in place of a text, by its beginning; empty where
// it might be the text.
func Text(head []byte) string {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.begins)) {
			return s.says
		}
	}
	start := strings.ToLower(string(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff")))))
	for _, p := range pages {
		if strings.HasPrefix(start, p) {
			return "it is a web page, as of an error or a login, not the file: download it again"
		}
	}
	return ""
}

// Binary is what a file is that came in place of a binary one, any text included.
func Binary(head []byte) string {
	if says := Text(head); says != "" || len(bytes.TrimSpace(head)) == 0 {
		return says
	}
	head = head[:min(len(head), 60)]
	for len(head) > 0 && !utf8.Valid(head) && len(head) > 57 {
		head = head[:len(head)-1] // a character that was cut
	}
	for _, r := range string(head) {
		if r == utf8.RuneError || !unicode.IsPrint(r) && !unicode.IsSpace(r) {
			return ""
		}
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(head)), "\n")
	return fmt.Sprintf("it is a text that begins %q, not the file: download it again", line)
}
