package shim

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/modfile"

	"circuitbook/kernel/internal/cell"
)

// ResultName is the file, in the kernel's folder, to which a cell writes the
// value of its last expression.
const ResultName = "result"

// maxResult bounds the bytes of a result that is read.
const maxResult = 128 << 20

// resultSource is compiled into a cell that has a result.
//
//go:embed result.go.txt
var resultSource []byte

const resultFile = cell.ResultFunc + "/result.go"

// callFile has the cell call it. It uses no name that a cell could declare.
const (
	callFile   = "circuitbook_result.go"
	callSource = `package main

import circuitbookShow %q

func ` + cell.ResultFunc + `(values ...interface{}) { circuitbookShow.Show(values...) }
`
)

// drawingSource is compiled too into one that knows of circuits: they are drawn by
// a package that other cells need not link.
//
//go:embed drawing.go.txt
var drawingSource []byte

const drawingFile = cell.ResultFunc + "/drawing.go"

// drawn are the packages whose values are, or hold, circuits.
var drawn = []string{"circuit", "prune", "verify", "experiment"}

// A Result is what a cell wrote.
type Result struct {
	Forms map[string]string // by MIME type; nil for none
	Error string            // what the last expression returned as an error, or what book.Check was given
	At    string            // FILE:LINE of that check, "" for the last expression
}

// ReadResult reads the result in the kernel's folder dir; there may be none.
func ReadResult(dir string) (Result, error) {
	f, err := os.Open(filepath.Join(dir, ResultName))
	if errors.Is(err, fs.ErrNotExist) {
		return Result{}, nil
	}
	if err != nil {
		return Result{}, fmt.Errorf("the cell's result: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return Result{}, fmt.Errorf("the cell's result: %w", err)
	case !info.Mode().IsRegular():
		return Result{}, errors.New("the cell's result is no file")
	case info.Size() > maxResult:
		return Result{}, fmt.Errorf("a result of %d MB: a notebook takes %d MB at most; write it to a file, and let less be the last value", info.Size()>>20, maxResult>>20)
	}
	var buf bytes.Buffer
	if _, err := buf.ReadFrom(f); err != nil {
		return Result{}, fmt.Errorf("the cell's result: %w", err)
	}
	return parseResult(buf.Bytes())
}

// parseResult reads forms, each a line with the MIME type and a length, and as
// many bytes. An error is a form of the type "error", and where it was checked
// one of the type "at"; viz/book writes them too.
func parseResult(text []byte) (r Result, err error) {
	for len(text) > 0 {
		line, rest, ok := bytes.Cut(text, []byte("\n"))
		mime, number, spaced := strings.Cut(string(line), " ")
		size, err := strconv.Atoi(number)
		if !ok || !spaced || err != nil || size < 0 || size > len(rest) {
			return Result{}, errors.New("the cell's result was not written whole")
		}
		value := strings.ToValidUTF8(string(rest[:size]), string(utf8.RuneError))
		text = rest[size:]
		switch mime {
		case "error":
			r.Error = value
			continue
		case "at":
			r.At = value
			continue
		}
		if r.Forms == nil {
			r.Forms = map[string]string{}
		}
		r.Forms[mime] = value
	}
	return r, nil
}

// addResult has the cell in the working directory compiled with what it needs
// for its result, if it has one.
func addResult() error {
	var src []byte
	for _, name := range []string{"main.go", "main_test.go"} {
		if text, err := os.ReadFile(name); err == nil && bytes.Contains(text, []byte(cell.ResultFunc+"(")) {
			src = text
		}
	}
	if src == nil {
		return removed(callFile)
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cell.ResultFunc, 0o755); err != nil {
		return err
	}
	call := fmt.Sprintf(callSource, modfile.ModulePath(mod)+"/"+cell.ResultFunc)
	if err := errors.Join(os.WriteFile(callFile, []byte(call), 0o644), os.WriteFile(resultFile, resultSource, 0o644)); err != nil {
		return err
	}
	if slices.ContainsFunc(drawn, func(p string) bool { return bytes.Contains(src, []byte(`"circuitbook/sparsenn/`+p+`"`)) }) {
		return os.WriteFile(drawingFile, drawingSource, 0o644)
	}
	return removed(drawingFile)
}

// removed takes away a file, which need not be there.
func removed(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// withoutResult takes the result from the cell in the working directory if the
// compiler says, in out, that it has no value, and reports whether it did.
func withoutResult(out string) bool {
	if !strings.Contains(out, "(no value) used as value") {
		return false
	}
	src, err := os.ReadFile("main.go")
	call := []byte(cell.ResultFunc + "(")
	if err != nil || !bytes.Contains(src, call) {
		return false
	}
	// A call may stand in brackets. Lines and columns stay.
	src = bytes.ReplaceAll(src, call, append(bytes.Repeat([]byte(" "), len(call)-1), '('))
	return os.WriteFile("main.go", src, 0o600) == nil && addResult() == nil
}
