package cell

import (
	"testing"
	"time"
)

// TestBar: work has a bar once it takes long, unless it is over by then.
func TestBar(t *testing.T) {
	defer func(was time.Duration) { Quiet = was }(Quiet)
	for _, x := range []struct {
		quiet time.Duration
		n     int
		bar   bool
	}{{time.Hour, 5, false}, {0, 5, true}, {0, 10, false}} {
		Quiet = x.quiet
		b := NewBar("work", 10)
		b.Step(x.n, "a note")
		if (b.book != nil) != x.bar {
			t.Errorf("%d of 10 after %v: a bar is %v", x.n, x.quiet, b.book != nil)
		}
		if err := b.Done(true); err != nil {
			t.Error(err)
		}
	}
}
