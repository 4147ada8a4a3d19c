package values

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The folders of values below the kernel's: of those that the running cell leaves
// behind, and of those that are kept.
const (
	NewDir  = "values/new"
	KeptDir = "values/kept"
)

const (
	envDir = "CIRCUITBOOK_KERNEL_DIR"
	// EnvLimit is the variable with how many bytes one value may take.
	EnvLimit = "CIRCUITBOOK_VALUE_LIMIT"
	// DefaultLimit is that number where the variable is not set: 1 GiB.
	DefaultLimit = 1 << 30
)

// Local names the types that the statements of the program declare. No other program
// has them, so that values of them are not kept.
var Local []string

// Keep writes the variable of a cell, or why it cannot. Of one outside of the
// statements spec is its declaration. An error is one of writing: nothing is kept of
// the cell then.
func Keep[T any](name, spec string, v T) error {
	limit := int64(DefaultLimit)
	if text := os.Getenv(EnvLimit); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 {
			return fmt.Errorf("%s is %q; it has to be a number of bytes", EnvLimit, text)
		}
		limit = n
	}
	h := Header{Name: name, Spec: spec}
	dir := os.Getenv(envDir)
	err := keep(filepath.Join(dir, NewDir, name), h, reflect.ValueOf(&v).Elem(), limit)
	if err == nil {
		err = dropSame(filepath.Join(dir, NewDir), filepath.Join(dir, KeptDir), name)
	}
	if err != nil {
		return fmt.Errorf("%s and what else the cell leaves behind are not kept: %w", name, err)
	}
	return nil
}

// dropSame removes what was just written if it is what is kept already: a cell that
// only looks at a value does not make it.
func dropSame(fresh, kept, name string) error {
	a, err := ReadHeader(fresh, name)
	if err != nil {
		return err
	}
	b, err := ReadHeader(kept, name)
	if err != nil {
		return nil // there is none
	}
	b.Cell = a.Cell
	if !reflect.DeepEqual(a, b) || a.Why == "" && !sameBytes(filepath.Join(fresh, name), filepath.Join(kept, name)) {
		return nil
	}
	return Remove(fresh, name)
}

// sameBytes reports whether two files can be read and are alike.
func sameBytes(a, b string) bool {
	var readers [2]*bufio.Reader
	for i, path := range []string{a, b} {
		f, err := os.Open(path)
		if err != nil {
			return false
		}
		defer f.Close()
		readers[i] = bufio.NewReaderSize(f, 1<<16)
	}
	var parts [2][1 << 16]byte
	for {
		n, err := io.ReadFull(readers[0], parts[0][:])
		m, _ := io.ReadFull(readers[1], parts[1][:])
		if !bytes.Equal(parts[0][:n], parts[1][:m]) {
			return false
		}
		if err != nil {
			return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		}
	}
}

// keep writes the value to path and its header beside it, which makes it whole.
func keep(path string, h Header, v reflect.Value, limit int64) (err error) {
	h.Type = v.Type().String()
	var why error
	if h.Expr, why = exprHere(v.Type()); why == nil {
		h.Shape = Shape(v.Type())
		h.Holds, h.Size, why, err = write(path, v, limit)
	}
	if err != nil {
		return err
	}
	if why != nil {
		h.Expr, h.Why = "", why.Error()
	}
	return h.Write(filepath.Dir(path))
}

// write writes a value, or says why it has none that can be.
func write(path string, v reflect.Value, limit int64) (holds []Held, size int64, why, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, 0, nil, err
	}
	out := &limited{w: bufio.NewWriterSize(f, 1<<16), left: limit}
	types, why := encode(out, v)
	switch failed := new(failedWrite); {
	case errors.Is(why, errTooLarge):
		why = fmt.Errorf("it takes more than %d bytes (%s sets another limit)", limit, EnvLimit)
	case errors.As(why, failed):
		err = failed.error
	case why == nil:
		err = out.w.Flush()
	}
	for _, t := range types {
		expr, bad := exprHere(t)
		if why == nil {
			why = bad
		}
		holds = append(holds, Held{expr, Shape(t)})
	}
	return holds, limit - out.left, why, errors.Join(err, f.Close())
}

var errTooLarge = errors.New("the value is too large")

// limited passes on so many bytes.
type limited struct {
	w    *bufio.Writer
	left int64
}

func (l *limited) Write(b []byte) (int, error) {
	if l.left -= int64(len(b)); l.left < 0 {
		return 0, errTooLarge
	}
	return l.w.Write(b)
}

// isWord reports whether a text goes on with a part of a name.
func isWord(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return text != "" && (r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r))
}

// exprHere is Expr of a type that other programs have too.
func exprHere(t reflect.Type) (string, error) {
	expr, err := Expr(t)
	for _, name := range Local {
		if at := strings.Index(expr, `"main".`+name); at >= 0 && !isWord(expr[at+len(`"main".`+name):]) {
			return "", fmt.Errorf("its type %s is declared among the statements of its cell; declare it above them", name)
		}
	}
	return expr, err
}

// Load is the value that a cell left behind. Where it cannot be read the program
// ends, and says on standard error which cell to run again. holds are the types of
// what its interfaces hold, as the header lists them.
func Load[T any](name string, cell int, holds ...reflect.Type) (v T) {
	if err := load(filepath.Join(os.Getenv(envDir), KeptDir), name, reflect.ValueOf(&v).Elem(), holds); err != nil {
		fmt.Fprintf(os.Stderr, "%s, which cell %d made, cannot be read: %v; run cell %[2]d again\n", name, cell, err)
		os.Exit(1)
	}
	return v
}

func load(dir, name string, v reflect.Value, holds []reflect.Type) error {
	h, err := ReadHeader(dir, name)
	if err != nil {
		return err
	}
	if h.Why != "" {
		return errors.New(h.Why)
	}
	if len(holds) != len(h.Holds) {
		return fmt.Errorf("it holds %d types, not %d", len(h.Holds), len(holds))
	}
	for i, t := range append([]reflect.Type{v.Type()}, holds...) {
		want := h.Shape
		if i > 0 {
			want = h.Holds[i-1].Shape
		}
		if Shape(t) != want {
			return fmt.Errorf("its type %s, or one that this consists of, has changed since", strings.ReplaceAll(t.String(), "main.", ""))
		}
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	defer f.Close()
	return decode(bufio.NewReaderSize(f, 1<<16), v, holds)
}
