package failure

import (
	"fmt"
	"strings"
)

// Colours of a traceback.
const (
	red   = "\x1b[31m"
	bold  = "\x1b[1m"
	reset = "\x1b[0m"
)

// around is how many lines of a cell are shown before and after one.
const around = 2

// trace fills in what a front end shows: the kind and the place of the
// failure, the lines around, the message, and of a panic where it came from.
func (j judge) trace() {
	j.Trace = []string{red + j.Name + reset + " in " + j.where()}
	shown := j.In
	if shown == 0 {
		shown = j.Cell
	}
	for i := len(j.cells) - 1; i >= 0 && j.Line > 0; i-- {
		if j.cells[i].Number == shown {
			j.Trace = append(j.Trace, excerpt(j.cells[i].Source, j.Line))
			break
		}
	}
	j.Trace = append(j.Trace, red+j.Message+reset)
	if j.Name == Panicked {
		j.Trace = append(j.Trace, j.stack())
	}
}

// excerpt shows a line of a cell, and some around it.
func excerpt(source string, line int) string {
	lines := strings.Split(source, "\n")
	var b strings.Builder
	for n := max(1, line-around); n <= min(len(lines), line+around); n++ {
		if n == line {
			fmt.Fprintf(&b, "%s→ %3d  %s%s\n", bold, n, lines[n-1], reset)
		} else {
			fmt.Fprintf(&b, "  %3d  %s\n", n, lines[n-1])
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// stack is the trace of a panic, with places in cells in place of those in the
// program that was made of them.
func (j judge) stack() string {
	var b strings.Builder
	on := false
	for line := range strings.Lines(ansi.ReplaceAllString(j.Stderr, "")) {
		line = strings.TrimRight(line, "\n")
		on = on || isPanic(line)
		if !on || isExit(line) {
			continue
		}
		if m := inStderr.FindStringSubmatch(line); m != nil {
			place := judge{&Failure{}, j.cells, Report{}}
			place.at(m)
			if place.Line > 0 {
				line = fmt.Sprintf("\tcell %d, line %d", place.In, place.Line)
			}
		} else if m := inMain.FindStringSubmatch(line); m != nil {
			place := judge{&Failure{}, j.cells, Report{}}
			if place.guess(m[1], m[2]); place.Line > 0 {
				line = fmt.Sprintf("\tcell %d, line %d", place.In, place.Line)
			}
		}
		b.WriteString(line + "\n")
	}
	return strings.TrimSpace(b.String())
}

// isPanic reports whether a line begins what Go's runtime says when it ends a
// program.
func isPanic(line string) bool {
	return strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ")
}

// PanicAt is the place in a text on standard error at which the words of a
// panic begin, -1 if there is none. start says that the text begins a line.
func PanicAt(text string, start bool) int {
	at := 0
	for line := range strings.Lines(text) {
		if (start || at > 0) && isPanic(line) {
			return at
		}
		at += len(line)
	}
	return -1
}
