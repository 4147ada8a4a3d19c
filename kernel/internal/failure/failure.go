// Package failure says how a cell failed: it reads what GoNB, the compiler and
// the program said, finds the line of the cell that they mean, and puts it in
// words. A cell fails also where GoNB alone would call it done although a
// command in it failed.
package failure

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"circuitbook/kernel/internal/cell"
	"circuitbook/kernel/values"
)

// A Failure is a cell that did not do what it should.
type Failure struct {
	Cell    int      `json:"cell"` // the cell's number, as Jupyter shows it: from 1, of those that were executed
	Line    int      `json:"line"` // the line in the cell, from 1; 0 if it is not known
	In      int      `json:"in"`   // the number of the cell that the line is in, if it is another one
	Name    string   `json:"name"` // what kind of failure it is, in one word
	Message string   `json:"message"`
	Trace   []string `json:"-"` // what a front end shows of it
}

// Error returns "cell 3, line 2: message".
func (f *Failure) Error() string { return f.where() + ": " + f.Message }

func (f *Failure) where() string {
	where := fmt.Sprintf("cell %d", f.Cell)
	switch {
	case f.In != 0 && f.Line > 0:
		where += fmt.Sprintf(" (in what cell %d, line %d declares)", f.In, f.Line)
	case f.Line > 0:
		where += fmt.Sprintf(", line %d", f.Line)
	}
	return where
}

// Kinds of failures.
const (
	Compile     = "CompileError" // it is not a Go program
	Panicked    = "Panic"        // it panicked, or Go's runtime ended it
	Exited      = "ExitError"    // the program ended itself
	Shell       = "ShellError"   // a command or a script failed
	Magic       = "MagicError"   // GoNB has no such magic, or refuses its arguments
	TestFailed  = "TestFailure"  // a test of a %test cell failed
	Interrupted = "Interrupted"  // by the user
	Output      = "OutputError"  // what the cell displays cannot be shown
	Kernel      = "KernelError"  // of the machinery
)

// A Known is a cell that was executed, as it was and as GoNB got it.
type Known struct {
	Number   int // as Jupyter shows it
	Source   string
	Prepared cell.Prepared
}

// A Report is what is known about a cell after it ran.
type Report struct {
	Failed      bool     // GoNB says so
	Evalue      string   // what GoNB says
	Traceback   []string // and where
	Stdout      string   // the end of what the cell printed
	Stderr      string   // and of what it complained, panics included
	Suspects    []string // see IsSuspect
	Interrupted bool
	Result      string                   // an error that the cell's last expression returned, or that the cell checked
	At          string                   // FILE:LINE in the cell's program where it checked that, "" for its last expression
	Lost        []string                 // of what the cell displays, and why
	Dir         string                   // the kernel's folder, below which GoNB makes programs of cells
	Guide       Guide                    // who knows packages; may be nil
	Kept        map[string]values.Header // what earlier cells left behind; may be nil
}

var (
	ansi = regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")
	// What GoNB says when a command of a cell failed that it reports as done.
	suspect = regexp.MustCompile(`^(?:(?:\^C\n)?(?:exit status \d+|signal: [a-z ]+[^\n]*)\n|"%[^\n]*" unknown or not implemented yet\.)$`)
	// Where GoNB says a line is: in a compiler's message, and in the trace of
	// a panic.
	inTraceback = regexp.MustCompile(`^Cell\[(\d+)\]: Line (\d+)$`)
	inStderr    = regexp.MustCompile(`\[\[ Cell \[(\d+)\] Line (\d+) \]\]`)
	inMain      = regexp.MustCompile(`(/[^\s"]*/gonb_[0-9a-f]{8}/main(?:_test)?\.go):(\d+)`)
	compileLine = regexp.MustCompile(`^(?:\./)?main(?:_test)?\.go:\d+:\d+: (.*)$`)
	continued   = regexp.MustCompile(`^\t+(?:have|want) \(`) // of the complaint before it
	parseLine   = regexp.MustCompile(`main(?:_test)?\.go:\d+:\d+: (.*)$`)
	unknown     = regexp.MustCompile(`^"(%.*)" unknown or not implemented yet\.$`)
	special     = regexp.MustCompile("(?s)^executing special commands in cell: (.*)$")
	unsent      = regexp.MustCompile(`gonbui\.go:\d+\] (.+)\nfailed to write to GoNB pipe`)
	testLine    = regexp.MustCompile(`(?m)^(\s+)main_test\.go:(\d+): (.*)$`)
	testFailed  = regexp.MustCompile(`(?m)^\s*--- FAIL: .*$`)
)

