package shim

import (
	_ "embed"
	"errors"
	"io/fs"
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

// SetInput tells the shims of the kernel with the folder dir whether what
// reads its standard input in the next cell will be given something.
func SetInput(dir string, given bool) error {
	name := filepath.Join(dir, noInput)
	if !given {
		return os.WriteFile(name, nil, 0o600)
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
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
