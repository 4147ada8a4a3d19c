package book

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// Check ends the program with exit status 1 if an error is not nil, after one line on standard
// error that says what was wrong; in a cell of Circuitbook's kernel that is said by the kernel, with
// the cell's line. It is for cells: they stay short, and a mistake does not end in a stack trace.
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
			if !tellKernel(err, os.Getenv(kernelDirEnv)) {
				fmt.Fprintf(w, "error: %v\n", err)
			}
			exit(1)
			return
		}
	}
}

// kernelDirEnv names the variable with the folder in which the kernel of Circuitbook looks for
// what a cell has to tell it.
const kernelDirEnv = "CIRCUITBOOK_KERNEL_DIR"

// tellKernel tells the kernel, whose folder is dir, what was wrong, and in which line of the cell's
// program. It reports whether it did: not from a program that is no cell.
func tellKernel(err error, dir string) bool {
	if dir == "" {
		return false
	}
	var calls [64]uintptr
	frames := runtime.CallersFrames(calls[:runtime.Callers(2, calls[:])])
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, "main.") && strings.HasPrefix(filepath.Base(filepath.Dir(f.File)), "gonb_") {
			text, at := err.Error(), f.File+":"+strconv.Itoa(f.Line)
			form := fmt.Sprintf("error %d\n%sat %d\n%s", len(text), text, len(at), at)
			return os.WriteFile(filepath.Join(dir, "result"), []byte(form), 0o600) == nil
		}
		if !more {
			return false
		}
	}
}
