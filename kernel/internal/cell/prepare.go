package cell

import (
	"slices"
	"strings"
)

// ResultFunc is the function to which a prepared cell gives the value of its
// last expression. It is compiled into the cells that call it.
const ResultFunc = "circuitbookResult"

// KeepFunc is the function to which a compiled cell gives the variables that it leaves
// behind, at the end of the line that ends it.
const KeepFunc = "circuitbookKeep"

// A Prepared is a cell as GoNB is given it.
type Prepared struct {
	Source  string         // what GoNB is given
	Lines   []int          // for each line of Source the line of the cell that it is from, 0 for none
	Locals  map[string]int // names that have a value in this cell only, with the line that declares them
	Result  int            // the line of the expression whose value is the result, 0 for none
	Body    int            // the line of Source below which the statements of the program stand, 0 if it has none
	Refusal *Refusal       // why GoNB is not to be given the cell, nil if it is
}

// A Refusal says what is wrong with a cell that GoNB would do something else
// with than it says.
type Refusal struct {
	Line    int // of the cell
	Message string
}

// Line is the line of the cell that a line of Source is from, both from 1;
// 0 if there is none.
func (p Prepared) Line(n int) int {
	if n < 1 || n > len(p.Lines) {
		return 0
	}
	return p.Lines[n-1]
}

// Normal is the source of a cell with the line ends that GoNB and Go know,
// whatever the front end writes, and without the mark that some editors put
// before a text. A raw string has no carriage returns in Go either.
func Normal(source string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(source, "\ufeff"))
}

// ownMain are the magics that make a program by themselves.
var ownMain = []string{"%exec", "%test", "%wasm"}

// Prepare makes the cell that GoNB is given from one that a person wrote.
//
//  1. A cell that is not Go is given as it is.
//  2. A cell of GoNB's own form, with %% or %main, is given as it is, but for a
//     last line that is an expression and not a call: that is the result.
//  3. A cell that only declares, and one that says %test, %exec or %wasm, is
//     given with its imports first.
//  4. In any other cell imports, functions, methods, types and constants are
//     declarations, wherever they stand, and var above the first statement is
//     one too. The rest are the statements of the program, in their order:
//     variables among them, and types and constants that use these, are
//     theirs. A variable of the statements need not be used.
//  5. The last statement, if it is an expression, is the result, unless a
//     semicolon follows it or it is a call of a function that returns nothing
//     or that prints. void tells which functions of the notebook return nothing.
//
// Whatever the form, what only looks like a command or a package clause is
// written so that GoNB takes it for Go, and means the same.
func Prepare(source string, void func(name string) bool) Prepared {
	p := Prepared{Source: source, Locals: map[string]int{}}
	for i := range strings.Count(source, "\n") + 1 {
		p.Lines = append(p.Lines, i+1)
	}
	if IsForeign(source) {
		return p
	}
	all := Commands(source)
	goText := withoutCommands(source, all)
	items, _ := split(goText)
	if text := spelled(goText, items); text != goText {
		goText = text
		items, _ = split(goText)
	}
	for _, c := range all {
		if c.opensProgram() {
			p.build(p.stock(goText, c), all)
			return p
		}
	}
	states := slices.ContainsFunc(items, func(i item) bool { return i.kind == statement })
	own := slices.ContainsFunc(all, func(c Command) bool { return slices.Contains(ownMain, c.Name()) })
	if own || !states && !importsLate(items) {
		p.build(goText, all)
		return p
	}
	p.plain(goText, all, items, void)
	return p
}

// importsLate reports whether an import follows what is none, which Go does
// not allow in a file.
func importsLate(items []item) bool {
	late := false
	for _, i := range items {
		if i.kind != importing {
			late = true
		} else if late {
			return true
		}
	}
	return false
}

// stock finds the locals and the result of a cell whose statements follow the
// command c, and returns its text with the result.
func (p *Prepared) stock(goText string, c Command) string {
	at := 0
	for range c.Next - 1 {
		at += strings.IndexByte(goText[at:], '\n') + 1
	}
	if c.Next > len(p.Lines) {
		return goText // there are none
	}
	body := goText[at:]
	items, ok := split(body)
	for _, i := range items {
		for _, name := range locals(body[i.first:i.end]) {
			p.Locals[name] = c.Next - 1 + lineOf(body, i.first)
		}
	}
	if !ok || len(items) == 0 {
		return goText
	}
	last := items[len(items)-1]
	expr := body[last.first:last.end]
	if last.kind != statement || last.closed || callee(expr) != "" || !isResult(expr, nil) {
		return goText
	}
	p.Result = c.Next - 1 + lineOf(body, last.first)
	return goText[:at+last.first] + ResultFunc + "(" + expr + ")" + goText[at+last.end:]
}

// build makes the cell of its text, the lines where they are, and its commands.
func (p *Prepared) build(goText string, all []Command) {
	var out builder
	out.add(goText, 1)
	for _, c := range all {
		for i := c.Line - 1; i < c.Next-1; i++ {
			out[i].text = ""
		}
		out[c.Line-1] = c.line()
	}
	if makesMain(all) && strings.TrimSpace(goText) == "" {
		out.add("//", 0) // GoNB runs nothing where there is no Go at all
	}
	p.finish(out)
}

// plain makes a cell of declarations and statements.
func (p *Prepared) plain(goText string, all []Command, items []item, void func(string) bool) {
	var commands, imports, declarations, body builder
	for _, c := range all {
		commands = append(commands, c.line())
	}
	names := map[string]bool{}
	var order []string // of names
	started := false
	for n, i := range items {
		text, own := goText[i.start:i.end], goText[i.first:i.end]
		line := lineOf(goText, i.start)
		switch i.kind {
		case importing:
			imports.add(text, line)
			continue
		case function:
			declarations.add(text, line)
			continue
		case typing, constant:
			if !mentions(own, names) {
				declarations.add(text, line)
				continue
			}
		case variable:
			if !started {
				declarations.add(text, line)
				continue
			}
		case statement:
			started = true
		}
		for _, name := range locals(own) {
			if !names[name] {
				names[name] = true
				order = append(order, name)
			}
			p.Locals[name] = lineOf(goText, i.first)
		}
		if n == len(items)-1 && i.kind == statement && !i.closed && isResult(own, void) {
			p.Result = lineOf(goText, i.first)
			text = goText[i.start:i.first] + ResultFunc + "(" + own + ")"
		}
		body.add(text, line)
	}
	out := slices.Concat(commands, imports, declarations)
	if started {
		out = append(out, line{"%%", 0, true})
		out = append(out, body...)
	}
	if len(order) > 0 {
		out.add(strings.Repeat("_, ", len(order)-1)+"_ = "+strings.Join(order, ", "), 0)
	}
	p.finish(out)
}

// finish takes the lines of the cell.
func (p *Prepared) finish(b builder) {
	b = b.disguised()
	p.Lines = nil
	for i, l := range b {
		p.Lines = append(p.Lines, l.from)
		if l.command && (Command{Text: l.text}).opensProgram() {
			p.Body = i + 1
		}
	}
	p.Source = b.text()
	p.Refusal = p.refusal()
}
