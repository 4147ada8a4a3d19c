package lookalike

import (
	"strings"
	"testing"
)

func TestOf(t *testing.T) {
	for _, c := range []struct{ head, text, binary string }{
		{"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n", "git-lfs pointer", "git-lfs pointer"},
		{"\n <!DOCTYPE html>\n<html>", "web page", "web page"},
		{"\ufeff<HTML><body>Sign in", "web page", "web page"},
		{`<?xml version="1.0"?><Error><Code>AccessDenied</Code>`, "web page", "web page"},
		{"\x1f\x8b\x08\x00", "gzip", "gzip"},
		{"PK\x03\x04\x14\x00", "zip archive", "zip archive"},
		{"GGUF\x03\x00\x00\x00", "GGUF", "GGUF"},
		{"\x80\x02}q\x00", "pickle", "pickle"},
		{"/annex/objects/SHA256E-s12--00", "git-annex", "git-annex"},
		{"", "", ""},
		{" \r\n", "", ""},
		{"Entry not found\nmore", "", `begins "Entry not found"`},
		{`{"error":"Invalid username or password."}`, "", "begins"},
		{strings.Repeat("ü", 200), "", "begins"},
		{"\x10\x00\x00\x00\x00\x00\x00\x00{}", "", ""},
		{"\x00\x00", "", ""},
		{"abc\xff\xfe", "", ""},
	} {
		for by, x := range map[string][2]string{"Text": {Text([]byte(c.head)), c.text}, "Binary": {Binary([]byte(c.head)), c.binary}} {
			if (x[0] == "") != (x[1] == "") || !strings.Contains(x[0], x[1]) {
				t.Errorf("%s of %.20q is %q, want %q", by, c.head, x[0], x[1])
			}
		}
	}
}
