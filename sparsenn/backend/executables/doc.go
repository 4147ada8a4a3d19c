// Package executables keeps what XLA compiles for the CPU on disk, so that a
// program is compiled once on a machine and not once in every process.
//
// A notebook cell is a process of its own, and XLA takes seconds over the
// programs of a model; what it made of one can be loaded again in a fraction of
// that. PJRT, XLA's C interface, can write and read compiled programs, but go-xla
// does not offer it. So [Keep] puts a function of ours where the plugin's table
// has the one that compiles: it looks the program up in a [Store], and compiles
// and stores it if it is not there. A program that was loaded computes the same
// bits as the one that was compiled.
//
// What is stored holds for exactly one plugin, one model of CPU, one number of
// processors and one setting of XLA; the name of the file is a hash of these and
// of the program with its options. Whatever goes wrong about the store, the
// program is compiled as if there were none.
package executables
