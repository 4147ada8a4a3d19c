package synth

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

func TestDocumentIsPure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, i := rapid.Uint64().Draw(t, "seed"), rapid.Uint64().Draw(t, "index")
		a := Document(seed, i)
		Document(seed, i+1)
		if b := Document(seed, i); a != b {
			t.Fatal("the same document came out twice differently")
		}
		if a == Document(seed, i+1) || a == Document(seed+1, i) {
			t.Fatal("another index or seed gives the same document")
		}
		lines := strings.Count(a, "\n")
		if lines < 5 || lines > 200 || !strings.HasSuffix(a, "\n") || strings.ContainsAny(a, "\t\r") {
			t.Fatalf("%d lines, or an odd end or blank", lines)
		}
	})
}

// golden is the hash of the first 200 documents of seed 1. If it changes,
// raise Version and run the commands that train the ranks and make the sample.
const golden = "2736622dc643e842d7b93d2749b597bf2e26a7baca6c66941f20e6bc22a7fe95"

func TestGolden(t *testing.T) {
	h := sha256.New()
	for i := range uint64(200) {
		fmt.Fprintf(h, "%s\x00", Document(1, i))
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != golden {
		t.Errorf("the documents of version %d have hash %s, not %s", Version, got, golden)
	}
}

// elements counts those of the longest list that stands alone and of the longest that
// stands alone inside another.
func elements(text string) (flat, nested int) {
	for _, m := range regexp.MustCompile(` = (\[\[?)([^\[\]\n]+)\]`).FindAllStringSubmatch(text, -1) {
		n := 1 + strings.Count(m[2], ",")
		if m[1] == "[" {
			flat = max(flat, n)
		} else {
			nested = max(nested, n)
		}
	}
	return flat, nested
}

// TestWithLists: lists grow as long as asked for and no longer, and 0 changes nothing.
func TestWithLists(t *testing.T) {
	text := func(n int) string {
		var b strings.Builder
		for i := range uint64(400) {
			b.WriteString(WithLists(5, i, n))
		}
		return b.String()
	}
	if flat, nested := elements(text(0)); flat != 10 || nested != 8 {
		t.Errorf("as usual: lists of up to %d and %d elements", flat, nested)
	}
	if flat, nested := elements(text(36)); flat != 36 || nested != 36 {
		t.Errorf("with 36: lists of up to %d and %d elements", flat, nested)
	}
	if WithLists(5, 3, 0) != Document(5, 3) {
		t.Error("no longer lists, but another document")
	}
}

// Every document is Python that compiles. Python is a prerequisite of the
// project's notebooks; where there is none, this one check is left out.
func TestDocumentsCompile(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 to compile with")
	}
	var all bytes.Buffer
	for i := range uint64(400) {
		all.WriteString(Document(3, i))
		all.WriteByte(0)
	}
	cmd := exec.Command(python, "-c", `import sys
for i, text in enumerate(sys.stdin.read().split("\0")):
    compile(text, "document %d" % i, "exec")`)
	cmd.Stdin = &all
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// What the tasks contrast must be there, on both sides and not rarely.
func TestConstructs(t *testing.T) {
	var b strings.Builder
	for i := range uint64(1500) {
		b.WriteString(Document(5, i))
	}
	text := b.String()
	perMB := float64(len(text)) / 1e6
	for what, pattern := range map[string]string{
		"double-quoted call":  `\("[^"\n]+"\)\n`,
		"single-quoted call":  `\('[^'\n]+'\)\n`,
		"defaults":            `\((self, )?\w+=None, \w+=None\):\n`,
		"no defaults":         `\((self, )?\w+, \w+\):\n`,
		"set":                 ` = set\(\)\n`,
		"string":              ` = (""|'')\n`,
		"add":                 `\.add\(`,
		"grow":                ` \+= \w+\n`,
		"self":                `self\.(\w+) = \w+\n +self\.`,
		"with as":             `with open\(.*\) as \w+:\n`,
		"open":                `\w+ = open\(.*\)\n`,
		"dict":                `\{\d: .*, \d: `,
		"read":                `open\(["'](input|source|raw|config)[^,]*, ["']r`,
		"write":               `open\(["'](output|result|report)[^,]*, ["']w`,
		"flat list":           ` = \[[^\[\]\n]+\]\n`,
		"nested list":         ` = \[\[[^\n]+\]\]\n`,
		"one inner list":      ` = \[\[[^\[\]\n]+\]\]\n`,
		"for":                 `for \w+ in `,
		"while name":          `while \w+:\n`,
		"else":                `else:\n`,
		"elif":                `elif `,
		"f-string":            `f"[^"]*\{\w+\}`,
		"ternary":             ` = \S+ if .* else `,
		"if":                  `if [^\n]*:\n`,
		"swap":                `(?m)^ *(\w+), (\w+) = \w+, \w+$`,
		"lambda":              ` = lambda \w: `,
		"if equals":           `if \w+ == `,
		"enumerate":           `for \w+, \w+ in enumerate\(`,
		"range":               `for \w+ in range\(`,
		"if true":             `if \w+ == True:\n`,
		"is true":             `\w+ = True\n`,
		"while true":          `while True:\n`,
		"return true":         `return True\n`,
		"eight elements":      `\[(\w+, ){7}\w+\]`,
		"seven words":         `\("(\w+ ){6}\w+"\)`,
		"comment":             `(?m)^ *# `,
		"docstring":           `"""\w`,
		"function after def(": `def \w+\(\):\n`,
	} {
		n := len(regexp.MustCompile(pattern).FindAllString(text, -1))
		if float64(n) < 30*perMB {
			t.Errorf("%s: %d times in %.1f MB", what, n, perMB)
		}
	}
}
