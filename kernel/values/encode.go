package values

import (
	"cmp"
	"encoding"
	"encoding/binary"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// maxDepth bounds how deep a value is nested: what is deeper may be without end.
const maxDepth = 200_000

// unkept is why a value cannot be written; it travels as a panic within the package.
type unkept string

func (u unkept) Error() string { return string(u) }

// An encoder writes a value.
type encoder struct {
	w     io.Writer
	types []reflect.Type // of what interfaces hold, in the order in which they are met
	index map[reflect.Type]int
	seen  map[reference]int // pointers and maps that are written
	depth int
	path  []string // the fields that lead to what is written
	small [binary.MaxVarintLen64]byte
}

// A reference is what a pointer or a map refers to.
type reference struct {
	at unsafe.Pointer
	of reflect.Type
}

// encode writes v and returns the types that its interfaces hold.
func encode(w io.Writer, v reflect.Value) (types []reflect.Type, err error) {
	e := &encoder{w: w, index: map[reflect.Type]int{}, seen: map[reference]int{}}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case unkept:
			err = r
			if len(e.path) > 0 {
				err = fmt.Errorf("its field %s: %w", strings.Join(e.path, "."), r)
			}
		case failedWrite:
			err = r
		default:
			panic(r)
		}
	}()
	e.value(addressable(v))
	return e.types, nil
}

// failedWrite is an error of the writer, not of the value.
type failedWrite struct{ error }

func (f failedWrite) Unwrap() error { return f.error }

// addressable is v, or a copy of it that has an address.
func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v
	}
	at := reflect.New(v.Type()).Elem()
	at.Set(v)
	return at
}

func (e *encoder) bytes(b []byte) {
	if _, err := e.w.Write(b); err != nil {
		panic(failedWrite{err})
	}
}

func (e *encoder) uint(n uint64) { e.bytes(e.small[:binary.PutUvarint(e.small[:], n)]) }

func (e *encoder) text(b []byte) {
	e.uint(uint64(len(b)))
	e.bytes(b)
}

// value writes a value that has an address.
func (e *encoder) value(v reflect.Value) {
	if e.depth++; e.depth > maxDepth {
		panic(unkept(fmt.Sprintf("it is nested more than %d deep, or holds itself", maxDepth)))
	}
	defer func() { e.depth-- }()
	t := v.Type()
	switch t.Kind() {
	case reflect.Bool:
		if v.Bool() {
			e.uint(1)
		} else {
			e.uint(0)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.bytes(e.small[:binary.PutVarint(e.small[:], v.Int())])
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		e.uint(v.Uint())
	case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		e.bytes(raw(v.Addr().UnsafePointer(), int(t.Size()))) // with the bits of a NaN
	case reflect.String:
		e.text([]byte(v.String()))
	case reflect.Slice:
		if v.IsNil() {
			e.uint(0)
			return
		}
		e.uint(uint64(v.Len()) + 1)
		e.elements(v)
	case reflect.Array:
		e.elements(v)
	case reflect.Map:
		if e.reference(v) {
			e.uint(uint64(v.Len()))
			for _, p := range pairs(v) {
				e.value(addressable(p[0]))
				e.value(addressable(p[1]))
			}
		}
	case reflect.Pointer:
		if e.reference(v) {
			e.value(v.Elem())
		}
	case reflect.Interface:
		e.held(v)
	case reflect.Struct:
		e.structure(v)
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		if !v.IsZero() {
			panic(unkept(map[reflect.Kind]string{reflect.Func: "a function", reflect.Chan: "a channel", reflect.UnsafePointer: "an unsafe pointer"}[t.Kind()] + " has no value that could be written"))
		}
	default:
		panic(unkept("a " + t.Kind().String() + " cannot be written"))
	}
}

// pairs are the keys of a map with their values, in the order of the keys where they
// have one, so that equal maps are written alike.
func pairs(v reflect.Value) (list [][2]reflect.Value) {
	for i := v.MapRange(); i.Next(); {
		list = append(list, [2]reflect.Value{i.Key(), i.Value()})
	}
	var order func(a, b reflect.Value) int
	switch k := v.Type().Key().Kind(); {
	case k == reflect.String:
		order = func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) }
	case k >= reflect.Int && k <= reflect.Int64:
		order = func(a, b reflect.Value) int { return cmp.Compare(a.Int(), b.Int()) }
	case k >= reflect.Uint && k <= reflect.Uintptr:
		order = func(a, b reflect.Value) int { return cmp.Compare(a.Uint(), b.Uint()) }
	case k == reflect.Float32 || k == reflect.Float64:
		order = func(a, b reflect.Value) int { return cmp.Compare(a.Float(), b.Float()) }
	default:
		return list
	}
	slices.SortFunc(list, func(a, b [2]reflect.Value) int { return order(a[0], b[0]) })
	return list
}

// raw is memory as bytes.
func raw(at unsafe.Pointer, size int) []byte { return unsafe.Slice((*byte)(at), size) }

// isFlat reports whether values of a type are written as they lie in memory.
func isFlat(t reflect.Type) bool {
	k := t.Kind()
	return k >= reflect.Int && k <= reflect.Complex128
}

// elements writes those of a slice or an array.
func (e *encoder) elements(v reflect.Value) {
	n := v.Len()
	if t := v.Type().Elem(); isFlat(t) {
		if n > 0 {
			e.bytes(raw(v.Index(0).Addr().UnsafePointer(), n*int(t.Size())))
		}
		return
	}
	for i := range n {
		e.value(v.Index(i))
	}
}

// reference writes which thing a pointer or a map refers to, and reports whether it
// is a new one, which has to be written.
func (e *encoder) reference(v reflect.Value) (isNew bool) {
	if v.IsNil() {
		e.uint(0)
		return false
	}
	r := reference{v.UnsafePointer(), v.Type()}
	if n, ok := e.seen[r]; ok {
		e.uint(uint64(n) + 2)
		return false
	}
	e.seen[r] = len(e.seen)
	e.uint(1)
	return true
}

// held writes what an interface holds, by the index of its type.
func (e *encoder) held(v reflect.Value) {
	if v.IsNil() {
		e.uint(0)
		return
	}
	v = v.Elem()
	n, ok := e.index[v.Type()]
	if !ok {
		n = len(e.types)
		e.index[v.Type()] = n
		e.types = append(e.types, v.Type())
	}
	e.uint(uint64(n) + 1)
	e.value(addressable(v))
}

// structure writes a struct by its fields, or by its own marshalling.
func (e *encoder) structure(v reflect.Value) {
	t := v.Type()
	how, why := formOf(t)
	var text []byte
	var err error
	switch at := v.Addr().Interface(); how {
	case byBinary:
		text, err = at.(encoding.BinaryMarshaler).MarshalBinary()
	case byGob:
		text, err = at.(gobEncoder).GobEncode()
	case byText:
		text, err = at.(encoding.TextMarshaler).MarshalText()
	case byFields:
		for i := range t.NumField() {
			if f := t.Field(i); f.Name != "_" {
				e.path = append(e.path, f.Name)
				e.value(field(v, i))
				e.path = e.path[:len(e.path)-1]
			}
		}
		return
	default:
		panic(unkept(why))
	}
	if err != nil {
		panic(unkept(fmt.Sprintf("a %s does not let itself be written: %v", t, err)))
	}
	e.text(text)
}

// field is a field of a struct that has an address, exported or not.
func field(v reflect.Value, i int) reflect.Value {
	f := v.Field(i)
	return reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem()
}
