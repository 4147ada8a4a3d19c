package shim

import (
	_ "embed"
	"os"
	"path/filepath"
)

// KernelDirEnv names the variable with the folder of the kernel's own files,
// by which it and the cells tell each other things.
const KernelDirEnv = "CIRCUITBOOK_KERNEL_DIR"

// noInput is the file that says that nobody is there to type. GoNB connects the
// standard input of a cell to a pipe that it never closes, so that a cell that
// reads would wait for ever.
const noInput = "no-input"

// waitedFor is the file that says that another cell waits for the end of the running
// one: what shows something for a person to turn ends then.
const waitedFor = "waited-for"

// SetWaitedFor tells the running cell of the kernel with the folder dir whether another
// waits for its end.
func SetWaitedFor(dir string, waits bool) error { return setFile(dir, waitedFor, waits) }

// SetInput tells the shims of the kernel with the folder dir whether what
// reads its standard input in the next cell will be given something.
func SetInput(dir string, given bool) error { return setFile(dir, noInput, !given) }

// setFile has an empty file be there or not.
func setFile(dir, name string, there bool) error {
	name = filepath.Join(dir, name)
	if there {
		return os.WriteFile(name, nil, 0o600)
	}
	return removed(name)
}

// mayRead reports what SetInput was told last.
func mayRead() bool {
	_, err := os.Stat(filepath.Join(os.Getenv(KernelDirEnv), noInput))
	return err != nil
}

// inputName sorts before GoNB's main.go: Go initialises the variables of a
// package in the order of its files, so that no cell reads earlier.
const inputName = "circuitbook_input.go"

// inputSource is compiled into a cell without input.
//
//go:embed input.go.txt
var inputSource []byte

// endInput has the cell in the working directory compiled with an empty input,
// or with GoNB's.
func endInput(empty bool) error {
	if empty {
		return os.WriteFile(inputName, inputSource, 0o644)
	}
	return removed(inputName)
}
