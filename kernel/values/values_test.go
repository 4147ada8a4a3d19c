package values

import (
	"bufio"
	"bytes"
	"math"
	"math/big"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	_ "circuitbook/sparsenn/suitetest" // fixes seeds

	"pgregory.net/rapid"
)

// again is what comes back of a value.
func again(t interface{ Fatalf(string, ...any) }, v reflect.Value) reflect.Value {
	var b bytes.Buffer
	types, err := encode(&b, v)
	if err != nil {
		t.Fatalf("%s: %v", v.Type(), err)
	}
	back := reflect.New(v.Type()).Elem()
	if err := decode(bufio.NewReader(&b), back, types); err != nil {
		t.Fatalf("%s: %v", v.Type(), err)
	}
	return back
}

func backOf[T any](t *testing.T, v T) T {
	t.Helper()
	return again(t, reflect.ValueOf(&v).Elem()).Interface().(T)
}

type link struct {
	N    int
	Next *link
}

type celsius float64

func (c celsius) MarshalText() ([]byte, error)     { return []byte("warm"), nil }
func (c *celsius) UnmarshalText(text []byte) error { return nil }

type stamped struct {
	time.Time
	Note string
}

type tree[K comparable] map[K][]tree[K]

// TestKinds: what is written comes back, of every kind that has a value.
func TestKinds(t *testing.T) {
	n := 3
	for _, v := range []any{
		true, -5, int8(-128), uint64(math.MaxUint64), uintptr(7), "日本\x00\xff", 1.5, float32(-0.25), complex(1, -2), complex64(2i),
		[]int(nil), []int{}, []int{1, -2}, [3]string{"a", "", "c"}, [][]byte{nil, {}, {1}}, [2][2]float64{{1, 2}, {3, 4}}, []bool{true, false},
		map[string]int(nil), map[string]int{}, map[[2]int]*int{{1, 2}: &n, {0, 0}: nil}, (*int)(nil), &n, &[]*int{nil, &n},
		[]any{nil, 1, "x", []any{2.5}, map[string]any{"k": int8(1)}, link{N: 1}, &link{N: 2}}, struct{}{}, struct{ A, B int }{1, 2}, link{1, &link{2, nil}}, celsius(21.5), tree[string]{"a": {nil, {"b": nil}}},
	} {
		back := again(t, reflect.ValueOf(v))
		if !reflect.DeepEqual(back.Interface(), v) {
			t.Errorf("%T: %#v came back as %#v", v, v, back.Interface())
		}
	}
}

// TestWhole: what equality does not tell: bits of a NaN, things that are shared, and
// such as hold themselves.
func TestWhole(t *testing.T) {
	nan := math.Float64frombits(0x7ff8000000000123)
	if got := backOf(t, []float64{nan})[0]; math.Float64bits(got) != math.Float64bits(nan) {
		t.Errorf("a NaN came back as %x", math.Float64bits(got))
	}
	if got := backOf(t, map[float64]int{math.NaN(): 1, math.NaN(): 2}); len(got) != 2 {
		t.Errorf("two NaNs as keys came back as %v", got)
	}
	ring := &link{N: 1}
	ring.Next = &link{N: 2, Next: ring}
	if got := backOf(t, ring); got.Next.Next != got || got.Next.N != 2 {
		t.Errorf("a ring came back as %v", got)
	}
	one := 5
	if got := backOf(t, []*int{&one, &one}); got[0] != got[1] || *got[0] != 5 {
		t.Error("one thing came back as two")
	}
	self := map[string]any{}
	self["self"] = self
	got := backOf(t, self)
	got["new"] = 1
	if inner := got["self"].(map[string]any); inner["new"] != 1 {
		t.Error("a map that holds itself came back as two")
	}
	type path *link
	if got := backOf(t, []path{path(ring), path(ring)}); got[0] != got[1] {
		t.Error("pointers of a type with a name")
	}
}

// TestMarshalling: structs that hide their state come back by their own words, and
// only where these say all.
func TestMarshalling(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	if got := backOf(t, at); !got.Equal(at) {
		t.Errorf("%v came back as %v", at, got)
	}
	if got := backOf(t, map[string]*big.Int{"x": big.NewInt(77)}); got["x"].Int64() != 77 {
		t.Errorf("77 came back as %v", got)
	}
	u, err := url.Parse("https://a.b/c?d=e")
	if err != nil {
		t.Fatal(err)
	}
	if got := backOf(t, *u); got.String() != u.String() {
		t.Errorf("%v came back as %v", u, &got)
	}
	if got := backOf(t, stamped{at, "note"}); !got.Equal(at) || got.Note != "note" {
		t.Errorf("an embedded time came back as %v", got)
	}
	if got := backOf(t, celsius(3)); got != 3 {
		t.Errorf("3 came back as %v, by words that lose it", float64(got))
	}
}

