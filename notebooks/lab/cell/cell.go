package cell

import (
	"context"
	"strings"
	"time"

	"circuitbook/sparsenn/artifact"
	"circuitbook/viz/book"
)

// End ends the cell with an error. A variable for tests.
var End = func(err error) { book.Check(err) }

// Must returns v, or ends the cell.
func Must[T any](v T, err error) T {
	Check(err)
	return v
}

// Check ends the cell if there is an error.
func Check(err error) {
	if err != nil {
		End(err)
	}
}

// Interruptible calls f with a context that an interrupt ends, and ends the cell if it
// fails.
func Interruptible[T any](f func(ctx context.Context) (T, error)) T {
	ctx, stop := book.Interruptible()
	defer stop()
	return Must(f(ctx))
}

// Quiet is how long work goes on without a bar. A variable for tests, whose examples print
// nothing else on a machine of any speed.
var Quiet = time.Second

// A Bar shows the progress of work that takes over a second: what is loaded shows none.
type Bar struct {
	name  string
	all   int
	last  string
	begun time.Time
	book  *book.Progress
}

// NewBar is a bar of so many steps.
func NewBar(name string, all int) *Bar { return &Bar{name: name, all: all, begun: time.Now()} }

// Options have a call show where it stands on the bar, in shares of all of it.
func (b *Bar) Options() artifact.Options {
	return artifact.Options{Progress: func(p artifact.Progress) {
		b.Step(int(p.Share()*float64(b.all)), strings.Trim(p.Stage+", "+p.Note, ", "))
	}}
}

// Note is what the last step said.
func (b *Bar) Note(text string) { b.last = text }

// Step says how many steps are done.
func (b *Bar) Step(n int, note string) {
	b.last = note
	if b.book == nil {
		if n >= b.all || time.Since(b.begun) < Quiet { // what is over needs no bar
			return
		}
		b.book = book.NewProgress(b.name, b.all)
	}
	b.book.Step(n, note)
}

// Done ends the bar; whole says that all steps were done.
func (b *Bar) Done(whole bool) error {
	if b.book == nil {
		return nil
	}
	if whole {
		b.book.Step(b.all, b.last)
	}
	return b.book.Done()
}
