package failure

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"circuitbook/kernel/internal/cell"
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
func (j diagnosis) trace() {
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
		if stack := j.stack(); stack != "" {
			j.Trace = append(j.Trace, stack)
		}
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

// maxFrames is how many calls of a panic are told.
const maxFrames = 12

// framePlace is where a line of a trace says that a call is.
var framePlace = regexp.MustCompile(`^\s+.*?([^/\s]+\.go:\d+)(?: \+0x[0-9a-f]+)?$`)

// stack lists the calls that led to a panic, the last first, if there is more to
// tell than the line that is shown: those in cells by their places, those in
// packages by their names. Those of Go's runtime are left out.
func (j diagnosis) stack() string {
	var list []string
	function := ""
	on := false // in the trace of what panicked, which is the first
	said := ansi.ReplaceAllString(j.Stderr, "")
	if at := PanicAt(said, true); at > 0 {
		said = said[at:]
	}
	inCells := 0
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "goroutine "):
			if on {
				return told(list, inCells)
			}
			on = true
		case !on || line == "":
		case line[0] != '\t' && line[0] != ' ':
			function = line
		case function != "":
			if place, mine := j.frame(function, line); place != "" && (len(list) == 0 || list[len(list)-1] != place) {
				list = append(list, place)
				if mine {
					inCells++
				}
			}
			function = ""
		}
		if on && line == "" && len(list) > 0 {
			break
		}
	}
	return told(list, inCells)
}

// told lays out a list of calls; one place in a cell alone is shown already.
func told(list []string, inCells int) string {
	if len(list) == inCells && inCells < 2 {
		return ""
	}
	more := len(list) - maxFrames
	if more > 0 {
		list = append(list[:maxFrames:maxFrames], fmt.Sprintf("and %d more", more))
	}
	return "  " + strings.Join(list, "\n  ")
}

// frame says in which function, and where, a line of a trace is; "" if it says
// nothing to a person. mine says that it is in a cell.
func (j diagnosis) frame(function, line string) (text string, mine bool) {
	name, started := strings.CutPrefix(function, "created by ")
	name, _, _ = strings.Cut(name, " in goroutine ")
	if strings.HasSuffix(name, ")") { // its arguments
		name = name[:strings.LastIndexByte(name, '(')+1]
		name = strings.TrimSuffix(name, "(")
	}
	name = name[strings.LastIndexByte(name, '/')+1:]
	if strings.Contains(name, cell.ResultFunc) {
		return "", false
	}
	place := diagnosis{&Failure{}, j.cells, Report{}}
	if m := inStderr.FindStringSubmatch(line); m != nil {
		place.at(m)
	}
	if m := inMain.FindStringSubmatch(line); m != nil && place.Line == 0 {
		place.guess(m[1], m[2])
	}
	switch {
	case place.Line > 0:
		text = fmt.Sprintf("cell %d, line %d", place.In, place.Line)
		if own, ok := strings.CutPrefix(name, "main."); ok && own != "main" && own != "init" && !strings.HasPrefix(own, "main.") && !strings.HasPrefix(own, "init.") {
			text += ", in " + own
		}
		if started {
			text += ", which started it"
		}
		return text, true
	case strings.HasPrefix(name, "main.") || strings.HasPrefix(name, "runtime.") || name == "panic" || started:
		return "", false
	}
	if m := framePlace.FindStringSubmatch(line); m != nil {
		return fmt.Sprintf("in %s (%s)", name, m[1]), false
	}
	return "in " + name, false
}

// testPlace finds the line of a cell that a line of its tests is from.
func testPlace(cells []Known, dir, number string) *Failure {
	place := diagnosis{&Failure{}, cells, Report{}}
	names, _ := filepath.Glob(filepath.Join(dir, "gonb_*", "main_test.go"))
	for _, name := range names {
		place.guess(name, number)
	}
	return place.Failure
}

// TestPlaces puts lines of cells in the place of those of the program that is
// made of a cell with tests, in what the tests say.
func TestPlaces(cells []Known, dir, text string) string {
	return testLine.ReplaceAllStringFunc(text, func(line string) string {
		m := testLine.FindStringSubmatch(line)
		if place := testPlace(cells, dir, m[2]); place.Line > 0 {
			return fmt.Sprintf("%scell %d, line %d: %s", m[1], place.In, place.Line, m[3])
		}
		return m[1] + m[3]
	})
}

// overflow begins what Go's runtime says before it ends a program whose calls
// are nested too deep.
const overflow = "runtime: goroutine stack exceeds "

// isPanic reports whether a line begins what Go's runtime says when it ends a
// program.
func isPanic(line string) bool {
	return strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, overflow)
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
