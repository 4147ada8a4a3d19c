package bpe

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

func byteTokens() []string {
	var out []string
	for b := range 256 {
		out = append(out, string([]byte{byte(b)}))
	}
	return out
}

func TestFormatParseRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		extra := rapid.SliceOfNDistinct(rapid.StringN(2, 9, -1), 0, 20, rapid.ID[string]).Draw(t, "extra")
		var tokens []string
		for _, s := range append(byteTokens(), extra...) {
			if !slices.Contains(tokens, s) {
				tokens = append(tokens, s)
			}
		}
		got, err := Parse(Format(tokens))
		if err != nil || !slices.Equal(got, tokens) {
			t.Fatalf("%v", err)
		}
	})
}

func TestParseErrorsNameTheLine(t *testing.T) {
	good := string(Format(byteTokens()))
	line := func(s string, rank int) string {
		return fmt.Sprintf("%s %d\n", base64.StdEncoding.EncodeToString([]byte(s)), rank)
	}
	for name, c := range map[string]struct{ data, want string }{
		"no space":     {good + "QUI=\n", "line 257: no space"},
		"not base64":   {good + "Q!I= 256\n", "line 257: token is not base64"},
		"wrong rank":   {good + line("AB", 300), `line 257: rank is "300", want 256`},
		"no rank":      {good + "QUI= x\n", "line 257: rank is"},
		"repeated":     {good + line("AB", 256) + line("AB", 257), "line 258"},
		"empty token":  {good + " 256\n", "line 257: token"},
		"long first":   {line("AB", 0), "line 1: the first 256"},
		"few":          {line("\x00", 0), "at least the 256 bytes"},
		"nothing":      {"", "at least the 256 bytes"},
		"endless line": {good + strings.Repeat("A", 1<<17), "token too long"},
	} {
		if _, err := Parse([]byte(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want %q in it", name, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	good := Format(append(byteTokens(), "ab", "]]\n"))
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte("AA== 0\n"))
	f.Add([]byte("not a rank file"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tokens, err := Parse(data)
		if err != nil {
			return
		}
		again, err := Parse(Format(tokens))
		if err != nil || !slices.Equal(again, tokens) {
			t.Fatalf("what was parsed does not round-trip: %v", err)
		}
		if len(tokens) < 256 || bytes.Contains(data, []byte("\n\n")) {
			t.Fatal("accepted a file that is not one rank after another")
		}
	})
}
