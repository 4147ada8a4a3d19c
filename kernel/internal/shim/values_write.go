package shim

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"circuitbook/kernel/internal/cell"
	"circuitbook/kernel/values"
)

// A valuesWriter writes the file that is compiled beside a cell's.
type valuesWriter struct {
	imports map[string]string // import paths with the names under which they are imported
	body    strings.Builder
	local   []string // the types of the statements
	keeps   bool
}

func loadName(name string) string { return "circuitbookKept_" + name }

// pkg is the name under which a package is imported.
func (w *valuesWriter) pkg(path string) string {
	if w.imports[path] == "" {
		w.imports[path] = "circuitbookPkg" + strconv.Itoa(len(w.imports))
	}
	return w.imports[path]
}

const valuesPath = "circuitbook/kernel/values"

// source is a type as it stands in the file.
func (w *valuesWriter) source(expr string) string { return values.Source(expr, w.pkg) }

// load adds the function that loads a value.
func (w *valuesWriter) load(h values.Header) {
	expr := w.source(h.Expr)
	var holds strings.Builder
	for _, held := range h.Holds {
		fmt.Fprintf(&holds, ", %s.TypeFor[%s]()", w.pkg("reflect"), w.source(held.Expr))
	}
	fmt.Fprintf(&w.body, "func %[1]s(...func()) %[2]s { return %[3]s.Load[%[2]s](%[4]q, %[5]d%[6]s) }\n", loadName(h.Name), expr, w.pkg(valuesPath), h.Name, h.Cell, holds.String())
}

// variable adds the variable that a value of the statements is in another cell.
func (w *valuesWriter) variable(name string) {
	fmt.Fprintf(&w.body, "var %s = %s()\n", name, loadName(name))
}

// zero adds a function whose result nobody looks at, for the value of a variable
// that the program does not mention, and returns its name.
func (w *valuesWriter) zero(h values.Header) string {
	name := "circuitbookZero_" + h.Name
	fmt.Fprintf(&w.body, "func %s(...func()) (v %s) { return v }\n", name, w.source(h.Expr))
	return name
}

// String is the file, "" if it is not needed.
func (w *valuesWriter) String() string {
	if w.keeps {
		fmt.Fprintf(&w.body, keepSource, w.pkg(valuesPath), w.pkg("fmt"), w.pkg("os"))
		if len(w.local) > 0 {
			fmt.Fprintf(&w.body, "func init() { %s.Local = %#v }\n", w.pkg(valuesPath), w.local)
		}
	}
	if w.body.Len() == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n")
	for _, path := range slices.Sorted(maps.Keys(w.imports)) {
		fmt.Fprintf(&b, "\t%s %q\n", w.imports[path], path)
	}
	b.WriteString(")\n\n" + w.body.String())
	return b.String()
}

// keepSource keeps a variable, or ends the program.
const keepSource = "func " + cell.KeepFunc + `[T any](name, spec string, v T) {
	if err := %s.Keep(name, spec, v); err != nil {
		%s.Fprintln(%[3]s.Stderr, err)
		%[3]s.Exit(1)
	}
}
`
