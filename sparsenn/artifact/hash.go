package artifact

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"circuitbook/sparsenn/tensorfile"
	"circuitbook/sparsenn/tensorfile/lookalike"
)

// hashDigits is how much of the sha256 names a run. The config is compared as
// well, so that a collision is an error and not a mix-up.
const hashDigits = 16

// Hash returns the first 16 hexadecimal digits of the sha256 of v's canonical
// JSON. It is the HASH of a run's name, so v has to hold all that determines
// the result, and nothing else. NaN, infinities, channels and functions are
// errors.
func Hash(v any) (string, error) {
	text, err := Canonical(v)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])[:hashDigits], nil
}

// Canonical returns the JSON of v without spaces and with the keys of every
// object sorted, those of structs too, so that neither the order of fields nor
// that of a map changes it. Numbers keep the digits that encoding/json gives
// them; a json.RawMessage keeps its own.
func Canonical(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	tree, err := parseJSON(text)
	if err != nil {
		return nil, err
	}
	return tensorfile.Marshal(tree)
}

// parseJSON reads one JSON value and nothing after it; numbers stay text.
func parseJSON(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		if what := lookalike.Text(text[:min(len(text), lookalike.Head)]); what != "" {
			err = errors.New(what)
		}
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("there is more after the JSON value, at byte %d", decoder.InputOffset())
	}
	return tree, nil
}

// indentJSON is how the JSON files of a run are laid out.
func indentJSON(text []byte) ([]byte, error) {
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// firstDifference names the first place where two parsed JSON values differ,
// keys in order, as "train.steps is 10 in one and 20 in the other"; it is empty
// if they are equal.
func firstDifference(path string, a, b any, inA, inB string) string {
	if x, ok := a.(map[string]any); ok {
		if y, ok := b.(map[string]any); ok {
			keys := map[string]bool{}
			for k := range x {
				keys[k] = true
			}
			for k := range y {
				keys[k] = true
			}
			for _, k := range slices.Sorted(maps.Keys(keys)) {
				at := k
				if path != "" {
					at = path + "." + k
				}
				_, hasX := x[k]
				_, hasY := y[k]
				switch {
				case !hasX:
					return fmt.Sprintf("%s is only %s", at, inB)
				case !hasY:
					return fmt.Sprintf("%s is only %s", at, inA)
				}
				if d := firstDifference(at, x[k], y[k], inA, inB); d != "" {
					return d
				}
			}
			return ""
		}
	}
	if x, ok := a.([]any); ok {
		if y, ok := b.([]any); ok && len(x) == len(y) {
			for i := range x {
				if d := firstDifference(fmt.Sprintf("%s[%d]", path, i), x[i], y[i], inA, inB); d != "" {
					return d
				}
			}
			return ""
		}
	}
	textA, _ := tensorfile.Marshal(a)
	textB, _ := tensorfile.Marshal(b)
	if bytes.Equal(textA, textB) {
		return ""
	}
	if path == "" {
		path = "the value"
	}
	return fmt.Sprintf("%s is %s %s and %s %s", path, clip(textA), inA, clip(textB), inB)
}

func clip(text []byte) string {
	const most = 80
	if len(text) > most {
		return string(bytes.ToValidUTF8(text[:most], nil)) + "…"
	}
	return string(text)
}
