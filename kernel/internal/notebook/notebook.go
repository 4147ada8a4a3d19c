// Package notebook reads, changes and writes Jupyter notebooks (nbformat 4)
// without Python: cells, tags, parameters, and outputs in a form that is the
// same each time a notebook runs.
package notebook

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxSize bounds the bytes of a notebook that is read.
const maxSize = 256 << 20

// Cell types.
const (
	Code     = "code"
	Markdown = "markdown"
	Raw      = "raw"
)

// Tags that mean something to a run.
const (
	TagParameters = "parameters"       // holds the values that -p replaces
	TagRaises     = "raises-exception" // may fail
	TagSkip       = "skip-execution"   // is not executed
)

// A Notebook is a parsed notebook. What it holds beyond the cells is kept as
// it was read.
type Notebook struct {
	Cells []*Cell
	root  map[string]any
}

// A Cell is one cell of a notebook.
type Cell struct {
	Type    string
	Source  string
	Tags    []string
	Outputs []any // of a code cell: nbformat outputs as decoded JSON
	Count   int   // the code cell's execution count; 0 for none

	raw map[string]any
}

// Has reports whether the cell carries the tag.
func (c *Cell) Has(tag string) bool { return slices.Contains(c.Tags, tag) }

// Runs reports whether the cell is one that a run executes: a code cell that
// is not blank and not tagged skip-execution.
func (c *Cell) Runs() bool {
	return c.Type == Code && strings.TrimSpace(c.Source) != "" && !c.Has(TagSkip)
}

// Read parses the notebook in the file name.
func Read(name string) (*Notebook, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file: name the notebook, NAME.ipynb", name)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, err
	}
	n, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return n, nil
}

