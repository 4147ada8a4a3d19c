package values

import (
	"bufio"
	"encoding"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
)

// A decoder reads what an encoder wrote.
type decoder struct {
	r     *bufio.Reader
	types []reflect.Type
	seen  []reflect.Value
	depth int
}

// damaged is what is wrong with a text that is no value; it travels as a panic
// within the package.
type damaged struct{ error }

// decode reads into v, which has an address, what encode wrote of a value of its
// type; types are those that encode returned.
func decode(r *bufio.Reader, v reflect.Value, types []reflect.Type) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case damaged:
			err = r.error
		default:
			panic(r)
		}
	}()
	d := &decoder{r: r, types: types}
	d.value(v)
	if _, err := r.ReadByte(); !errors.Is(err, io.EOF) {
		return errors.New("there is more than the value")
	}
	return nil
}

func (d *decoder) check(err error) {
	if err != nil {
		panic(damaged{err})
	}
}

func (d *decoder) uint() uint64 {
	n, err := binary.ReadUvarint(d.r)
	d.check(err)
	return n
}

// count is a number of things.
func (d *decoder) count() int {
	n := d.uint()
	if !fits(n) {
		panic(damaged{fmt.Errorf("a count of %d", n)})
	}
	return int(n)
}

func (d *decoder) full(b []byte) {
	_, err := io.ReadFull(d.r, b)
	d.check(err)
}

// text reads bytes of a length before them, growing as they come.
func (d *decoder) text() []byte {
	n := d.count()
	b := make([]byte, 0, min(n, 1<<20))
	for len(b) < n {
		at := len(b)
		b = append(b, make([]byte, min(n-at, 1<<20))...)
		d.full(b[at:])
	}
	return b
}

func (d *decoder) value(v reflect.Value) {
	if d.depth++; d.depth > maxDepth {
		panic(damaged{errors.New("it is nested without end")})
	}
	defer func() { d.depth-- }()
	t := v.Type()
	switch t.Kind() {
	case reflect.Bool:
		v.SetBool(d.uint() != 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := binary.ReadVarint(d.r)
		d.check(err)
		v.SetInt(n)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		v.SetUint(d.uint())
	case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		d.full(raw(v.Addr().UnsafePointer(), int(t.Size())))
	case reflect.String:
		v.SetString(string(d.text()))
	case reflect.Slice:
		if n := d.count(); n > 0 {
			d.slice(v, n-1)
		}
	case reflect.Array:
		d.elements(v)
	case reflect.Map:
		if d.reference(v, func() reflect.Value { return reflect.MakeMap(t) }) {
			for range d.count() {
				key, value := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
				d.value(key)
				d.value(value)
				v.SetMapIndex(key, value)
			}
		}
	case reflect.Pointer:
		if d.reference(v, func() reflect.Value { return reflect.New(t.Elem()) }) {
			d.value(v.Elem())
		}
	case reflect.Interface:
		if n := d.uint(); n > uint64(len(d.types)) {
			panic(damaged{fmt.Errorf("type %d of %d", n, len(d.types))})
		} else if n > 0 {
			held := reflect.New(d.types[n-1]).Elem()
			d.value(held)
			if !held.Type().AssignableTo(t) {
				panic(damaged{fmt.Errorf("a %s is no %s", held.Type(), t)})
			}
			v.Set(held)
		}
	case reflect.Struct:
		d.structure(v)
	}
}

// slice reads n elements into v, growing as they come, so that a damaged count takes
// no more memory than what is there.
func (d *decoder) slice(v reflect.Value, n int) {
	const most = 1 << 20
	v.Set(reflect.MakeSlice(v.Type(), 0, min(n, most)))
	for v.Len() < n {
		at := v.Len()
		more := min(n-at, max(most, at))
		v.Grow(more)
		v.SetLen(at + more)
		d.elements(v.Slice(at, at+more))
	}
}

func (d *decoder) elements(v reflect.Value) {
	n := v.Len()
	if t := v.Type().Elem(); isFlat(t) {
		if n > 0 {
			d.full(raw(v.Index(0).Addr().UnsafePointer(), n*int(t.Size())))
		}
		return
	}
	for i := range n {
		d.value(v.Index(i))
	}
}

// reference reads which thing a pointer or a map refers to, and reports whether it
// comes next.
func (d *decoder) reference(v reflect.Value, make func() reflect.Value) (isNew bool) {
	switch n := d.uint(); {
	case n == 0:
		return false
	case n == 1:
		at := make()
		v.Set(at.Convert(v.Type()))
		d.seen = append(d.seen, at)
		return true
	case n-2 < uint64(len(d.seen)) && d.seen[n-2].Type().ConvertibleTo(v.Type()):
		v.Set(d.seen[n-2].Convert(v.Type()))
		return false
	default:
		panic(damaged{fmt.Errorf("reference %d of %d", n-2, len(d.seen))})
	}
}

func (d *decoder) structure(v reflect.Value) {
	t := v.Type()
	how, why := formOf(t)
	switch at := v.Addr().Interface(); how {
	case byFields:
		for i := range t.NumField() {
			if t.Field(i).Name != "_" {
				d.value(field(v, i))
			}
		}
	case byBinary:
		d.check(at.(encoding.BinaryUnmarshaler).UnmarshalBinary(d.text()))
	case byGob:
		d.check(at.(gobDecoder).GobDecode(d.text()))
	case byText:
		d.check(at.(encoding.TextUnmarshaler).UnmarshalText(d.text()))
	default:
		panic(damaged{errors.New(why)})
	}
}

// fits reports whether a count that was read can be one.
func fits(n uint64) bool { return n < math.MaxInt32*64 }
