package execute

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

// A buffer can be written by a ticking Progress while a test reads it.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func TestProgress(t *testing.T) {
	var out buffer
	p := NewProgress(&out, 12)
	p.Begin(3, "%%\n// Train it.\nx")
	p.Note("step 1\nstep \x1b[31m2\x1b[0m\rstep 3\n")
	p.tick(time.Now().Add(time.Second))
	if out.String() != "" {
		t.Errorf("too early: %q", out.String())
	}
	p.tick(time.Now().Add(firstAlive + time.Second))
	p.tick(time.Now().Add(firstAlive + 2*time.Second))
	p.End("ok")
	p.tick(time.Now().Add(time.Hour))
	p.Line("the end")
	p.Close()
	want := regexp.MustCompile(`^\[3/12\] 11\.\ds running  Train it\. \| step 3
\[3/12\] 0\.\ds ok  Train it\.
the end
$`)
	if !want.MatchString(out.String()) {
		t.Errorf("printed\n%s", out.String())
	}
}

func TestClip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		n := rapid.IntRange(1, 30).Draw(t, "n")
		got := clip(s, n)
		if utf8.RuneCountInString(got) > n || strings.ContainsAny(got, "\n\r\x1b\t") {
			t.Errorf("clip(%q, %d) = %q", s, n, got)
		}
		if utf8.RuneCountInString(s) <= n && utf8.RuneCountInString(got) != utf8.RuneCountInString(s) {
			t.Errorf("clip(%q, %d) = %q although it fits", s, n, got)
		}
	})
}

func TestTerminalWidth(t *testing.T) {
	if w := terminalWidth(new(bytes.Buffer)); w != 0 {
		t.Errorf("a buffer is a terminal %d wide", w)
	}
}

func TestTail(t *testing.T) {
	var tl tail
	for range 3 {
		if n, err := tl.Write(bytes.Repeat([]byte("x"), maxTail-1)); n != maxTail-1 || err != nil {
			t.Fatal(n, err)
		}
	}
	_, _ = tl.Write([]byte("end"))
	if got := tl.String(); len(got) != maxTail || !strings.HasSuffix(got, "xend") {
		t.Errorf("%d bytes kept", len(got))
	}
}
