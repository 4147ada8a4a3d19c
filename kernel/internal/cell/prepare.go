package cell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// ResultFunc is the function to which a prepared cell gives the value of its
// last expression. It is compiled into the cells that call it.
const ResultFunc = "circuitbookResult"

// A Prepared is a cell as GoNB is given it.
type Prepared struct {
	Source string         // what GoNB is given
	Lines  []int          // for each line of Source the line of the cell that it is from, 0 for none
	Locals map[string]int // names that have a value in this cell only, with the line that declares them
	Result int            // the line of the expression whose value is the result, 0 for none
}

// Line is the line of the cell that a line of Source is from, both from 1;
// 0 if there is none.
func (p Prepared) Line(n int) int {
	if n < 1 || n > len(p.Lines) {
		return 0
	}
	return p.Lines[n-1]
}

// mainMagics make what follows them, or what they name, the program.
var mainMagics = []string{"%%", "%main", "%exec", "%test", "%wasm"}

// Prepare makes the cell that GoNB is given from one that a person wrote.
//
//  1. A cell that is not Go, one that only declares, and one that says %test,
//     %exec or %wasm is given as it is.
//  2. A cell of GoNB's own form, with %% or %main, is given as it is, but for a
//     last line that is an expression and not a call: that is the result.
//  3. In any other cell imports, functions, methods, types and constants are
//     declarations, wherever they stand, and var above the first statement is
//     one too. The rest are the statements of the program, in their order:
//     variables among them, and types and constants that use these, are
//     theirs. A variable of the statements need not be used.
//  4. The last statement, if it is an expression, is the result, unless a
//     semicolon follows it or it is a call of a function that returns nothing
//     or that prints. void tells which functions of the notebook return nothing.
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
	for _, c := range all {
		switch name := c.Name(); {
		case name == "%%" || name == "%main":
			p.stock(goText, c)
			return p
		case slices.Contains(mainMagics, name):
			return p
		}
	}
	items, _ := split(goText)
	if !slices.ContainsFunc(items, func(i item) bool { return i.kind == statement }) {
		return p
	}
	p.plain(goText, all, items, void)
	return p
}

// withoutCommands blanks the lines that are GoNB's, and those that name a
// package, which GoNB does not look at.
func withoutCommands(source string, all []Command) string {
	lines := strings.Split(source, "\n")
	blank := func(i int) { lines[i] = strings.Repeat(" ", len(lines[i])) }
	for _, c := range all {
		for i := c.Line; i < c.Next; i++ {
			blank(i - 1)
		}
	}
	for i, line := range lines {
		if FirstWord(line) == "package" {
			blank(i)
		}
	}
	return strings.Join(lines, "\n")
}

// stock prepares a cell whose statements follow the command c.
func (p *Prepared) stock(goText string, c Command) {
	at := 0
	for range c.Next - 1 {
		at += strings.IndexByte(goText[at:], '\n') + 1
	}
	if c.Next > len(p.Lines) {
		return // there are none
	}
	body := goText[at:]
	items, ok := split(body)
	for _, i := range items {
		for _, name := range locals(body[i.first:i.end]) {
			p.Locals[name] = c.Next - 1 + lineOf(body, i.first)
		}
	}
	if !ok || len(items) == 0 {
		return
	}
	last := items[len(items)-1]
	expr := body[last.first:last.end]
	if last.kind != statement || last.closed || callee(expr) != "" || !isResult(expr, nil) {
		return
	}
	p.Result = c.Next - 1 + lineOf(body, last.first)
	p.Source = p.Source[:at+last.first] + ResultFunc + "(" + expr + ")" + p.Source[at+last.end:]
}

