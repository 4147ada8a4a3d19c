package tensorfile

import (
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"

	"circuitbook/sparsenn/tensorfile/lookalike"
)

// File reads a safetensors file, tensor by tensor. It can be used from
// several goroutines.
type File struct {
	name     string
	from     io.ReaderAt
	data     int64 // where the data begins
	tensors  []Info
	byName   map[string]int
	metadata map[string]string
}

// Open opens a safetensors file and checks all of its header; the data
// is read by [File.Read]. What is wrong with the file is a [FormatError]
// that names it and, if it is in one entry, the tensor. No more memory is taken
// than a small multiple of the header's real size, whatever the header claims.
// The caller closes the file.
func Open(path string) (*File, error) {
	f, err := OpenRegular(path)
	if err != nil {
		return nil, err
	}
	stat, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	t, err := New(path, f, stat.Size())
	if err != nil {
		f.Close()
	}
	return t, err
}

// OpenRegular opens a file for reading. A pipe, on which opening would wait without
// end, a folder and a device are errors.
func OpenRegular(path string) (*os.File, error) {
	stat, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if m := stat.Mode(); !m.IsRegular() {
		what := strings.ToLower(m.Type().String())
		switch {
		case m.IsDir():
			what = "a folder"
		case m&os.ModeNamedPipe != 0:
			what = "a pipe"
		}
		return nil, &os.PathError{Op: "open", Path: path, Err: fmt.Errorf("not a regular file, but %s", what)}
	}
	return os.Open(path)
}

// New is [Open] for size bytes behind an io.ReaderAt, which is closed
// with the file where it can be; name is used in errors.
func New(name string, from io.ReaderAt, size int64) (*File, error) {
	fail := func(format string, args ...any) error {
		reason := fmt.Sprintf(format, args...)
		if what := lookalike.Binary(head(from, size)); what != "" {
			reason = "not safetensors: " + what
		}
		return &FormatError{File: name, Reason: reason}
	}
	if size < 8 {
		return nil, fail("%d bytes are too short for a safetensors file", size)
	}
	var length [8]byte
	if err := readAt(from, length[:], 0); err != nil {
		return nil, fail("%v", err)
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader {
		return nil, fail("a header of %d bytes is announced, the format allows %d", n, maxHeader)
	}
	if n > uint64(size-8) {
		return nil, fail("a header of %d bytes is announced, the file holds %d: truncated, or not safetensors", n, size-8)
	}
	header := make([]byte, n)
	if err := readAt(from, header, 8); err != nil {
		return nil, fail("%v", err)
	}
	t := &File{name: name, from: from, data: 8 + int64(n)}
	if n == 0 || header[0] != '{' {
		return nil, fail("the header does not begin with {")
	}
	var err error
	if t.tensors, t.metadata, err = parseHeader(name, header, size-t.data); err != nil {
		return nil, err
	}
	t.byName = make(map[string]int, len(t.tensors))
	for i, info := range t.tensors {
		t.byName[info.Name] = i
	}
	return t, nil
}

// Close closes the file.
func (t *File) Close() error {
	if c, ok := t.from.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// Names returns the names of the tensors, sorted.
func (t *File) Names() []string { return slices.Sorted(maps.Keys(t.byName)) }

// An Extent is a part of a file: the bytes from Begin to before End are the header, with
// no name, or the data of a tensor.
type Extent struct {
	Name       string
	Begin, End int64
}

// Extents are the parts of the file as they lie in it, the header first.
func (t *File) Extents() []Extent {
	list := []Extent{{End: t.data}}
	for _, info := range t.tensors {
		list = append(list, Extent{info.Name, list[len(list)-1].End, t.data + info.End})
	}
	return list
}

// Info returns what the header says of a tensor; ok is false if the file does
// not hold it.
func (t *File) Info(name string) (info Info, ok bool) {
	i, ok := t.byName[name]
	if !ok {
		return Info{}, false
	}
	info = t.tensors[i]
	info.Shape = slices.Clone(info.Shape)
	return info, true
}

// Metadata returns the strings of `__metadata__`, never nil.
func (t *File) Metadata() map[string]string { return maps.Clone(t.metadata) }

// Read returns a tensor with its data. A name that the file does not hold is a
// [FormatError].
func (t *File) Read(name string) (Tensor, error) {
	info, ok := t.Info(name)
	if !ok {
		return Tensor{}, &FormatError{File: t.name, Tensor: name, Reason: "the file holds no such tensor"}
	}
	data, err := t.readData(info)
	if err != nil {
		return Tensor{}, &FormatError{File: t.name, Tensor: name, Reason: err.Error()}
	}
	return Tensor{Name: name, Shape: info.Shape, DType: info.DType, Data: data}, nil
}

// ReadAll returns every tensor, sorted by name.
func (t *File) ReadAll() ([]Tensor, error) {
	out := make([]Tensor, 0, len(t.tensors))
	for _, name := range t.Names() {
		tensor, err := t.Read(name)
		if err != nil {
			return nil, err
		}
		out = append(out, tensor)
	}
	return out, nil
}

// head is the beginning of a file, or nothing where it cannot be read.
func head(from io.ReaderAt, size int64) []byte {
	b := make([]byte, min(size, lookalike.Head))
	if err := readAt(from, b, 0); err != nil {
		return []byte{0}
	}
	return b
}

func (t *File) readData(info Info) (any, error) {
	from := io.NewSectionReader(t.from, t.data+info.Begin, info.End-info.Begin)
	little := binary.LittleEndian
	switch info.DType {
	case U8:
		out := make([]uint8, info.End-info.Begin)
		return out, readAt(from, out, 0)
	case F32:
		return decode(from, 4, func(b []byte) float32 { return math.Float32frombits(little.Uint32(b)) })
	case F64:
		return decode(from, 8, func(b []byte) float64 { return math.Float64frombits(little.Uint64(b)) })
	case F16, BF16:
		return decode(from, 2, little.Uint16)
	case I32:
		return decode(from, 4, func(b []byte) int32 { return int32(little.Uint32(b)) })
	case I64:
		return decode(from, 8, func(b []byte) int64 { return int64(little.Uint64(b)) })
	}
	return nil, fmt.Errorf("element type %q is not supported", string(info.DType))
}

func decode[T any](from *io.SectionReader, size int, get func([]byte) T) ([]T, error) {
	out := make([]T, from.Size()/int64(size))
	buffer := make([]byte, size*min(len(out), pieceElements))
	for piece := range slices.Chunk(out, pieceElements) {
		b := buffer[:len(piece)*size]
		if _, err := io.ReadFull(from, b); err != nil {
			return nil, err
		}
		for i := range piece {
			piece[i] = get(b[i*size:])
		}
	}
	return out, nil
}

// readAt fills b. The file may have been cut since its size was taken.
func readAt(from io.ReaderAt, b []byte, offset int64) error {
	if n, err := from.ReadAt(b, offset); n < len(b) {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	return nil
}
