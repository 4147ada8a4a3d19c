package tensorfile

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

// maxHeader bounds a safetensors header, as the format does.
const maxHeader = 100 << 20

// metadataKey is the header's one key that is not a tensor.
const metadataKey = "__metadata__"

// Write writes tensors to w as safetensors, with metadata in
// `__metadata__` (left out if empty). The bytes depend on the set of tensors
// and the metadata alone: data lies in the order of falling element size, then
// name, so that every tensor is aligned to its element as other readers
// demand. Nothing is written before all of it was checked; a name twice, text
// that is not UTF-8, data that does not fit its shape are errors that name the
// tensor. The data is encoded piece by piece, not copied as a whole.
func Write(w io.Writer, metadata map[string]string, tensors []Tensor) error {
	ordered := slices.Clone(tensors)
	slices.SortStableFunc(ordered, func(a, b Tensor) int {
		if c := cmp.Compare(b.DType.Size(), a.DType.Size()); c != 0 {
			return c
		}
		return cmp.Compare(a.Name, b.Name)
	})
	header, err := encodeHeader(metadata, ordered)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	var length [8]byte
	binary.LittleEndian.PutUint64(length[:], uint64(len(header)))
	out.Write(length[:])
	out.Write(header)
	for _, t := range ordered {
		if err := writeData(out, t.Data); err != nil {
			return fmt.Errorf("tensor %q: %w", t.Name, err)
		}
	}
	return out.Flush()
}

// encodeHeader lays the tensors out one after the other, in the given order,
// and returns the JSON header, padded with spaces to a multiple of 8 bytes.
func encodeHeader(metadata map[string]string, ordered []Tensor) ([]byte, error) {
	header := []byte{'{'}
	if len(metadata) > 0 {
		for _, key := range slices.Sorted(maps.Keys(metadata)) {
			if !utf8.ValidString(key) || !utf8.ValidString(metadata[key]) {
				return nil, fmt.Errorf("metadata %q is not UTF-8", key)
			}
		}
		text, err := Marshal(metadata)
		if err != nil {
			return nil, err
		}
		header = append(header, `"`+metadataKey+`":`...)
		header = append(header, text...)
	}
	seen := make(map[string]bool, len(ordered))
	offset := 0
	for _, t := range ordered {
		if err := checkName(t.Name, seen); err != nil {
			return nil, err
		}
		if err := t.check(); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
		}
		count, _ := t.DType.length(t.Data)
		end := offset + count*t.DType.Size()
		name, err := Marshal(t.Name)
		if err != nil {
			return nil, err
		}
		if len(header) > 1 {
			header = append(header, ',')
		}
		header = append(header, name...)
		header = append(header, `:{"dtype":"`+string(t.DType)+`","shape":[`...)
		for i, d := range t.Shape {
			if i > 0 {
				header = append(header, ',')
			}
			header = strconv.AppendInt(header, int64(d), 10)
		}
		header = fmt.Appendf(header, `],"data_offsets":[%d,%d]}`, offset, end)
		offset = end
	}
	header = append(header, '}')
	for len(header)%8 != 0 {
		header = append(header, ' ')
	}
	if len(header) > maxHeader {
		return nil, fmt.Errorf("the header would be %d bytes, the format allows %d: fewer tensors, or shorter names", len(header), maxHeader)
	}
	return header, nil
}

func checkName(name string, seen map[string]bool) error {
	switch {
	case name == "":
		return errors.New("a tensor has no name")
	case name == metadataKey:
		return fmt.Errorf("a tensor cannot be named %q", name)
	case !utf8.ValidString(name):
		return fmt.Errorf("tensor name %q is not UTF-8", name)
	case seen[name]:
		return fmt.Errorf("two tensors are named %q", name)
	}
	seen[name] = true
	return nil
}

// writeData appends the little-endian bytes of a typed slice.
func writeData(out *bufio.Writer, data any) error {
	switch v := data.(type) {
	case []uint8:
		_, err := out.Write(v)
		return err
	case []float32:
		return encode(out, v, 4, func(b []byte, x float32) { binary.LittleEndian.PutUint32(b, math.Float32bits(x)) })
	case []float64:
		return encode(out, v, 8, func(b []byte, x float64) { binary.LittleEndian.PutUint64(b, math.Float64bits(x)) })
	case []uint16:
		return encode(out, v, 2, func(b []byte, x uint16) { binary.LittleEndian.PutUint16(b, x) })
	case []int32:
		return encode(out, v, 4, func(b []byte, x int32) { binary.LittleEndian.PutUint32(b, uint32(x)) })
	case []int64:
		return encode(out, v, 8, func(b []byte, x int64) { binary.LittleEndian.PutUint64(b, uint64(x)) })
	}
	return fmt.Errorf("cannot write data of Go type %T", data)
}

// pieceElements is how many elements are encoded or decoded at a time.
const pieceElements = 1 << 14

func encode[T any](out io.Writer, data []T, size int, put func([]byte, T)) error {
	buffer := make([]byte, size*min(len(data), pieceElements))
	for piece := range slices.Chunk(data, pieceElements) {
		for i, x := range piece {
			put(buffer[i*size:], x)
		}
		if _, err := out.Write(buffer[:len(piece)*size]); err != nil {
			return err
		}
	}
	return nil
}

// Marshal is json.Marshal without the escaping of <, > and &.
func Marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