// IsSuspect reports whether a text on standard error may be GoNB's word that a
// command failed, while it calls the cell done.
func IsSuspect(text string) bool { return len(text) < 500 && suspect.MatchString(text) }

// Diagnose returns how the last of the cells failed, nil if it did not: GoNB's own
// verdict, and what it keeps silent about. The cells are all that GoNB was
// given, in its order.
func Diagnose(cells []Known, r Report) *Failure {
	last := cells[len(cells)-1]
	if m := unsent.FindStringSubmatch(Plain(r.Stderr)); m != nil {
		r.Lost = append(r.Lost, m[1])
		if what, ok := strings.CutPrefix(m[1], "gob: type not registered for interface: "); ok {
			r.Lost = append(r.Lost, fmt.Sprintf("a display holds a %s, which can be sent only after gob.Register was given one", what))
		}
	}
	f := &Failure{Cell: last.Number}
	j := diagnosis{f, cells, r}
	all := cell.Commands(last.Source)
	switch {
	case r.Interrupted && (r.Failed || slices.ContainsFunc(r.Suspects, IsSuspect)):
		f.Name, f.Message = Interrupted, "interrupted"
	case r.Result != "" && r.Failed:
		f.Name, f.Line, f.Message = Exited, last.Prepared.Result, r.Result
		if file, number, ok := cutPlace(r.At); ok {
			f.Line = 0
			j.guess(file, number)
		}
	case f.noMagic(all, r.Suspects):
		// GoNB takes the text below a magic that it does not know for Go: what
		// the compiler says of it is of no use.
	case r.Failed:
		j.describe()
	case f.silent(all, r.Suspects):
	case len(r.Lost) > 0:
		f.Name = Output
	default:
		return nil
	}
	if len(r.Lost) > 0 {
		lost := "some of what the cell shows is lost: " + strings.Join(r.Lost, "\n")
		f.Message = strings.TrimSpace(f.Message + "\n" + lost)
	}
	j.trace()
	return f
}

// Refused says why a cell is not executed.
func Refused(c Known) *Failure {
	f := &Failure{Cell: c.Number, Line: c.Prepared.Refusal.Line, Name: Compile, Message: c.Prepared.Refusal.Message}
	diagnosis{f, []Known{c}, Report{}}.trace()
	return f
}

// silent looks for what GoNB reports only as text on standard error, while
// the cell counts as done: shell commands and scripts that failed.
func (f *Failure) silent(all []cell.Command, suspects []string) bool {
	var shell []cell.Command
	for _, c := range all {
		if c.IsShell() {
			shell = append(shell, c)
		}
	}
	for _, text := range suspects {
		if unknown.MatchString(text) || len(shell) == 0 {
			continue // the cell printed it itself
		}
		f.Name = Shell
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
		return true
	}
	return false
}

// noMagic fills in which of the cell's commands is a magic that GoNB said not
// to know, and reports whether there is one.
func (f *Failure) noMagic(all []cell.Command, suspects []string) bool {
	for _, text := range suspects {
		m := unknown.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		for _, c := range all {
			if c.Name() != m[1] {
				continue
			}
			f.Name, f.Line, f.Message = Magic, c.Line, fmt.Sprintf("there is no magic %s", m[1])
			if advice := magicHabits[strings.TrimLeft(m[1], "%")]; advice != "" {
				f.Message += "; " + advice
			} else if strings.HasPrefix(m[1], "%%") {
				f.Message += "; a cell can be for " + strings.Join(cell.Magics, ", ")
			} else {
				f.Message += "; %help tells which there are"
			}
			return true
		}
	}
	return false
}

// cutPlace splits FILE:LINE.
func cutPlace(at string) (file, line string, ok bool) {
	i := strings.LastIndexByte(at, ':')
	if i < 0 {
		return "", "", false
	}
	return at[:i], at[i+1:], true
}

// IsUnknownMagic reports whether a text on standard error is GoNB's word that
// it does not know a magic, and one that the cell has.
func IsUnknownMagic(text, source string) bool {
	m := unknown.FindStringSubmatch(text)
	return m != nil && slices.ContainsFunc(cell.Commands(source), func(c cell.Command) bool { return c.Name() == m[1] })
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// Plain is text without the codes that colour it.
func Plain(text string) string { return ansi.ReplaceAllString(text, "") }
