package tensorfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "circuitbook/sparsenn/suitetest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pgregory.net/rapid"
)

// rawFile puts a safetensors file together from its parts, right or wrong.
func rawFile(header string, data int) []byte {
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(out, header...), make([]byte, data)...)
}

func parse(file []byte) (*File, error) {
	return New("x.safetensors", bytes.NewReader(file), int64(len(file)))
}

func encodeTensors(t interface{ Fatal(...any) }, metadata map[string]string, tensors []Tensor) []byte {
	var out bytes.Buffer
	if err := Write(&out, metadata, tensors); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// names draws valid UTF-8 names, with characters that JSON escapes.
var names = rapid.StringN(1, 12, -1)

func drawTensor(t *rapid.T, name string) Tensor {
	shape := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 3).Draw(t, "shape")
	n, err := elements(shape)
	if err != nil {
		t.Fatal(err)
	}
	out := Tensor{Name: name, Shape: shape, DType: rapid.SampledFrom([]DType{F64, F32, F16, BF16, I64, I32, U8}).Draw(t, "dtype")}
	switch out.DType {
	case F64:
		out.Data = rapid.SliceOfN(rapid.Float64(), n, n).Draw(t, "data")
	case F32:
		out.Data = rapid.SliceOfN(rapid.Float32(), n, n).Draw(t, "data")
	case F16, BF16:
		out.Data = rapid.SliceOfN(rapid.Uint16(), n, n).Draw(t, "data")
	case I64:
		out.Data = rapid.SliceOfN(rapid.Int64(), n, n).Draw(t, "data")
	case I32:
		out.Data = rapid.SliceOfN(rapid.Int32(), n, n).Draw(t, "data")
	case U8:
		out.Data = rapid.SliceOfN(rapid.Uint8(), n, n).Draw(t, "data")
	}
	return out
}

func drawTensors(t *rapid.T) []Tensor {
	var out []Tensor
	for _, name := range rapid.SliceOfNDistinct(names, 0, 6, rapid.ID[string]).Draw(t, "names") {
		if name != metadataKey {
			out = append(out, drawTensor(t, name))
		}
	}
	return out
}

func TestTensorsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tensors := drawTensors(t)
		metadata := rapid.MapOfN(names, names, 0, 3).Draw(t, "metadata")
		file := encodeTensors(t, metadata, tensors)

		// The order in which tensors come must not reach the bytes.
		shuffled := append([]Tensor{}, tensors...)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if !bytes.Equal(file, encodeTensors(t, metadata, shuffled)) {
			t.Fatal("the bytes depend on the order of the tensors")
		}

		f, err := parse(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(metadata, f.Metadata(), cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
		if len(f.Names()) != len(tensors) {
			t.Fatalf("%d names, want %d", len(f.Names()), len(tensors))
		}
		for _, want := range tensors {
			got, err := f.Read(want.Name)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
				t.Fatal(d)
			}
			info, _ := f.Info(want.Name)
			if (f.data+info.Begin)%int64(want.DType.Size()) != 0 {
				t.Fatalf("%s is not aligned", want.Name)
			}
		}
	})
}

