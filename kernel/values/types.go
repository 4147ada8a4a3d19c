package values

import (
	"fmt"
	"hash/fnv"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Expr is a type as Go source writes it, with every package as its quoted import
// path: map[string]"net/url".URL; that of cells is "main". A type without a name that
// another package could write is an error.
func Expr(t reflect.Type) (string, error) {
	if t.Name() != "" {
		return named(t)
	}
	sub := func(format string, types ...reflect.Type) (string, error) {
		args := make([]any, len(types))
		for i, x := range types {
			text, err := Expr(x)
			if err != nil {
				return "", err
			}
			args[i] = text
		}
		return fmt.Sprintf(format, args...), nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return sub("*%s", t.Elem())
	case reflect.Slice:
		return sub("[]%s", t.Elem())
	case reflect.Array:
		return sub("["+strconv.Itoa(t.Len())+"]%s", t.Elem())
	case reflect.Map:
		return sub("map[%s]%s", t.Key(), t.Elem())
	case reflect.Chan:
		return sub(map[reflect.ChanDir]string{reflect.BothDir: "chan (%s)", reflect.RecvDir: "<-chan (%s)", reflect.SendDir: "chan<- (%s)"}[t.ChanDir()], t.Elem())
	case reflect.Func:
		s, err := signature(t)
		return "func" + s, err
	case reflect.Struct:
		return structExpr(t)
	case reflect.Interface:
		return interfaceExpr(t)
	}
	return "", fmt.Errorf("the type %s cannot be written down", t)
}

// named is the expression of a type with a name.
func named(t reflect.Type) (string, error) {
	name, args, generic := strings.Cut(t.Name(), "[")
	if strings.Contains(t.Name(), "·") {
		return "", fmt.Errorf("the type %s is one of a function's own", t)
	}
	if generic {
		name += "[" + quoted(args)
	}
	switch path := t.PkgPath(); {
	case path == "":
		return name, nil
	case path == "main":
		return `"main".` + name, nil
	case !isUpper(name):
		return "", fmt.Errorf("the type %s is its package's own", t)
	case strings.Contains("/"+path+"/", "/internal/"):
		return "", fmt.Errorf("the type %s is of an internal package", t)
	default:
		return strconv.Quote(path) + "." + name, nil
	}
}

func isUpper(name string) bool {
	r, _ := utf8.DecodeRuneInString(name)
	return unicode.IsUpper(r)
}

// quoted puts the import paths into quotes that reflection writes before the names in
// the arguments of a generic type.
func quoted(args string) string {
	var out strings.Builder
	for len(args) > 0 {
		n := strings.IndexAny(args, ",[]*(){} ;<")
		if n < 0 {
			n = len(args)
		}
		word, dots := strings.CutPrefix(args[:n], "...")
		if dots {
			out.WriteString("...")
		}
		if at := strings.LastIndexByte(word, '.'); at > 0 {
			out.WriteString(strconv.Quote(unescaped(word[:at])))
			word = word[at:]
		}
		out.WriteString(word)
		if args = args[n:]; len(args) > 0 {
			out.WriteString(args[:1])
			args = args[1:]
		}
	}
	return out.String()
}

// Source is an expression that Expr returned as it stands in a program: alias is the
// name under which an import path is imported there. The types of cells have none.
func Source(expr string, alias func(path string) string) string {
	return imported().ReplaceAllStringFunc(expr, func(s string) string {
		m := imported().FindStringSubmatch(s)
		if m[1] == "main" {
			return m[2]
		}
		return alias(m[1]) + "." + m[2]
	})
}

// Cells are the types of cells in an expression that Expr returned.
func Cells(expr string) (names []string) {
	for _, m := range imported().FindAllStringSubmatch(expr, -1) {
		if m[1] == "main" {
			names = append(names, m[2])
		}
	}
	return names
}

// imported is a quoted import path with the name behind it. Only the kernel looks for
// it, so that programs of cells need not link what it takes.
var imported = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`"([^"\\]+)"\.(\pL[\pL\pN_]*)`) })

// unescaped is an import path as it is imported: the linker's names have the points
// of a path's last element in another form.
func unescaped(path string) string {
	parts := strings.Split(path, "%")
	for i, p := range parts[1:] {
		if len(p) >= 2 {
			if n, err := strconv.ParseUint(p[:2], 16, 8); err == nil {
				parts[i+1] = string(rune(n)) + p[2:]
				continue
			}
		}
		parts[i+1] = "%" + p
	}
	return strings.Join(parts, "")
}

// signature is the parameters and results of a function.
func signature(t reflect.Type) (string, error) {
	var in, out []string
	for i := range t.NumIn() {
		p, dots := t.In(i), ""
		if t.IsVariadic() && i == t.NumIn()-1 {
			p, dots = p.Elem(), "..."
		}
		text, err := Expr(p)
		if err != nil {
			return "", err
		}
		in = append(in, dots+text)
	}
	for r := range t.Outs() {
		text, err := Expr(r)
		if err != nil {
			return "", err
		}
		out = append(out, text)
	}
	s := "(" + strings.Join(in, ", ") + ")"
	if len(out) > 0 {
		s += " (" + strings.Join(out, ", ") + ")"
	}
	return s, nil
}

func structExpr(t reflect.Type) (string, error) {
	var fields []string
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() && f.Name != "_" && f.PkgPath != "main" {
			return "", fmt.Errorf("the type %s has the field %s, which is its package's own", t, f.Name)
		}
		text, err := Expr(f.Type)
		if err != nil {
			return "", err
		}
		if !f.Anonymous {
			text = f.Name + " " + text
		}
		if f.Tag != "" {
			text += " " + strconv.Quote(string(f.Tag))
		}
		fields = append(fields, text)
	}
	return "struct{" + strings.Join(fields, "; ") + "}", nil
}

func interfaceExpr(t reflect.Type) (string, error) {
	if t.NumMethod() == 0 {
		return "any", nil
	}
	var methods []string
	for i := range t.NumMethod() {
		m := t.Method(i)
		if m.PkgPath != "" && m.PkgPath != "main" {
			return "", fmt.Errorf("the type %s has the method %s, which is its package's own", t, m.Name)
		}
		s, err := signature(m.Type)
		if err != nil {
			return "", err
		}
		methods = append(methods, m.Name+s)
	}
	return "interface{" + strings.Join(methods, "; ") + "}", nil
}

// Shape is a digest of what a value of a type consists of: types of one shape read
// each other's values.
func Shape(t reflect.Type) string {
	var b strings.Builder
	shape(&b, t, map[reflect.Type]bool{})
	h := fnv.New64a()
	_, _ = h.Write([]byte(b.String())) // it never fails
	return strconv.FormatUint(h.Sum64(), 16)
}

func shape(b *strings.Builder, t reflect.Type, seen map[reflect.Type]bool) {
	fmt.Fprintf(b, "%s %s", t, t.Kind())
	if seen[t] {
		return
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Map:
		shape(b, t.Key(), seen)
		shape(b, t.Elem(), seen)
	case reflect.Pointer, reflect.Slice, reflect.Array:
		shape(b, t.Elem(), seen)
	case reflect.Struct:
		if how, _ := formOf(t); how != byFields {
			return
		}
		for i := range t.NumField() {
			b.WriteString("; " + t.Field(i).Name + " ")
			shape(b, t.Field(i).Type, seen)
		}
	}
}
