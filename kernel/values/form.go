package values

import (
	"encoding"
	"fmt"
	"reflect"
)

// What encoding/gob asks of types, without the package, which cells need not link.
type (
	gobEncoder interface{ GobEncode() ([]byte, error) }
	gobDecoder interface{ GobDecode([]byte) error }
)

// A form is how a struct is written.
type form int

const (
	not form = iota
	byFields
	byBinary
	byGob
	byText
)

var forms = []struct {
	form
	write, read reflect.Type
}{
	{byBinary, reflect.TypeFor[encoding.BinaryMarshaler](), reflect.TypeFor[encoding.BinaryUnmarshaler]()},
	{byGob, reflect.TypeFor[gobEncoder](), reflect.TypeFor[gobDecoder]()},
	{byText, reflect.TypeFor[encoding.TextMarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()},
}

// formOf is how structs of a type are written, and why not.
func formOf(t reflect.Type) (form, string) {
	hidden := ""
	for i := range t.NumField() {
		if f := t.Field(i); !f.IsExported() && f.Name != "_" && f.PkgPath != "main" {
			hidden = f.Name
			break
		}
	}
	if hidden == "" {
		return byFields, ""
	}
	for _, f := range forms {
		if p := reflect.PointerTo(t); p.Implements(f.write) && p.Implements(f.read) && !promoted(t, f.write) {
			return f.form, ""
		}
	}
	return not, fmt.Sprintf("a %s has state of its own (the field %s), which cannot be written", t, hidden)
}

// promoted reports whether a struct may have a method from an embedded field, which
// does not write the others.
func promoted(t reflect.Type, method reflect.Type) bool {
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous && (f.Type.Implements(method) || reflect.PointerTo(f.Type).Implements(method)) {
			return true
		}
	}
	return false
}
