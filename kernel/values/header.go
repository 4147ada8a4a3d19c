package values

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Header says what was kept of a variable. It lies beside the value, as lines of a
// word and a quoted text: programs of cells need not link what reads more.
type Header struct {
	Name  string
	Type  string // as Go writes it, for people
	Expr  string // of the type; see [Expr]
	Shape string // of the type; see [Shape]
	Holds []Held // the types of what its interfaces hold
	Size  int64  // bytes
	Why   string // why there is no value
	Spec  string // the declaration, of a variable outside of the statements
	Cell  int    // that made it; the kernel fills it in
}

// Held is a type of what an interface holds.
type Held struct{ Expr, Shape string }

const headerSuffix = ".header"

// Write writes the header into the folder of the value.
func (h Header) Write(dir string) error {
	var b strings.Builder
	line := func(word, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%s %q\n", word, text)
		}
	}
	line("name", h.Name)
	line("type", h.Type)
	line("expr", h.Expr)
	line("shape", h.Shape)
	for _, held := range h.Holds {
		line("holds", held.Shape+" "+held.Expr)
	}
	line("size", strconv.FormatInt(h.Size, 10))
	line("why", h.Why)
	line("spec", h.Spec)
	line("cell", strconv.Itoa(h.Cell))
	return os.WriteFile(filepath.Join(dir, h.Name+headerSuffix), []byte(b.String()), 0o600)
}

// ReadHeader reads the header of a variable in a folder.
func ReadHeader(dir, name string) (h Header, err error) {
	data, err := os.ReadFile(filepath.Join(dir, name+headerSuffix))
	if err != nil {
		return h, err
	}
	return parseHeader(string(data))
}

func parseHeader(data string) (h Header, err error) {
	for i, l := range strings.Split(strings.TrimSuffix(data, "\n"), "\n") {
		word, text, _ := strings.Cut(l, " ")
		if text, err = strconv.Unquote(text); err == nil {
			switch word {
			case "name":
				h.Name = text
			case "type":
				h.Type = text
			case "expr":
				h.Expr = text
			case "shape":
				h.Shape = text
			case "holds":
				shape, expr, _ := strings.Cut(text, " ")
				h.Holds = append(h.Holds, Held{expr, shape})
			case "size":
				h.Size, err = strconv.ParseInt(text, 10, 64)
			case "why":
				h.Why = text
			case "spec":
				h.Spec = text
			case "cell":
				h.Cell, err = strconv.Atoi(text)
			}
		}
		if err != nil {
			return h, fmt.Errorf("line %d of the header: %w", i+1, err)
		}
	}
	return h, nil
}

// List reads the headers in a folder, by name. A folder that is not there has none.
func List(dir string) (list []Header, err error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*"+headerSuffix))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	for _, path := range paths {
		h, err := ReadHeader(dir, strings.TrimSuffix(filepath.Base(path), headerSuffix))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		list = append(list, h)
	}
	return list, nil
}

// Remove removes a value and its header from a folder, as far as they are there.
func Remove(dir, name string) error {
	for _, file := range []string{name + headerSuffix, name} {
		if err := os.Remove(filepath.Join(dir, file)); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}
