package lab

import (
	"context"
	"strings"
	"time"

	"circuitbook/sparsenn/artifact"
	"circuitbook/viz/book"
)

// end ends the cell with an error. A variable for tests.
var end = func(err error) { book.Check(err) }

// must returns v, or ends the cell.
func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		end(err)
	}
}

// interruptible calls f with a context that an interrupt ends, and ends the cell if it
// fails.
func interruptible[T any](f func(ctx context.Context) (T, error)) T {
	ctx, stop := book.Interruptible()
	defer stop()
	return must(f(ctx))
}

// quiet is how long work goes on without a bar. A variable for tests, whose examples print
// nothing else on a machine of any speed.
var quiet = time.Second

// A bar shows the progress of work that takes over a second: what is loaded shows none.
type bar struct {
	name  string
	all   int
	last  string
	begun time.Time
	book  *book.Progress
}

func newBar(name string, all int) *bar { return &bar{name: name, all: all, begun: time.Now()} }

// options have a call show where it stands on the bar, in shares of all of it.
func (b *bar) options() artifact.Options {
	return artifact.Options{Progress: func(p artifact.Progress) {
		b.step(int(p.Share()*float64(b.all)), strings.Trim(p.Stage+", "+p.Note, ", "))
	}}
}

func (b *bar) step(n int, note string) {
	b.last = note
	if b.book == nil {
		if n >= b.all || time.Since(b.begun) < quiet { // what is over needs no bar
			return
		}
		b.book = book.NewProgress(b.name, b.all)
	}
	b.book.Step(n, note)
}

// done ends the bar; whole says that all steps were done.
func (b *bar) done(whole bool) error {
	if b.book == nil {
		return nil
	}
	if whole {
		b.book.Step(b.all, b.last)
	}
	return b.book.Done()
}