func TestLargeTensorIsPieced(t *testing.T) {
	data := make([]float32, 3*pieceElements+7)
	for i := range data {
		data[i] = float32(i)
	}
	path := filepath.Join(t.TempDir(), "a.safetensors")
	if err := os.WriteFile(path, encodeTensors(t, nil, []Tensor{Float32s("a", []int{len(data)}, data)}), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := f.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(data, all[0].Data); d != "" {
		t.Fatal(d)
	}
	if _, err := f.Read("b"); err == nil || !strings.Contains(err.Error(), `"b"`) {
		t.Fatal(err)
	}
	// A file that is cut after it was opened.
	if err := os.Truncate(path, 100); err != nil {
		t.Fatal(err)
	}
	_, err = f.Read("a")
	mustContain(t, err, path, `"a"`, "unexpected EOF")
}

func TestWriteRefuses(t *testing.T) {
	one := []float32{1}
	for _, c := range []struct {
		say      string
		metadata map[string]string
		tensors  []Tensor
	}{
		{"two tensors are named", nil, []Tensor{Float32s("a", []int{1}, one), Float32s("a", []int{1}, one)}},
		{"no name", nil, []Tensor{Float32s("", []int{1}, one)}},
		{"cannot be named", nil, []Tensor{Float32s("__metadata__", []int{1}, one)}},
		{"not UTF-8", nil, []Tensor{Float32s("a\xff", []int{1}, one)}},
		{"not UTF-8", map[string]string{"k": "\xff"}, nil},
		{"needs 2 elements", nil, []Tensor{Float32s("a", []int{2}, one)}},
		{"negative", nil, []Tensor{Float32s("a", []int{-1}, one)}},
		{"overflows", nil, []Tensor{Float32s("a", []int{1 << 32, 1 << 32}, one)}},
		{"does not hold", nil, []Tensor{{Name: "a", Shape: []int{1}, DType: I64, Data: one}}},
		{"not supported", nil, []Tensor{{Name: "a", Shape: []int{1}, DType: "F8", Data: one}}},
	} {
		var out bytes.Buffer
		mustContain(t, Write(&out, c.metadata, c.tensors), c.say)
		if out.Len() > 0 {
			t.Errorf("%s: %d bytes were written", c.say, out.Len())
		}
	}
}

// TestReadRefuses has the attacks that the format's own test suite lists, and
// some more.
func TestReadRefuses(t *testing.T) {
	const f32 = `"dtype":"F32","shape":[1],"data_offsets":`
	for _, c := range []struct {
		say  string
		file []byte
	}{
		{"too short", nil},
		{"too short", []byte("\x00234567")},
		{"100 MB", nil},
		{"truncated, or not safetensors", binary.LittleEndian.AppendUint64(nil, 1000)},
		{"allows", binary.LittleEndian.AppendUint64(nil, math.MaxUint64)},
		{"allows", binary.LittleEndian.AppendUint64(nil, maxHeader+1)},
		{"does not begin", rawFile(``, 0)},
		{"does not begin", rawFile(` {}`, 0)},
		{"does not begin", rawFile(`[]`, 0)},
		{"not UTF-8", rawFile("{\"a\xff\":{"+f32+"[0,4]}}", 4)},
		{"cut off", rawFile(`{`, 0)},
		{"cut off", rawFile(`{"a":{`+f32, 4)},
		{"goes on", rawFile(`{}{}`, 0)},
		{"goes on", rawFile("{}\x00", 0)},
		{`"a" comes twice`, rawFile(`{"a":{`+f32+`[0,4]},"a":{`+f32+`[4,8]}}`, 8)},
		{`"dtype" comes twice`, rawFile(`{"a":{"dtype":"F32",`+f32+`[0,4]}}`, 4)},
		{`"k" comes twice`, rawFile(`{"__metadata__":{"k":"1","k":"2"}}`, 0)},
		{`where a text is needed`, rawFile(`{"__metadata__":{"k":1}}`, 0)},
		{`where { is needed`, rawFile(`{"a":[]}`, 0)},
		{`no name`, rawFile(`{"":{`+f32+`[0,4]}}`, 4)},
		{`unknown key`, rawFile(`{"a":{"x":[[[[]]]],`+f32+`[0,4]}}`, 4)},
		{`are needed`, rawFile(`{"a":{"dtype":"F32","shape":[1]}}`, 4)},
		{`not supported`, rawFile(`{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}`, 8)},
		{`invalid character 'N'`, rawFile(`{"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,4]}}`, 4)},
		{`natural number`, rawFile(`{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}`, 4)},
		{`natural number`, rawFile(`{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}`, 4)},
		{`natural number`, rawFile(`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, 4)},
		{`natural number`, rawFile(`{"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,4]}}`, 4)},
		{`not a number`, rawFile(`{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}`, 4)},
		{`more than 2`, rawFile(`{"a":{`+f32+`[0,4,8]}}`, 4)},
		{`more than 64`, rawFile(`{"a":{"dtype":"F32","shape":[`+strings.Repeat("1,", 64)+`1],"data_offsets":[0,4]}}`, 4)},
		{`beginning and an end`, rawFile(`{"a":{`+f32+`[4,0]}}`, 4)},
		{`beginning and an end`, rawFile(`{"a":{`+f32+`[4]}}`, 4)},
		{`does not take the 8 bytes`, rawFile(`{"a":{`+f32+`[0,8]}}`, 8)},
		{`overflows`, rawFile(`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}`, 4)},
		{`overflows`, rawFile(`{"a":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}`, 0)},
		{`does not take`, rawFile(`{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}}`, 0)},
		{`hole`, rawFile(`{"a":{`+f32+`[4,8]}}`, 8)},
		{`hole`, rawFile(`{"a":{`+f32+`[0,4]},"b":{`+f32+`[5,9]}}`, 9)},
		{`overlaps`, rawFile(`{"a":{`+f32+`[0,4]},"b":{`+f32+`[0,4]}}`, 4)},
		{`outside the file`, rawFile(`{"a":{`+f32+`[0,4]}}`, 3)},
		{`its tensors take 4`, rawFile(`{"a":{`+f32+`[0,4]}}`, 5)},
	} {
		if c.say == "100 MB" { // a header too long that is really there
			c.say, c.file = "allows", binary.LittleEndian.AppendUint64(nil, maxHeader+1)
		}
		_, err := parse(c.file)
		mustContain(t, err, "x.safetensors", c.say)
		var format *FormatError
		if !errors.As(err, &format) {
			t.Errorf("%v is not a FormatError", err)
		}
		if strings.Contains(string(c.file), `{"a":{"dtype"`) && !strings.Contains(c.say, "twice") && format.Tensor == "" && c.say != "cut off" && !strings.HasPrefix(c.say, "its tensors") {
			t.Errorf("%v does not name the tensor", err)
		}
	}
}

func TestReadAccepts(t *testing.T) {
	for _, file := range [][]byte{
		rawFile(`{}`, 0),
		rawFile("{} \t\n ", 0),
		rawFile(`{"__metadata__":{}}`, 0),
		rawFile(`{"b":{"data_offsets":[4,8],"shape":[],"dtype":"F32"},"a":{"dtype":"U8","shape":[2,2],"data_offsets":[0,4]}}`, 8),
		rawFile(`{"a":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]},"b":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, 0),
	} {
		f, err := parse(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.ReadAll(); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(t.TempDir()); err == nil {
		t.Fatal("a directory was opened")
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
}

func TestWiden(t *testing.T) {
	// Every half against the definition.
	for h := range 1 << 16 {
		got := float64(halfToFloat32(uint16(h)))
		exponent, fraction := h>>10&0x1f, float64(h&0x3ff)
		want := math.Ldexp(1+fraction/1024, exponent-15)
		switch {
		case exponent == 0:
			want = math.Ldexp(fraction, -24)
		case exponent == 0x1f && fraction == 0:
			want = math.Inf(1)
		case exponent == 0x1f:
			want = math.NaN()
		}
		if h>>15 == 1 {
			want = -want
		}
		if got != want && !(math.IsNaN(got) && math.IsNaN(want)) || math.Signbit(got) != (h>>15 == 1) {
			t.Fatalf("%04x is %v, want %v", h, got, want)
		}
	}
	for _, c := range []struct {
		tensor Tensor
		want   []float32
	}{
		{Tensor{DType: BF16, Data: []uint16{0x3f80, 0xc000}}, []float32{1, -2}},
		{Tensor{DType: F16, Data: []uint16{0x3c00, 0xc000}}, []float32{1, -2}},
		{Tensor{DType: F64, Data: []float64{1, -2}}, []float32{1, -2}},
		{Tensor{DType: F32, Data: []float32{1, -2}}, []float32{1, -2}},
	} {
		got, err := c.tensor.Float32s()
		if err != nil || !cmp.Equal(got, c.want) {
			t.Errorf("%v gives %v, %v", c.tensor, got, err)
		}
		if _, err := c.tensor.Int64s(); err == nil {
			t.Errorf("%v was read as integers", c.tensor)
		}
	}
	for _, x := range []any{[]int64{1, 2}, []int32{1, 2}, []uint8{1, 2}} {
		got, err := Tensor{Data: x}.Int64s()
		if err != nil || !cmp.Equal(got, []int64{1, 2}) {
			t.Errorf("%v gives %v, %v", x, got, err)
		}
		if _, err := (Tensor{Data: x}).Float32s(); err == nil {
			t.Errorf("%v was read as floats", x)
		}
	}
}

// failingWriter fails after some bytes.
type failingWriter int

func (w *failingWriter) Write(p []byte) (int, error) {
	n := min(int(*w), len(p))
	*w -= failingWriter(n)
	if n < len(p) {
		return n, errors.New("no more")
	}
	return n, nil
}

func TestWriteErrorsAreReturned(t *testing.T) {
	tensors := []Tensor{
		Float32s("a", []int{50_000}, make([]float32, 50_000)),
		{Name: "b", Shape: []int{100_000}, DType: U8, Data: make([]uint8, 100_000)},
	}
	size := len(encodeTensors(t, nil, tensors))
	for limit := 0; limit < size; limit += 4999 {
		w := failingWriter(limit)
		mustContain(t, Write(&w, nil, tensors), "no more")
	}
}

func FuzzFile(f *testing.F) {
	f.Add([]byte{})
	f.Add(rawFile(`{}`, 0))
	f.Add(rawFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4))
	f.Add(rawFile(`{"__metadata__":{"w.shape":"[2,3]"},"w.indices":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"w.values":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}`, 12))
	f.Add(rawFile(`{"a":{"dtype":"F16","shape":[0,9],"data_offsets":[0,0]},"b":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}`, 1))
	f.Fuzz(func(t *testing.T, file []byte) {
		in, err := parse(file)
		if err != nil {
			return
		}
		tensors, err := in.ReadAll()
		if err != nil {
			t.Fatal("the header was good, and a tensor was not: ", err)
		}
		total := 0
		for _, x := range tensors {
			n, err := x.DType.length(x.Data)
			if err != nil {
				t.Fatal(err)
			}
			total += n * x.DType.Size()
		}
		if total > len(file) {
			t.Fatalf("%d bytes of data from a file of %d", total, len(file))
		}
		// What was read can be written, and is then stable.
		again, err := parse(encodeTensors(t, in.Metadata(), tensors))
		if err != nil {
			t.Fatal(err)
		}
		tensorsAgain, err := again.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(encodeTensors(t, in.Metadata(), tensors), encodeTensors(t, again.Metadata(), tensorsAgain)) {
			t.Fatal("writing is not stable")
		}
		if s, err := ReadState(in); err == nil {
			for _, x := range s.Sparse {
				if err := x.Check(); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Write(&bytes.Buffer{}); err != nil {
				t.Fatalf("a state was read and cannot be written: %v", err)
			}
		}
	})
}

// TestLookalikes: what a clone or a download left in place of a file is said.
func TestLookalikes(t *testing.T) {
	const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 1712368\n"
	for _, c := range []struct{ file, say string }{
		{pointer, "not safetensors: it is a git-lfs pointer, not the file: run git lfs pull"},
		{"<!DOCTYPE html><html><body>Sign in</body></html>", "not safetensors: it is a web page"},
		{"Entry not found", `not safetensors: it is a text that begins "Entry not found"`},
		{"404", `not safetensors: it is a text that begins "404"`},
		{"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", "gzip"},
		{"PK\x03\x04\x00\x00\x08\x08\x00", "zip archive"},
		{"GGUF\x03\x00\x00\x00\x00\x00", "GGUF"},
		{"\x02\x00\x00\x00\x00\x00\x00\x00xx", "the header does not begin with {"},
	} {
		_, err := parse([]byte(c.file))
		mustContain(t, err, c.say)
	}
}

// mustContain checks what an error says.
func mustContain(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Fatalf("error %q does not say %q", err, p)
		}
	}
}