// Parse parses a notebook. It refuses what is not JSON, not UTF-8, not a
// notebook, or of another major format than 4, and says which. Byte-order marks
// before it are passed over, and cell ids that Jupyter would refuse are mended.
func Parse(data []byte) (*Notebook, error) {
	data = bytes.TrimLeft(data, "\ufeff") // some editors put one there
	switch {
	case len(data) > maxSize:
		return nil, fmt.Errorf("larger than %d MiB", maxSize>>20)
	case len(bytes.TrimSpace(data)) == 0:
		return nil, errors.New("the file is empty, so not a notebook")
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return nil, errors.New("the file is in UTF-16, and notebooks are in UTF-8: save it with that encoding")
	case !utf8.Valid(data):
		return nil, errors.New("not UTF-8 text, so not a notebook")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var top any
	if err := dec.Decode(&top); err != nil {
		return nil, notJSON(data, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("not a notebook: text follows the JSON object")
	}
	root, ok := top.(map[string]any)
	if !ok {
		return nil, errors.New("not a notebook: the JSON is not an object")
	}
	major, ok := integer(root["nbformat"])
	if !ok {
		return nil, errors.New(`not a notebook: "nbformat" is missing or not a number`)
	}
	if major != 4 {
		return nil, fmt.Errorf("nbformat %d: only notebooks of format 4 can be run (jupyter nbconvert --to notebook converts)", major)
	}
	minor, ok := integer(root["nbformat_minor"])
	if !ok || minor < 0 {
		return nil, errors.New(`not a notebook: "nbformat_minor" is missing or not a number`)
	}
	if root["metadata"] == nil {
		root["metadata"] = map[string]any{}
	}
	if _, ok := root["metadata"].(map[string]any); !ok {
		return nil, errors.New(`not a notebook: "metadata" is not an object`)
	}
	list, ok := root["cells"].([]any)
	if !ok {
		return nil, errors.New(`not a notebook: "cells" is missing or not a list`)
	}
	n := &Notebook{root: root}
	for i, item := range list {
		c, err := parseCell(item)
		if err != nil {
			return nil, fmt.Errorf("not a notebook: item %d of \"cells\": %w", i+1, err)
		}
		n.Cells = append(n.Cells, c)
	}
	if minor >= firstMinorWithIDs {
		mendIDs(n.Cells)
	}
	return n, nil
}

// notJSON says why data is not JSON, and where.
func notJSON(data []byte, err error) error {
	const not = "not JSON, so not a notebook: "
	if at := bytes.Index(data, []byte("\n<<<<<<< ")); at >= 0 {
		return fmt.Errorf(not+"line %d begins a conflict of two versions: choose one of them, and take the marks away", lineAt(data, at+1))
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New(not + "it ends in the middle, as if it had been cut off")
	}
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		return fmt.Errorf(not+"line %d: %w", lineAt(data, int(syntax.Offset)-1), err)
	}
	return fmt.Errorf(not+"%w", err)
}

// lineAt is the line, from 1, of an offset.
func lineAt(data []byte, offset int) int {
	return 1 + bytes.Count(data[:min(max(offset, 0), len(data))], []byte("\n"))
}

// Language is the language that the notebook says its cells are in, "" if it
// does not say it.
func (n *Notebook) Language() string {
	meta, _ := n.root["metadata"].(map[string]any)
	spec, _ := meta["kernelspec"].(map[string]any)
	info, _ := meta["language_info"].(map[string]any)
	if language, _ := spec["language"].(string); language != "" {
		return language
	}
	language, _ := info["name"].(string)
	return language
}

// parseCell reads one element of the list of cells.
func parseCell(item any) (*Cell, error) {
	raw, ok := item.(map[string]any)
	if !ok {
		return nil, errors.New("not an object")
	}
	c := &Cell{raw: raw}
	c.Type, _ = raw["cell_type"].(string)
	switch c.Type {
	case Code, Markdown, Raw:
	default:
		return nil, fmt.Errorf("cell_type %q is not code, markdown or raw", c.Type)
	}
	if c.Source, ok = text(raw["source"]); !ok {
		return nil, errors.New(`"source" is not text`)
	}
	if raw["metadata"] == nil {
		raw["metadata"] = map[string]any{}
	}
	meta, ok := raw["metadata"].(map[string]any)
	if !ok {
		return nil, errors.New(`"metadata" is not an object`)
	}
	if tags, ok := meta["tags"].([]any); ok {
		for _, tag := range tags {
			if s, ok := tag.(string); ok {
				c.Tags = append(c.Tags, s)
			}
		}
	}
	if c.Type == Code {
		if out := raw["outputs"]; out != nil {
			if c.Outputs, ok = out.([]any); !ok {
				return nil, errors.New(`"outputs" is not a list`)
			}
		}
		for _, out := range c.Outputs {
			if _, ok := out.(map[string]any); !ok {
				return nil, errors.New(`an entry of "outputs" is not an object`)
			}
		}
		c.Count, _ = integer(raw["execution_count"])
	}
	return c, nil
}

// SourceHash is the SHA-256, in hexadecimal, of what a notebook says: the
// compact JSON array of [cell_type, source] of every cell. Outputs and
// metadata do not change it, so that an executed notebook has the hash of the
// one that it came from.
func (n *Notebook) SourceHash() string {
	pairs := make([][2]string, len(n.Cells))
	for i, c := range n.Cells {
		pairs[i] = [2]string{c.Type, c.Source}
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(pairs); err != nil {
		panic(err) // strings always encode
	}
	sum := sha256.Sum256(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
	return hex.EncodeToString(sum[:])
}

// SetKernel names the kernel that a front end should start for the notebook.
func (n *Notebook) SetKernel(name, display, language string) {
	meta := n.root["metadata"].(map[string]any)
	meta["kernelspec"] = map[string]any{
		"name": name, "display_name": display, "language": language,
	}
}

// integer reads a JSON number that is a whole number of reasonable size.
func integer(v any) (int, bool) {
	num, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := num.Int64()
	if err != nil || i < -1<<31 || i > 1<<31 {
		return 0, false
	}
	return int(i), true
}

// text reads a string that a notebook may also hold as a list of pieces.
func text(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []any:
		var b strings.Builder
		for _, piece := range v {
			s, ok := piece.(string)
			if !ok {
				return "", false
			}
			b.WriteString(s)
		}
		return b.String(), true
	}
	return "", false
}