// plain prepares a cell of declarations and statements.
func (p *Prepared) plain(goText string, all []Command, items []item, void func(string) bool) {
	var out, body builder
	lines := strings.Split(p.Source, "\n")
	for _, c := range all {
		out.add(strings.Join(lines[c.Line-1:c.Next-1], "\n"), c.Line)
	}
	names := map[string]bool{}
	var order []string // of names
	started := false
	for n, i := range items {
		text, own := goText[i.start:i.end], goText[i.first:i.end]
		line := lineOf(goText, i.start)
		switch i.kind {
		case importing, function:
			out.add(text, line)
			continue
		case typing, constant:
			if !mentions(own, names) {
				out.add(text, line)
				continue
			}
		case variable:
			if !started {
				out.add(text, line)
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
	out.add("%%", 0)
	out.text, out.lines = append(out.text, body.text...), append(out.lines, body.lines...)
	if len(order) > 0 {
		out.add(strings.Repeat("_, ", len(order)-1)+"_ = "+strings.Join(order, ", "), 0)
	}
	p.Source, p.Lines = strings.Join(out.text, "\n"), out.lines
}

// A builder collects lines with the lines that they are from.
type builder struct {
	text  []string
	lines []int
}

// add adds text that begins on a line, 0 if it is from none.
func (b *builder) add(text string, line int) {
	for i, l := range strings.Split(text, "\n") {
		if strings.HasPrefix(l, "package") {
			l = " " + l // GoNB drops what begins so, and takes it for a clause
		}
		from := line
		if from > 0 {
			from += i
		}
		b.text, b.lines = append(b.text, l), append(b.lines, from)
	}
}

// printers are the packages of functions whose results nobody looks at, by
// the beginnings of the functions' names.
var printers = map[string][]string{
	"fmt": {"Print", "Fprint"},
	"log": {""},
}

// silent are the predeclared functions that are called for what they do.
var silent = []string{"print", "println", "panic", "close", "delete", "clear", "copy"}

// isResult reports whether the text is an expression with a value to show.
func isResult(text string, void func(string) bool) bool {
	if _, err := parser.ParseExpr(text); err != nil {
		return false
	}
	name := callee(text)
	if name == "" {
		return true
	}
	if slices.Contains(silent, name) || (void != nil && void(name)) {
		return false
	}
	pkg, member, _ := strings.Cut(name, ".")
	return !slices.ContainsFunc(printers[pkg], func(prefix string) bool { return strings.HasPrefix(member, prefix) })
}

// callee is the name of the function that an expression calls, as written;
// "func" if it has none, and "" if the expression is no call.
func callee(text string) string {
	expr, err := parser.ParseExpr(text)
	if err != nil {
		return ""
	}
	call, ok := ast.Unparen(expr).(*ast.CallExpr)
	if !ok {
		return ""
	}
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return "func"
}

// Names are what a cell declares for the cells after it, and the functions
// among them that return nothing.
func Names(source string) (names []string, void []string) {
	if IsForeign(source) {
		return nil, nil
	}
	all := Commands(source)
	goText := withoutCommands(source, all)
	for _, c := range all {
		if name := c.Name(); name == "%%" || name == "%main" { // statements follow
			goText = strings.Join(strings.Split(goText, "\n")[:c.Line-1], "\n")
			break
		}
	}
	items, _ := split(goText)
	started := false
	for _, i := range items {
		if i.kind == statement {
			started = true
			continue
		}
		if i.kind == importing || i.kind == variable && started {
			continue
		}
		f := file(goText[i.first:i.end], false)
		if f == nil {
			continue
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name != "main" {
					names = append(names, d.Name.Name)
					if d.Type.Results.NumFields() == 0 {
						void = append(void, d.Name.Name)
					}
				}
			case *ast.GenDecl:
				names = append(names, specNames(d)...)
			}
		}
	}
	return names, void
}

// specNames are the names that a declaration of types, constants or variables
// gives.
func specNames(d *ast.GenDecl) (names []string) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			names = append(names, s.Name.Name)
		case *ast.ValueSpec:
			for _, id := range s.Names {
				if id.Name != "_" && token.IsIdentifier(id.Name) {
					names = append(names, id.Name)
				}
			}
		}
	}
	return names
}

// Declaration is the text by which a cell declares the name, with the comment
// before it, "" if it does not.
func Declaration(source, name string) string {
	if IsForeign(source) || name == "" {
		return ""
	}
	goText := withoutCommands(source, Commands(source))
	items, _ := split(goText)
	for _, i := range items {
		if i.kind == importing {
			continue
		}
		own := goText[i.first:i.end]
		declares := slices.Contains(locals(own), name)
		if i.kind != statement {
			names, _ := Names(own)
			declares = declares || slices.Contains(names, name)
		}
		if declares {
			return strings.TrimSpace(goText[i.start:i.end])
		}
	}
	return ""
}