// TestUnkept: what has no value is refused, with the field that it is in.
func TestUnkept(t *testing.T) {
	var deep any
	for range maxDepth + 1 {
		deep = []any{deep}
	}
	for _, c := range []struct {
		v    any
		want string
	}{
		{func() {}, "a function has no value"},
		{make(chan int), "a channel has no value"},
		{struct{ A struct{ F func() } }{struct{ F func() }{func() {}}}, "its field A.F: a function"},
		{[]any{1, &strings.Builder{}}, "strings.Builder has state of its own"},
		{struct {
			*strings.Reader
			T time.Time
		}{strings.NewReader("x"), time.Now()}, "its field Reader: a strings.Reader has state of its own"},
		{deep, "nested more than"},
	} {
		if _, err := encode(new(bytes.Buffer), reflect.ValueOf(c.v)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%T: %v, want %q", c.v, err, c.want)
		}
	}
	// Nothing is no function and no channel.
	if got := backOf(t, struct {
		F func()
		C chan int
	}{}); got.F != nil || got.C != nil {
		t.Error("nothing came back as something")
	}
}

// typeOf draws a type that has values.
func typeOf(t *rapid.T, depth int) reflect.Type {
	basic := []reflect.Type{reflect.TypeFor[bool](), reflect.TypeFor[int](), reflect.TypeFor[int8](), reflect.TypeFor[uint16](), reflect.TypeFor[float32](),
		reflect.TypeFor[float64](), reflect.TypeFor[complex64](), reflect.TypeFor[string](), reflect.TypeFor[byte](), reflect.TypeFor[any](), reflect.TypeFor[link](), reflect.TypeFor[celsius]()}
	kind := rapid.IntRange(0, 6).Draw(t, "kind")
	if depth == 0 || kind < 2 {
		return rapid.SampledFrom(basic).Draw(t, "basic")
	}
	elem := typeOf(t, depth-1)
	switch kind {
	case 2:
		return reflect.SliceOf(elem)
	case 3:
		return reflect.ArrayOf(rapid.IntRange(0, 3).Draw(t, "len"), elem)
	case 4:
		return reflect.MapOf(rapid.SampledFrom(basic[:9]).Draw(t, "key"), elem)
	case 5:
		return reflect.PointerTo(elem)
	default:
		return reflect.StructOf([]reflect.StructField{{Name: "A", Type: elem}, {Name: "B", Type: typeOf(t, depth-1)}})
	}
}

// fill draws a value.
func fill(t *rapid.T, v reflect.Value, depth int) {
	some := func() bool { return depth > 0 && rapid.Bool().Draw(t, "some") }
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int, reflect.Int8:
		v.SetInt(rapid.Int64().Draw(t, "int"))
	case reflect.Uint8, reflect.Uint16:
		v.SetUint(rapid.Uint64().Draw(t, "uint"))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(rapid.Float64().Draw(t, "float"))
	case reflect.Complex64:
		v.SetComplex(complex(rapid.Float64().Draw(t, "re"), 1))
	case reflect.String:
		v.SetString(rapid.String().Draw(t, "string"))
	case reflect.Slice:
		if some() {
			n := rapid.IntRange(0, 4).Draw(t, "n")
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(t, v.Index(i), depth-1)
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i), depth-1)
		}
	case reflect.Map:
		if some() {
			v.Set(reflect.MakeMap(v.Type()))
			for range rapid.IntRange(0, 3).Draw(t, "n") {
				key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
				fill(t, key, 0)
				fill(t, value, depth-1)
				v.SetMapIndex(key, value)
			}
		}
	case reflect.Pointer:
		if some() {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem(), depth-1)
		}
	case reflect.Interface:
		if some() {
			held := reflect.New(typeOf(t, 1)).Elem()
			fill(t, held, depth-1)
			v.Set(held)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), depth-1)
		}
	}
}

// TestAnyType: a random value of a random type comes back equal.
func TestAnyType(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := reflect.New(typeOf(t, 3)).Elem()
		fill(t, v, 3)
		if got := again(t, v); !reflect.DeepEqual(got.Interface(), v.Interface()) {
			t.Fatalf("%#v came back as %#v", v.Interface(), got.Interface())
		}
	})
}

// FuzzDecode: damaged bytes end in an error or in some value, never in a panic, and
// take no more memory than there is of them.
func FuzzDecode(f *testing.F) {
	type all struct {
		A []float64
		B map[string]*link
		C []any
		D []string
		E *time.Time
		F [][]int8
	}
	types := []reflect.Type{reflect.TypeFor[int](), reflect.TypeFor[[]any](), reflect.TypeFor[*link]()}
	var b bytes.Buffer
	at := time.Unix(1, 2)
	if _, err := encode(&b, reflect.ValueOf(all{[]float64{1}, map[string]*link{"a": {N: 1}}, []any{1, []any{2}, &link{}}, []string{"x"}, &at, [][]int8{{1}}})); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = decode(bufio.NewReader(bytes.NewReader(data)), reflect.New(reflect.TypeFor[all]()).Elem(), types)
	})
}
