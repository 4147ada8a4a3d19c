package circuit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// strictly unmarshals data into v, a pointer to a struct, and refuses what
// encoding/json lets pass: a field that the struct does not have or has in other
// letters, a field twice, a field missing that is not optional, and null.
func strictly(data []byte, v any) error {
	// First, so that what follows meets neither bad syntax nor the wrong types nor
	// nesting without end.
	if err := unmarshal(data, v); err != nil {
		return err
	}
	w := walker{dec: json.NewDecoder(bytes.NewReader(data)), known: map[reflect.Type][]field{}}
	return w.walk(reflect.TypeOf(v), "")
}

// field is what a struct's tag says.
type field struct {
	name     string
	typ      reflect.Type
	optional bool
}

type walker struct {
	dec   *json.Decoder
	known map[reflect.Type][]field
}

// walk follows the value that comes next, which is to be stored in a t.
func (w walker) walk(t reflect.Type, path string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	token, err := w.dec.Token()
	if err != nil {
		return err
	}
	switch token {
	case nil:
		return fmt.Errorf("%s is null; give it a value or leave it out", path)
	case json.Delim('['):
		for i := 0; w.dec.More(); i++ {
			if err := w.walk(element(t), path+"["+strconv.Itoa(i)+"]"); err != nil {
				return err
			}
		}
		_, err = w.dec.Token()
	case json.Delim('{'):
		err = w.object(t, path)
	}
	return err
}

// element is the type of what a value of type t holds; any for an any.
func element(t reflect.Type) reflect.Type {
	switch t.Kind() {
	case reflect.Slice, reflect.Map:
		return t.Elem()
	}
	return t
}

func (w walker) object(t reflect.Type, path string) error {
	fields := w.fields(t)
	seen := map[string]bool{}
	for w.dec.More() {
		token, err := w.dec.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		inner := strings.TrimPrefix(path+"."+name, ".")
		if seen[name] {
			return fmt.Errorf("field %q is there twice", inner)
		}
		seen[name] = true
		child := element(t)
		if t.Kind() == reflect.Struct {
			i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
			if i < 0 {
				return fmt.Errorf("field %q is not known; %s has %s", inner, cmp.Or(path, "the file"), names(fields))
			}
			child = fields[i].typ
		}
		if err := w.walk(child, inner); err != nil {
			return err
		}
	}
	for _, f := range fields {
		if !f.optional && !seen[f.name] {
			return fmt.Errorf("field %q is missing", strings.TrimPrefix(path+"."+f.name, "."))
		}
	}
	_, err := w.dec.Token()
	return err
}

// fields lists those of a struct; none for other types.
func (w walker) fields(t reflect.Type) []field {
	if t.Kind() != reflect.Struct {
		return nil
	}
	if f, ok := w.known[t]; ok {
		return f
	}
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		fields = append(fields, field{name, f.Type, options == "omitempty"})
	}
	w.known[t] = fields
	return fields
}

func names(fields []field) string {
	var out []string
	for _, f := range fields {
		out = append(out, f.name)
	}
	return strings.Join(out, ", ")
}
