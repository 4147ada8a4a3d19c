package failure

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"circuitbook/kernel/internal/cell"
	"circuitbook/kernel/internal/notebook"
)

// maxComplaints is how many of the compiler's errors are told.
const maxComplaints = 3

// A judge fills in a failure.
type judge struct {
	*Failure
	cells []Known
	Report
}

// describe fills in what an error reply and the outputs say.
func (j judge) describe() {
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
	for line := range strings.Lines(value) {
		line = strings.TrimSpace(line)
		if m := compileLine.FindStringSubmatch(line); m != nil {
			found = append(found, m[1])
		} else if m := parseLine.FindStringSubmatch(line); m != nil {
			found = append(found, m[1])
		}
	}
	if len(found) > 0 {
		j.Name = Compile
		j.Message = strings.Join(found[:min(maxComplaints, len(found))], "\n")
		j.hint(found[0])
		return
	}
	if !isExit(value) {
		if len(j.commands()) > 0 {
			j.Name = Magic // its arguments
		}
		return
	}
	// The program ran and failed: its own words are on standard error.
	j.Name = Exited
	said := ansi.ReplaceAllString(j.Stderr, "")
	for line := range strings.Lines(said) {
		if j.Line > 0 {
			break
		}
		if m := inStderr.FindStringSubmatch(line); m != nil {
			j.at(m)
		} else if m := inMain.FindStringSubmatch(line); m != nil {
			j.guess(m[1], m[2])
		}
	}
	if line := testFailed.FindString(j.Stdout); line != "" {
		j.Name, j.Message = TestFailed, strings.TrimSpace(line)
		return
	}
	var last string
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			j.Name, j.Message = Panicked, line
			return
		}
		if line != "" && line != value {
			last = line
		}
	}
	if last != "" && value != "signal: interrupt" {
		j.Message = fmt.Sprintf("%s (%s)", notebook.CleanText(last), value)
	}
}

// isExit reports whether a value is how a program ended.
func isExit(value string) bool {
	return strings.HasPrefix(value, "exit status ") || strings.HasPrefix(value, "signal: ")
}

func (j judge) commands() []cell.Command { return cell.Commands(j.cells[len(j.cells)-1].Source) }

// at takes the cell and the line from a match.
func (j judge) at(m []string) {
	id, _ := strconv.Atoi(m[1])
	line, _ := strconv.Atoi(m[2])
	j.set(id, line)
}

// set takes a line of a cell as GoNB got it, by GoNB's number of the cell.
func (j judge) set(id, line int) {
	if id < 1 || id > len(j.cells) {
		return
	}
	c := j.cells[id-1]
	if j.Line = c.Prepared.Line(line); j.Line > 0 && c.Number != j.Cell {
		j.In = c.Number
	}
}

// guess finds the line of a program's source in the cells. GoNB notes where a
// line of a trace comes from only if it reads the line in one piece, which a
// slow machine does not always let it.
func (j judge) guess(file, number string) {
	data, err := os.ReadFile(file)
	n, bad := strconv.Atoi(number)
	lines := strings.Split(string(data), "\n")
	if err != nil || bad != nil || n < 1 || n > len(lines) {
		return
	}
	text := strings.TrimSpace(lines[n-1])
	for id := len(j.cells); id > 0 && text != ""; id-- {
		for i, line := range strings.Split(j.cells[id-1].Prepared.Source, "\n") {
			if strings.TrimSpace(line) == text {
				j.set(id, i+1)
				return
			}
		}
	}
}

// hint adds to the message what a name that is not defined was: a variable of
// the statements of this cell, or of an earlier one.
func (j judge) hint(complaint string) {
	name, ok := strings.CutPrefix(complaint, "undefined: ")
	if !ok {
		return
	}
	for i, c := range slices.Backward(j.cells) {
		line, local := c.Prepared.Locals[name]
		switch {
		case local && i == len(j.cells)-1 && j.Line > 0 && j.In == 0 && line <= j.Line:
			j.Message += fmt.Sprintf("\n%s is a variable of the statements (line %d), and functions and declarations do not see it: "+
				"give it to the function as an argument", name, line)
			return
		case local && i < len(j.cells)-1:
			j.Message += fmt.Sprintf("\n%s had its value in cell %d (line %d) only: each cell is a program of its own, and values end with it. "+
				"Make it again in this cell, move what makes it into a function, or declare it alone in a cell as var %s = ..., "+
				"which every later cell evaluates anew; what is expensive belongs into a run", name, c.Number, line, name)
			return
		}
		if names, _ := cell.Names(c.Source); slices.Contains(names, name) {
			return // it was declared since, and removed
		}
	}
}
