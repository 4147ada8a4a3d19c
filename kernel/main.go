// The program circuitbook runs notebooks of Go cells against the engine, from
// the command line or as a Jupyter kernel. See circuitbook --help.
package main

import (
	"os"

	"circuitbook/kernel/internal/command"
)

func main() {
	os.Exit(command.Main(os.Args))
}
