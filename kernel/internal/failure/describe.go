package failure

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"circuitbook/kernel/internal/cell"
	"circuitbook/kernel/internal/notebook"
)

// maxComplaints is how many of the compiler's errors are told.
const maxComplaints = 3

// A diagnosis fills in a failure.
type diagnosis struct {
	*Failure
	cells []Known
	Report
}

// describe fills in what an error reply and the outputs say.
func (j diagnosis) describe() {
	value := strings.TrimSpace(notebook.CleanText(ansi.ReplaceAllString(j.Evalue, "")))
	j.Message, j.Name = value, Kernel
	for _, entry := range j.Traceback {
		for line := range strings.Lines(ansi.ReplaceAllString(entry, "")) {
			if m := inTraceback.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
				j.at(m)
				break
			}
		}
		if j.Line > 0 {
			break
		}
	}
	var found []string
	for raw := range strings.Lines(value) {
		line := strings.TrimSpace(raw)
		if more := continued.FindString(raw); more != "" && len(found) > 0 {
			found[len(found)-1] += "\n  " + line
		} else if m := compileLine.FindStringSubmatch(line); m != nil {
			found = append(found, j.tidy(m[1]))
		} else if m := parseLine.FindStringSubmatch(line); m != nil {
			found = append(found, j.tidy(m[1]))
		}
	}
	if len(found) > 0 {
		j.Name = Compile
		j.Message = strings.Join(found[:min(maxComplaints, len(found))], "\n")
		j.advise(firstLine(found[0]))
		return
	}
	if !isExit(value) {
		j.refused(value)
		return
	}
	// The program ran and failed: its own words are on standard error.
	j.Name = Exited
	said := ansi.ReplaceAllString(j.Stderr, "")
	last, rest := words(said)
	if PanicAt(said, true) < 0 {
		j.find(rest)
	}
	j.find(said)
	if line := testFailed.FindString(j.Stdout); line != "" {
		j.Name, j.Message = TestFailed, strings.TrimSpace(line)
		j.complaints()
		return
	}
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			j.Name, j.Message = Panicked, panicText(said)
			j.crash(line)
			return
		}
	}
	switch {
	case value == "signal: interrupt":
	case last != "":
		last = notebook.CleanText(Places(j.cells, j.Dir, last))
		if m := inCell.FindStringSubmatch(last); m != nil { // as logs say
			number, _ := strconv.Atoi(m[1])
			line, _ := strconv.Atoi(m[2])
			if j.Line == 0 {
				if j.Line = line; number != j.Cell {
					j.In = number
				}
			}
			if j.Line == line {
				last = strings.TrimPrefix(last, m[0]+": ")
			}
		}
		j.Message = fmt.Sprintf("%s (%s)", last, value)
	case value == "signal: killed":
		j.Message = "the program was killed (signal: killed), as the system does where memory runs out"
	default:
		j.Message = "the program ended with " + value
	}
}

var (
	toResult = regexp.MustCompile(` in argument to ` + cell.ResultFunc + `|in call to ` + cell.ResultFunc + `, `)
	atPlace  = regexp.MustCompile(`(?:\./)?(main(?:_test)?\.go):(\d+)(?::\d+)?`)
	declared = regexp.MustCompile(` \(declared at main(?:_test)?\.go:\d+\)`)
)

// tidy is a complaint of the compiler without what the kernel added to the
// cell, and with places in cells.
func (j diagnosis) tidy(complaint string) string {
	complaint = toResult.ReplaceAllString(complaint, "")
	complaint = strings.ReplaceAll(complaint, cell.ResultFunc, "the cell's last value")
	complaint = atPlace.ReplaceAllStringFunc(complaint, func(found string) string {
		m := atPlace.FindStringSubmatch(found)
		return Places(j.cells, j.Dir, m[1]+":"+m[2])
	})
	return declared.ReplaceAllString(complaint, "")
}

// refused fills in what GoNB says of a command that it does not carry out.
func (j diagnosis) refused(value string) {
	all := j.commands()
	if len(all) == 0 {
		return
	}
	j.Name = Magic
	if m := special.FindStringSubmatch(value); m != nil {
		j.Message = m[1]
	}
	for _, c := range all {
		if name := c.Name(); len(all) == 1 || name != "" && (strings.Contains(value, "`"+name+" ") || strings.Contains(value, "`"+name+"`")) {
			j.Line = c.Line
			return
		}
	}
}

// maxPanic is how many lines of a panic's own words are told.
const maxPanic = 20

