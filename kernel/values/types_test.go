package values

import (
	"bytes"
	"fmt"
	"math/big"
	"net/url"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"text/template"
)

// TestExpr holds how types are written.
func TestExpr(t *testing.T) {
	for _, c := range []struct {
		t    reflect.Type
		want string
	}{
		{reflect.TypeFor[int](), "int"},
		{reflect.TypeFor[error](), "error"},
		{reflect.TypeFor[any](), "any"},
		{reflect.TypeFor[map[string]*url.URL](), `map[string]*"net/url".URL`},
		{reflect.TypeFor[[3][]rune](), "[3][]int32"},
		{reflect.TypeFor[struct {
			A int `json:"a"`
			url.URL
		}](), `struct{A int "json:\"a\""; "net/url".URL}`},
		{reflect.TypeFor[func(int, ...string) (*big.Int, error)](), `func(int, ...string) (*"math/big".Int, error)`},
		{reflect.TypeFor[<-chan chan<- int](), "<-chan (chan<- (int))"},
		{reflect.TypeFor[interface{ String() string }](), "interface{String() (string)}"},
		{reflect.TypeFor[fmt.Stringer](), `"fmt".Stringer`},
		{reflect.TypeFor[atomic.Pointer[template.Template]](), `"sync/atomic".Pointer["text/template".Template]`},
		{reflect.TypeFor[atomic.Pointer[map[string][]*url.URL]](), `"sync/atomic".Pointer[map[string][]*"net/url".URL]`},
	} {
		if got, err := Expr(c.t); got != c.want || err != nil {
			t.Errorf("%s: %q, %v; want %q", c.t, got, err, c.want)
		}
	}
	const mixed = `map["main".K]"net/url".URL`
	if got := Source(mixed, func(path string) string { return "p_" + path[:3] }); got != "map[K]p_net.URL" {
		t.Errorf("got %q", got)
	}
	if got := Cells(mixed); !slices.Equal(got, []string{"K"}) {
		t.Errorf("got %q", got)
	}
	if got := unescaped("gopkg.in/yaml%2ev3"); got != "gopkg.in/yaml.v3" {
		t.Errorf("got %q", got)
	}
	for _, bad := range []reflect.Type{reflect.TypeFor[link](), reflect.TypeFor[[]celsius](), reflect.TypeOf(reflect.ValueOf(bytes.NewReader).Type())} {
		if got, err := Expr(bad); err == nil {
			t.Errorf("%s is written %q", bad, got)
		}
	}
}

// TestShape: another field, another type of a field and another name make another
// shape, at any depth; the same does not.
func TestShape(t *testing.T) {
	type a struct{ X []map[string]*struct{ Y int } }
	shapes := map[string]reflect.Type{}
	for _, s := range []reflect.Type{
		reflect.TypeFor[a](), reflect.TypeFor[*a](), reflect.TypeFor[struct {
			X []map[string]*struct{ Y int8 }
		}](),
		reflect.TypeFor[struct{ X []map[string]*struct{ Z int } }](), reflect.TypeFor[struct {
			X []map[string]*struct{ Y, Z int }
		}](), reflect.TypeFor[link](), reflect.TypeFor[celsius](), reflect.TypeFor[float64](),
	} {
		if other := shapes[Shape(s)]; other != nil {
			t.Errorf("%s and %s have one shape", s, other)
		}
		shapes[Shape(s)] = s
	}
}
