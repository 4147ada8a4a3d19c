package shim

import (
	_ "embed"
	"errors"
	"io/fs"
	"os"
)

// NoInputEnv names the variable that tells a kernel, if it is not empty, that
// nobody is there to type. GoNB connects the standard input of a cell to a pipe
// that it never closes, so that a cell that reads would wait for ever.
const NoInputEnv = "CIRCUITBOOK_NO_INPUT"

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
	if err := os.Remove(inputName); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
