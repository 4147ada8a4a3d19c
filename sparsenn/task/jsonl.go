package task

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"circuitbook/sparsenn/tensorfile/lookalike"
)

// line is one line of a JSONL file.
type line struct {
	Prompt  string   `json:"prompt"`
	Counter string   `json:"counter"`
	Target  string   `json:"target"`
	Alt     string   `json:"alt,omitempty"`
	Filling string   `json:"filling,omitempty"`
	Context []string `json:"context,omitempty"`
}

// maxLine bounds the length of a line of a JSONL file, in bytes.
const maxLine = 1 << 20

// Load returns the task of a JSONL file (see [ParseJSONL] for its lines and
// [FromPairs] for its splits). Its name is that of the file, without folder and
// extension. Errors name the file and the line, also those that show only when a
// tokenizer is at hand.
func Load(path string) (Task, error) {
	f, err := os.Open(path)
	if err != nil {
		return Task{}, fmt.Errorf("task: %w", err)
	}
	defer f.Close()
	base := filepath.Base(path)
	name := strings.TrimSuffix(base, filepath.Ext(base))
	if name == "" {
		return Task{}, fmt.Errorf("task: %s: the task is named like its file, which needs a name before the dot", path)
	}
	pairs, err := parse(f)
	if err != nil {
		return Task{}, fmt.Errorf("task: %s: %w", path, err)
	}
	for i := range pairs {
		pairs[i].where = path + ": " + pairs[i].where
	}
	return Task{Name: name, Contrast: "what differs in the pairs of " + base, list: &pairList{pairs: pairs}}, nil
}

// ParseJSONL reads pairs, one JSON object a line:
//
//	{"prompt": "x = [1", "counter": "x = {1", "target": ",", "alt": ":"}
//
// prompt, counter and target must be there. alt is left out where there is one
// answer only ([Any]). filling says which pairs must stay in one split; for its
// default see [FromPairs]. context is a list of chunks of whole lines that stand
// before both sides. Blank lines are skipped. An error names the line and what
// is wrong with it: JSON that is none, a field that is unknown, empty or given
// twice, two equal pairs, pairs of two fillings with a side in common, bytes that
// are not UTF-8, a line of more than 1 MiB.
func ParseJSONL(r io.Reader) ([]Pair, error) {
	list, err := parse(r)
	pairs := make([]Pair, len(list))
	for i, p := range list {
		pairs[i] = p.Pair
	}
	return pairs, err
}

// parse is ParseJSONL that also says where every pair stands.
func parse(r io.Reader) ([]listed, error) {
	var l list
	in := bufio.NewScanner(r)
	in.Buffer(nil, maxLine+1)
	n := 1
	for ; in.Scan(); n++ {
		where := fmt.Sprint("line ", n)
		text := in.Bytes()
		if n == 1 {
			if what := lookalike.Text(text); what != "" {
				return nil, errors.New(what)
			}
			text = bytes.TrimLeft(text, "\ufeff") // some editors put it there
		}
		if text = bytes.TrimSpace(text); len(text) == 0 {
			continue
		}
		p, err := parseLine(text)
		if err == nil {
			err = l.add(p, where)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where, err)
		}
	}
	if err := in.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("line %d: longer than %d bytes: give every pair a line of its own", n, maxLine)
	} else if err != nil {
		return nil, fmt.Errorf("line %d: %w", n, err)
	}
	if len(l.pairs) == 0 {
		return nil, errors.New("no pairs: give one JSON object a line, with prompt, counter and target")
	}
	return l.pairs, nil
}

