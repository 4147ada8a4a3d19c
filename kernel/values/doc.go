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
// is kept if it has its own marshalling: binary, gob or text, in this order. A model, a
// circuit or a bridge of notebooks/lab is kept so, as the config that names its artifact.
// What is none of these is noted with the reason.
//
// A value is kept when its cell ends well; what deferred functions change after the
// last statement is not in it. An assignment keeps, and a name declared again with
// another type replaces the old one. Functions that cells declare use kept values like
// variables of their own package; a cell that declares such a name anew has its own,
// which those functions see from the next cell on. An imported package's name is the
// package. A variable outside of the statements is evaluated by its own cell, and has its
// value in later ones, but for what a flag of the program sets, and for those of cells of
// GoNB's own form, with %% or %main, which every cell evaluates anew, as in GoNB. %values lists what is
// kept, %forget removes it, %reset and a restart remove all. A type that a cell declares
// anew with other fields makes the old values unreadable, until their cells run again.
package values
