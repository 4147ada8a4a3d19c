package book

import (
	"fmt"
	"io"
	"os"
)

// Check ends the program with exit status 1 if an error is not nil, after one line on standard
// error that says what was wrong. It is for cells: they stay short, and a mistake does not end in
// a stack trace.
func Check(errs ...error) { check(os.Stderr, os.Exit, errs) }

// Must returns v if err is nil and otherwise does what [Check] does:
//
//	c := book.Must(corpus.Open(ctx, config, nil))
func Must[T any](v T, err error) T {
	Check(err)
	return v
}

func check(w io.Writer, exit func(int), errs []error) {
	for _, err := range errs {
		if err != nil {
			fmt.Fprintf(w, "error: %v\n", err)
			exit(1)
			return
		}
	}
}
