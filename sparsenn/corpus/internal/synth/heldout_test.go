package synth

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestHeldOutIsAQuarter(t *testing.T) {
	n := 0
	for i := range 100 {
		for j := range 100 {
			if HeldOut(fmt.Sprint("word", i), fmt.Sprint(j)) {
				n++
			}
		}
	}
	if n < 2300 || n > 2700 {
		t.Errorf("%d of 10000 pairs are held out", n)
	}
	if HeldOut("ab", "c") && HeldOut("a", "bc") && HeldOut("", "abc") {
		t.Error("the pair's border does not count")
	}
}

// No string or list holds a held-out pair of neighbours.
func TestHeldOutPairsDoNotOccur(t *testing.T) {
	call := regexp.MustCompile(`(?m)^ *(?:\w+ = )?((?:raise )?[\w.]+)\((?:"([^"\n{}]+)"|'([^'\n{}]+)')\)$`)
	list := regexp.MustCompile(`(?m)^ *(\w+) = \[+([^\[\]\n"']+)\]`)
	calls, lists := 0, 0
	for i := range uint64(1500) {
		text := Document(9, i)
		for _, m := range call.FindAllStringSubmatch(text, -1) {
			if strings.HasSuffix(m[1], "open") || m[1] == "write" {
				continue // file names, and what is written to a file
			}
			callee := m[1]
			if strings.HasSuffix(callee, ".write") {
				callee = "write"
			}
			prev := callee
			for _, w := range strings.Fields(m[2] + m[3]) {
				if HeldOut(prev, w) {
					t.Fatalf("%q is followed by %q in %q", prev, w, m[0])
				}
				prev = w
				calls++
			}
		}
		for _, m := range list.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[2], " for ") {
				continue
			}
			prev := m[1]
			for _, e := range strings.Split(m[2], ", ") {
				if HeldOut(prev, e) {
					t.Fatalf("%q is followed by %q in %q", prev, e, m[0])
				}
				prev = e
				lists++
			}
		}
	}
	if calls < 3000 || lists < 3000 {
		t.Errorf("looked at %d words and %d elements only", calls, lists)
	}
}