// panicText is what a panic says: all lines up to the traces.
func panicText(said string) string {
	var lines []string
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\n")
		switch {
		case len(lines) == 0 && (!isPanic(line) || strings.HasPrefix(line, overflow)):
			continue
		case strings.HasPrefix(line, "[signal "):
			continue
		case isExit(line) || strings.HasPrefix(line, "goroutine ") || line == "runtime stack:" || inMain.MatchString(line) || len(lines) == maxPanic:
			return strings.TrimSpace(strings.Join(lines, "\n"))
		}
		lines = append(lines, line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// complaints adds what the tests of a cell said, and takes the line from the
// first of it.
func (j diagnosis) complaints() {
	var told []string
	for _, m := range testLine.FindAllStringSubmatch(j.Stdout, -1) {
		if len(told) == 0 {
			if place := testPlace(j.cells, j.Dir, m[2]); place.Line > 0 {
				if j.Line = place.Line; place.In != j.Cell {
					j.In = place.In
				}
			}
		}
		if len(told) < maxComplaints {
			told = append(told, m[3])
		}
	}
	if len(told) > 0 {
		j.Message += "\n" + strings.Join(told, "\n")
	}
}

// isExit reports whether a value is how a program ended.
func isExit(value string) bool {
	return strings.HasPrefix(value, "exit status ") || strings.HasPrefix(value, "signal: ")
}

func (j diagnosis) commands() []cell.Command { return cell.Commands(j.cells[len(j.cells)-1].Source) }

// at takes the cell and the line from a match.
func (j diagnosis) at(m []string) {
	id, _ := strconv.Atoi(m[1])
	line, _ := strconv.Atoi(m[2])
	j.set(id, line)
}

// set takes a line of a cell as GoNB got it, by GoNB's number of the cell.
func (j diagnosis) set(id, line int) {
	if id < 1 || id > len(j.cells) {
		return
	}
	c := j.cells[id-1]
	if j.Line = c.Prepared.Line(line); j.Line > 0 && c.Number != j.Cell {
		j.In = c.Number
	}
}

// find takes the first place in a cell that the text names, if none is known.
func (j diagnosis) find(text string) {
	for line := range strings.Lines(text) {
		if j.Line > 0 {
			return
		}
		if m := inStderr.FindStringSubmatch(line); m != nil {
			j.at(m)
		} else if m := inMain.FindStringSubmatch(line); m != nil {
			j.guess(m[1], m[2])
		}
	}
}

// guess finds the line of a program's source in the cells. GoNB notes where a
// line of a trace comes from only if it reads the line in one piece, which a
// slow machine does not always let it.
func (j diagnosis) guess(file, number string) {
	data, err := os.ReadFile(file)
	n, bad := strconv.Atoi(number)
	lines := strings.Split(string(data), "\n")
	if err != nil || bad != nil || n < 1 || n > len(lines) {
		return
	}
	text := bare(lines[n-1])
	for id := len(j.cells); id > 0 && text != ""; id-- {
		for i, line := range strings.Split(j.cells[id-1].Prepared.Source, "\n") {
			if bare(line) == text {
				j.set(id, i+1)
				return
			}
		}
	}
}

// What keeps the variables of a cell stands around a return, or behind the last
// statement.
var (
	keepAround = regexp.MustCompile(`\{ ` + cell.KeepFunc + `\(.*?\); return \}`)
	keepBehind = regexp.MustCompile(`; ` + cell.KeepFunc + `\(.*\)`)
)

// bare is a line without what GoNB and the shim may have changed in it: space,
// the word before a declaration, which GoNB puts into a list, the call that takes a
// value that there is not, and those that keep values.
func bare(line string) string {
	line = keepBehind.ReplaceAllString(keepAround.ReplaceAllString(line, "return"), "")
	words := strings.Fields(strings.ReplaceAll(cell.Unnamed(line), cell.ResultFunc+"(", "("))
	if len(words) > 1 && slices.Contains([]string{"var", "const", "type"}, words[0]) {
		words = words[1:]
	}
	return strings.Join(words, "")
}

// hint adds to the message what a name that is not defined was: a variable of
// the statements of this cell, or of an earlier one. It reports whether it was.
func (j diagnosis) hint(complaint string) bool {
	name, ok := strings.CutPrefix(complaint, "undefined: ")
	if !ok {
		return false
	}
	if h, ok := j.Kept[name]; ok && j.Cell != h.Cell {
		typed := strings.ReplaceAll(h.Type, "main.", "")
		if h.Why != "" {
			j.Message += fmt.Sprintf("\n%s, of cell %d and of the type %s, was not kept: %s. Make it again in this cell, or have a function make it", name, h.Cell, typed, h.Why)
		} else {
			j.Message += fmt.Sprintf("\n%s, of cell %d, is of the type %s, and there is no such type any more: declare it again", name, h.Cell, typed)
		}
		return true
	}
	for i, c := range slices.Backward(j.cells) {
		line, local := c.Prepared.Locals[name]
		switch {
		case local && i == len(j.cells)-1 && j.Line > 0 && j.In == 0 && line <= j.Line:
			j.Message += fmt.Sprintf("\n%s is a variable of the statements (line %d), and functions and declarations do not see it: "+
				"give it to the function as an argument", name, line)
			return true
		case local && i < len(j.cells)-1:
			j.Message += fmt.Sprintf("\n%s, which cell %d makes (line %d), has no value: a cell that fails leaves none behind, and %%forget takes it away. Run that cell again", name, c.Number, line)
			return true
		}
		if names, _ := cell.Names(c.Source); slices.Contains(names, name) {
			return false // it was declared since, and removed
		}
	}
	return false
}