// parseLine reads one object. What it does not say is empty; the list sees to
// that.
func parseLine(text []byte) (Pair, error) {
	if !utf8.Valid(text) {
		return Pair{}, errors.New("not UTF-8: save the file as UTF-8")
	}
	if !bytes.HasPrefix(text, []byte("{")) {
		return Pair{}, errors.New(`not a JSON object: a line is {"prompt": …, "counter": …, "target": …}`)
	}
	if err := json.Unmarshal(text, new(json.RawMessage)); err != nil {
		return Pair{}, fmt.Errorf("not one JSON object: %w", err)
	}
	if err := wholeEscapes(text); err != nil {
		return Pair{}, err
	}
	var p Pair
	texts := []struct {
		name string
		to   *string
	}{{"prompt", &p.Prompt}, {"counter", &p.Counter}, {"target", &p.Target}, {"alt", &p.Alt}, {"filling", &p.Filling}}
	known := []string{"context"}
	for _, f := range texts {
		known = append(known, f.name)
	}
	values, err := fieldsOf(text, known)
	if err != nil {
		return Pair{}, err
	}
	for _, f := range texts {
		value, ok := values[f.name]
		if !ok {
			continue
		}
		if value[0] != '"' {
			return Pair{}, fmt.Errorf("%s must be a string, not %s", f.name, brief(value))
		}
		if err := json.Unmarshal(value, f.to); err != nil {
			return Pair{}, fmt.Errorf("%s: %w", f.name, err)
		}
		if *f.to == "" {
			return Pair{}, fmt.Errorf("%s is empty: give it a text, or leave out what may be missing (alt, filling, context)", f.name)
		}
	}
	if value, ok := values["context"]; ok {
		var chunks []*string // null has no pointer
		if err := json.Unmarshal(value, &chunks); err != nil || value[0] != '[' || slices.Contains(chunks, nil) {
			return Pair{}, fmt.Errorf("context must be a list of strings, not %s", brief(value))
		}
		for _, c := range chunks {
			p.Context = append(p.Context, *c)
		}
	}
	return p, nil
}

// brief is the beginning of a JSON value, for errors.
func brief(value []byte) string { return fmt.Sprintf("%.40s", value) }

// fieldsOf takes an object apart. It refuses names that are unknown, which
// encoding/json would take under another case, or given twice.
func fieldsOf(text []byte, known []string) (map[string]json.RawMessage, error) {
	in := json.NewDecoder(bytes.NewReader(text))
	if _, err := in.Token(); err != nil {
		return nil, err
	}
	values := make(map[string]json.RawMessage, len(known))
	for in.More() {
		t, err := in.Token()
		if err != nil {
			return nil, err
		}
		name, _ := t.(string)
		if !slices.Contains(known, name) {
			slices.Sort(known)
			return nil, fmt.Errorf("unknown field %q: the fields are %s", name, strings.Join(known, ", "))
		}
		if _, ok := values[name]; ok {
			return nil, fmt.Errorf("field %q is given twice: remove one", name)
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return nil, err
		}
		values[name] = value
	}
	return values, nil
}

// wholeEscapes refuses one half of a surrogate pair, for which encoding/json
// would put U+FFFD. The text must be JSON.
func wholeEscapes(text []byte) error {
	unit := func(at int) rune {
		if at+6 > len(text) || text[at] != '\\' || text[at+1] != 'u' {
			return 0
		}
		x, _ := strconv.ParseUint(string(text[at+2:at+6]), 16, 16)
		return rune(x)
	}
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		if r := unit(i); utf16.IsSurrogate(r) {
			if utf16.DecodeRune(r, unit(i+6)) == utf8.RuneError {
				return fmt.Errorf("%s is half of a character: write both halves, or the character itself", text[i:i+6])
			}
			i += 6
		}
		i++ // what is escaped, as a second backslash
	}
	return nil
}

// FormatJSONL writes pairs, one a line, so that [ParseJSONL] reads the same ones.
// An error names the first pair, counted from 0, that it would refuse.
func FormatJSONL(pairs []Pair) ([]byte, error) {
	var b bytes.Buffer
	var l list
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	for i, p := range pairs {
		where, start := fmt.Sprint("pair ", i), b.Len()
		err := l.add(p, where)
		if !utf8.ValidString(p.Prompt + "\n" + p.Counter + "\n" + p.Target + "\n" + p.Alt + "\n" + p.Filling + "\n" + strings.Join(p.Context, "\n")) {
			err = errors.New("not UTF-8, which JSON cannot hold")
		}
		if err == nil {
			err = out.Encode(line{p.Prompt, p.Counter, p.Target, p.Alt, p.Filling, p.Context})
		}
		if err == nil && b.Len()-start > maxLine+1 { // and the line break
			err = fmt.Errorf("longer than %d bytes: shorten its context", maxLine)
		}
		if err != nil {
			return nil, fmt.Errorf("task: %s: %w", where, err)
		}
	}
	return b.Bytes(), nil
}
