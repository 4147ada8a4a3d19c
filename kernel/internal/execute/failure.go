package execute

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"circuitbook/kernel/internal/notebook"
)

// A Failure is a cell that did not do what it should.
type Failure struct {
	Cell    int    // the cell's number, as Jupyter shows it: from 1, of the code cells
	Line    int    // the line in the cell, from 1; 0 if it is not known
	In      int    // the number of the cell that the line is in, if it is another one
	Message string // what went wrong, in one or a few lines
}

// Error returns "cell 3, line 2: message".
func (f *Failure) Error() string {
	where := fmt.Sprintf("cell %d", f.Cell)
	switch {
	case f.In != 0 && f.Line > 0:
		where += fmt.Sprintf(" (in what cell %d, line %d declares)", f.In, f.Line)
	case f.Line > 0:
		where += fmt.Sprintf(", line %d", f.Line)
	}
	return where + ": " + f.Message
}

var (
	ansi = regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")
	// Where GoNB says a line is: in a compiler's message, and in the trace of
	// a panic.
	inTraceback = regexp.MustCompile(`^Cell\[(\d+)\]: Line (\d+)$`)
	inStderr    = regexp.MustCompile(`\[\[ Cell \[(\d+)\] Line (\d+) \]\]`)
	inMain      = regexp.MustCompile(`(/[^\s"]*/gonb_[0-9a-f]{8}/main(?:_test)?\.go):(\d+)`)
	compileLine = regexp.MustCompile(`^(?:\./)?main(?:_test)?\.go:\d+:\d+: (.*)$`)
	parseLine   = regexp.MustCompile(`main(?:_test)?\.go:\d+:\d+: (.*)$`)
	unknown     = regexp.MustCompile(`^"(%.*)" unknown or not implemented yet\.$`)
	testFailed  = regexp.MustCompile(`(?m)^\s*--- FAIL: .*$`)
)

// judge returns how the last of the cells with the given sources failed, nil
// if it did not: GoNB's own verdict, and what it keeps silent about.
func judge(sources []string, e event) *Failure {
	f := &Failure{Cell: len(sources)}
	switch e.Status {
	case "ok":
		return silent(f, sources[len(sources)-1], e.Suspects)
	case "error":
		// GoNB takes the text below a magic that it does not know for Go: what
		// the compiler says of it is of no use.
		if !f.noMagic(commands(sources[len(sources)-1]), e.Suspects) {
			f.describe(e, sources)
		}
	case "timeout":
		f.Message = "took longer than the limit for a cell"
	case "dead":
		f.Message = "the kernel died"
	case "stuck":
		f.Message = "did not end after it was interrupted"
	default:
		f.Message = strings.TrimSpace("the kernel could not be talked to: " + e.Evalue)
	}
	return f
}

// silent looks for what GoNB reports only as text on standard error, while
// the cell counts as done: shell commands and scripts that failed, and magics
// that do not exist.
func silent(f *Failure, source string, suspects []string) *Failure {
	var shell []command
	all := commands(source)
	for _, c := range all {
		if c.isShell() {
			shell = append(shell, c)
		}
	}
	if f.noMagic(all, suspects) {
		return f
	}
	for _, text := range suspects {
		if unknown.MatchString(text) {
			continue
		}
		if len(shell) == 0 {
			continue // the cell printed it itself
		}
		f.Message = strings.TrimSpace(strings.ReplaceAll(text, "^C\n", "interrupted: "))
		if len(shell) == 1 {
			f.Line = shell[0].Line
			f.Message = fmt.Sprintf("%s: %s", firstLine(shell[0].Text), f.Message)
		} else {
			var lines []string
			for _, c := range shell {
				lines = append(lines, strconv.Itoa(c.Line))
			}
			f.Message = fmt.Sprintf("one of the commands in lines %s failed: %s", strings.Join(lines, ", "), f.Message)
		}
		return f
	}
	return nil
}

// noMagic fills in which of the cell's commands is a magic that GoNB said not
// to know, and reports whether there is one.
func (f *Failure) noMagic(all []command, suspects []string) bool {
	for _, text := range suspects {
		m := unknown.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		for _, c := range all {
			if c.Text[0] != '%' || "%"+firstWord(c.Text[1:]) != m[1] {
				continue
			}
			f.Line, f.Message = c.Line, fmt.Sprintf("there is no magic %s", m[1])
			if strings.HasPrefix(m[1], "%%") {
				f.Message += "; a cell can be for " + strings.Join(cellMagics, ", ")
			}
			return true
		}
	}
	return false
}

// describe fills in what an error reply and the outputs say.
func (f *Failure) describe(e event, sources []string) {
	value := strings.TrimSpace(notebook.CleanText(ansi.ReplaceAllString(e.Evalue, "")))
	f.Message = value
	for _, entry := range e.Traceback {
		for line := range strings.Lines(ansi.ReplaceAllString(entry, "")) {
			if m := inTraceback.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
				f.at(m)
				break
			}
		}
		if f.Line > 0 {
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
		f.Message = strings.Join(found[:min(3, len(found))], "\n")
		return
	}
	// The program ran and failed: its own words are on standard error.
	var stderr, stdout strings.Builder
	for _, out := range e.Outputs[e.Cell] {
		m, _ := out.(map[string]any)
		text, _ := m["text"].(string)
		if m["name"] == "stderr" {
			stderr.WriteString(text)
		} else if m["output_type"] == "stream" {
			stdout.WriteString(text)
		}
	}
	said := ansi.ReplaceAllString(stderr.String(), "")
	for line := range strings.Lines(said) {
		if f.Line > 0 {
			break
		}
		if m := inStderr.FindStringSubmatch(line); m != nil {
			f.at(m)
		} else if m := inMain.FindStringSubmatch(line); m != nil {
			f.guess(m[1], m[2], sources)
		}
	}
	if line := testFailed.FindString(stdout.String()); line != "" {
		f.Message = strings.TrimSpace(line)
		return
	}
	var last string
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			f.Message = line
			return
		}
		if line != "" && line != value {
			last = line
		}
	}
	if last != "" && value != "signal: interrupt" {
		f.Message = fmt.Sprintf("%s (%s)", notebook.CleanText(last), value)
	}
}

// at takes the cell and the line from a match.
func (f *Failure) at(m []string) {
	cell, _ := strconv.Atoi(m[1])
	f.Line, _ = strconv.Atoi(m[2])
	if cell != f.Cell {
		f.In = cell
	}
}

// guess finds the line of a program's source in the cells. GoNB notes where a
// line of a trace comes from only if it reads the line in one piece, which a
// slow machine does not always let it.
func (f *Failure) guess(file, number string, sources []string) {
	data, err := os.ReadFile(file)
	n, bad := strconv.Atoi(number)
	lines := strings.Split(string(data), "\n")
	if err != nil || bad != nil || n < 1 || n > len(lines) {
		return
	}
	text := strings.TrimSpace(lines[n-1])
	for cell := len(sources); cell > 0 && text != ""; cell-- {
		for i, line := range strings.Split(sources[cell-1], "\n") {
			if strings.TrimSpace(line) != text {
				continue
			}
			f.Line = i + 1
			if cell != f.Cell {
				f.In = cell
			}
			return
		}
	}
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}
