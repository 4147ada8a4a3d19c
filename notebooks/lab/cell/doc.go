// Package cell is what verbs and studies of notebooks are made with: an error ends the
// cell with a line, an interrupt ends the work, what takes over a second shows a bar, and a
// [Result] shows figures and states numbers.
package cell
