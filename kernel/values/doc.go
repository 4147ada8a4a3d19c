// Package values keeps what the statements of a cell leave behind for the cells
// after it. A cell is a program: at its end [Keep] writes its variables, and the
// program of a later cell that uses one begins with [Load]. The kernel puts both
// calls into the programs.
//
// Kept is every value that can be written and read back whole: numbers, strings,
// slices, arrays, maps, pointers, interfaces and structs of these. Pointers to one
// thing within a variable stay pointers to one thing, cycles included; two variables
// that share something become two values. Fields that are not exported are kept
// where the cells declare their type; a struct of another package with such fields
// is kept if it has its own marshalling: binary, gob or text, in this order. What
// is none of these is noted with the reason.
package values
