// Package typing says of which type the expressions in a cell are, what can
// follow a point after them, and what a name stands for: from the cell's text
// and those before it, however unfinished, by Go's own type checker and what
// the go command keeps of compiled packages. It compiles no cell.
package typing
