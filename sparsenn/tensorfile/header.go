package tensorfile

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

// maxRank bounds the number of a tensor's dimensions.
const maxRank = 64

// Info says what a safetensors file holds under a name. The data lies at
// [Begin, End) of the bytes that follow the header.
type Info struct {
	Name       string
	DType      DType
	Shape      []int
	Begin, End int64
}

// FormatError is what is wrong with a safetensors file. Tensor is empty where
// the fault is not in one tensor's entry or data.
type FormatError struct {
	File   string
	Tensor string
	Reason string
}

func (e *FormatError) Error() string {
	if e.Tensor != "" {
		return fmt.Sprintf("%s: tensor %q: %s", e.File, e.Tensor, e.Reason)
	}
	return fmt.Sprintf("%s: %s", e.File, e.Reason)
}

// parseHeader reads the JSON header of a file whose data takes dataSize bytes.
// It returns the tensors in the order of their data.
func parseHeader(file string, header []byte, dataSize int64) ([]Info, map[string]string, error) {
	fail := func(tensor, format string, args ...any) error {
		return &FormatError{File: file, Tensor: tensor, Reason: fmt.Sprintf(format, args...)}
	}
	if !utf8.Valid(header) {
		return nil, nil, fail("", "the header is not UTF-8")
	}
	p := headerParser{decoder: json.NewDecoder(bytes.NewReader(header))}
	p.decoder.UseNumber()
	tensors, metadata, err := p.header()
	if err != nil {
		return nil, nil, fail(p.tensor, "the header is not valid: %v", err)
	}
	if rest := bytes.Trim(header[p.decoder.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return nil, nil, fail("", "the header goes on after its closing brace")
	}

	slices.SortFunc(tensors, func(a, b Info) int {
		return cmp.Or(cmp.Compare(a.Begin, b.Begin), cmp.Compare(a.End, b.End), cmp.Compare(a.Name, b.Name))
	})
	var end int64
	for _, t := range tensors {
		size := t.DType.Size()
		if size == 0 {
			return nil, nil, fail(t.Name, "element type %q is not supported (F64, F32, F16, BF16, I64, I32 and U8 are)", string(t.DType))
		}
		count, err := elements(t.Shape)
		if err != nil {
			return nil, nil, fail(t.Name, "%v", err)
		}
		if count > math.MaxInt64/size || t.End-t.Begin != int64(count)*int64(size) {
			return nil, nil, fail(t.Name, "%s%v does not take the %d bytes at its offsets [%d, %d]", t.DType, t.Shape, t.End-t.Begin, t.Begin, t.End)
		}
		if t.Begin != end {
			word := "leaves a hole after"
			if t.Begin < end {
				word = "overlaps"
			}
			return nil, nil, fail(t.Name, "its data [%d, %d] %s what lies before it, up to %d", t.Begin, t.End, word, end)
		}
		if t.End > dataSize {
			return nil, nil, fail(t.Name, "its data [%d, %d] ends outside the file, which holds %d bytes of data: truncated", t.Begin, t.End, dataSize)
		}
		end = t.End
	}
	if end != dataSize {
		return nil, nil, fail("", "the file holds %d bytes of data, its tensors take %d", dataSize, end)
	}
	return tensors, metadata, nil
}

// headerParser walks the header token by token: encoding/json alone would let
// a key that comes twice pass.
type headerParser struct {
	decoder *json.Decoder
	tensor  string // being read, for the error
}

func (p *headerParser) header() ([]Info, map[string]string, error) {
	var tensors []Info
	metadata := map[string]string{}
	err := p.object(func(key string) error {
		if key == metadataKey {
			return p.object(func(key string) (err error) {
				metadata[key], err = p.text()
				return err
			})
		}
		if key == "" {
			return errors.New("a tensor has no name")
		}
		p.tensor = key
		info, err := p.info()
		if err != nil {
			return err
		}
		info.Name = key
		p.tensor = ""
		tensors = append(tensors, info)
		return nil
	})
	return tensors, metadata, err
}

func (p *headerParser) info() (info Info, err error) {
	var offsets []int
	found := 0
	err = p.object(func(key string) (err error) {
		found++
		switch key {
		case "dtype":
			var text string
			text, err = p.text()
			info.DType = DType(text)
		case "shape":
			info.Shape, err = p.numbers(maxRank)
		case "data_offsets":
			offsets, err = p.numbers(2)
		default:
			err = fmt.Errorf("unknown key %q", key)
		}
		return err
	})
	if err != nil {
		return info, err
	}
	if found != 3 {
		return info, errors.New("dtype, shape and data_offsets are needed")
	}
	if len(offsets) != 2 || offsets[0] > offsets[1] {
		return info, fmt.Errorf("data_offsets %v are not a beginning and an end", offsets)
	}
	info.Begin, info.End = int64(offsets[0]), int64(offsets[1])
	return info, nil
}

// object reads an object and calls value at each of its keys, which has to
// read the value.
func (p *headerParser) object(value func(key string) error) error {
	if err := p.delim('{'); err != nil {
		return err
	}
	seen := map[string]bool{}
	for p.decoder.More() {
		key, err := p.text()
		if err != nil {
			return err
		}
		if seen[key] {
			return fmt.Errorf("key %q comes twice", key)
		}
		seen[key] = true
		if err := value(key); err != nil {
			return err
		}
	}
	return p.delim('}')
}

func (p *headerParser) numbers(most int) ([]int, error) {
	if err := p.delim('['); err != nil {
		return nil, err
	}
	out := []int{}
	for p.decoder.More() {
		token, err := p.token()
		if err != nil {
			return nil, err
		}
		number, ok := token.(json.Number)
		if !ok {
			return nil, fmt.Errorf("%v is not a number", token)
		}
		n, err := strconv.ParseUint(number.String(), 10, strconv.IntSize-1)
		if err != nil {
			return nil, fmt.Errorf("%s is not a natural number of at most %d bits", number, strconv.IntSize-1)
		}
		if len(out) == most {
			return nil, fmt.Errorf("more than %d numbers in a list", most)
		}
		out = append(out, int(n))
	}
	return out, p.delim(']')
}

func (p *headerParser) text() (string, error) {
	token, err := p.token()
	if err != nil {
		return "", err
	}
	text, ok := token.(string)
	if !ok {
		return "", fmt.Errorf("%v stands where a text is needed", token)
	}
	return text, nil
}

func (p *headerParser) delim(want json.Delim) error {
	token, err := p.token()
	if err != nil {
		return err
	}
	if token != want {
		return fmt.Errorf("%v stands where %v is needed", token, want)
	}
	return nil
}

func (p *headerParser) token() (json.Token, error) {
	token, err := p.decoder.Token()
	if err == io.EOF {
		err = errors.New("it is cut off")
	}
	return token, err
}
