package notebook

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Param is one parameter of a notebook: a line `var name = literal` of the
// cell tagged parameters.
type Param struct {
	Name  string
	Type  string // int, float64, string or bool, or the type that is written
	Value any    // int64, float64, string or bool

	from, to int // the literal's place in the cell's source
}

// String returns the parameter as its Go declaration has it, without `var`.
func (p Param) String() string {
	if s, ok := p.Value.(string); ok {
		return fmt.Sprintf("%s %s = %q", p.Name, p.Type, s)
	}
	return fmt.Sprintf("%s %s = %v", p.Name, p.Type, p.Value)
}

// ErrParam marks errors in the values given for a notebook's parameters.
var ErrParam = errors.New("parameters")

// ParseAssignments reads arguments of the form name=value. A name given
// twice, or none, is an error.
func ParseAssignments(args []string) (map[string]string, error) {
	set := make(map[string]string, len(args))
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		name = strings.TrimSpace(name)
		if !ok || !token.IsIdentifier(name) {
			return nil, fmt.Errorf("%w: %q is not of the form name=value, as in -p steps=5", ErrParam, arg)
		}
		if _, twice := set[name]; twice {
			return nil, fmt.Errorf("%w: %s is given twice", ErrParam, name)
		}
		set[name] = value
	}
	return set, nil
}

// Params returns the parameters of the notebook in the order of their lines,
// none if no cell is tagged parameters. A cell that is tagged so and holds
// anything but declarations `var name = literal` is an error, as is a second
// such cell.
func (n *Notebook) Params() ([]Param, error) {
	cell, err := n.paramCell()
	if cell == nil || err != nil {
		return nil, err
	}
	return parseParams(cell.Source)
}

// SetParams replaces the literals of the parameters in set and returns all
// parameters with the values that then hold. An unknown name, and a value
// that is not of the parameter's type, are errors that list the known ones.
func (n *Notebook) SetParams(set map[string]string) ([]Param, error) {
	params, err := n.Params()
	if err != nil {
		return nil, err
	}
	if len(params) == 0 && len(set) > 0 {
		return nil, fmt.Errorf("%w: this notebook has none: no cell is tagged %q; give that tag to one that holds lines `var name = literal`", ErrParam, TagParameters)
	}
	known := make([]string, len(params))
	for i, p := range params {
		known[i] = p.String()
	}
	type edit struct {
		from, to int
		text     string
	}
	var edits []edit
	left := len(set)
	for i := range params {
		p := &params[i]
		value, ok := set[p.Name]
		if !ok {
			continue
		}
		left--
		literal, err := p.assign(value)
		if err != nil {
			return nil, fmt.Errorf("%w: %w; the notebook has: %s", ErrParam, err, strings.Join(known, ", "))
		}
		edits = append(edits, edit{p.from, p.to, literal})
	}
	if left > 0 {
		var unknown []string
		for name := range set {
			if !slices.ContainsFunc(params, func(p Param) bool { return p.Name == name }) {
				unknown = append(unknown, name)
			}
		}
		slices.Sort(unknown)
		return nil, fmt.Errorf("%w: unknown: %s; the notebook has: %s",
			ErrParam, strings.Join(unknown, ", "), strings.Join(known, ", "))
	}
	if len(edits) == 0 {
		return params, nil
	}
	cell, err := n.paramCell()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(edits, func(a, b edit) int { return b.from - a.from })
	for _, e := range edits { // from the end, so that places stay true
		cell.Source = cell.Source[:e.from] + e.text + cell.Source[e.to:]
	}
	return params, nil
}

// paramCell returns the cell tagged parameters, nil if there is none.
func (n *Notebook) paramCell() (*Cell, error) {
	var found *Cell
	for _, c := range n.Cells {
		if c.Type != Code || !c.Has(TagParameters) {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("%w: two cells are tagged %q; one is allowed", ErrParam, TagParameters)
		}
		found = c
	}
	return found, nil
}

// prefix makes a cell's declarations a Go file; it holds no newline, so that
// lines count as in the cell.
const prefix = "package parameters;"

// parseParams reads the declarations of a cell tagged parameters.
func parseParams(source string) ([]Param, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "parameters", prefix+source, parser.SkipObjectResolution)
	if list := (scanner.ErrorList)(nil); errors.As(err, &list) && len(list) > 0 {
		return nil, fmt.Errorf("%w: line %d: only lines `var name = literal` may stand in this cell: %s", ErrParam, list[0].Pos.Line, list[0].Msg)
	} else if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrParam, err)
	}
	line := func(n ast.Node) int { return fset.Position(n.Pos()).Line }
	offset := func(pos token.Pos) int { return fset.Position(pos).Offset - len(prefix) }
	var params []Param
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR {
			return nil, fmt.Errorf("%w: line %d: only lines `var name = literal` may stand in this cell", ErrParam, line(decl))
		}
		for _, spec := range gen.Specs {
			v := spec.(*ast.ValueSpec)
			if len(v.Values) != len(v.Names) {
				return nil, fmt.Errorf("%w: line %d: every parameter needs a literal: var name = literal", ErrParam, line(v))
			}
			written := ""
			if v.Type != nil {
				id, ok := v.Type.(*ast.Ident)
				if !ok {
					return nil, fmt.Errorf("%w: line %d: the type must be a number, string or bool", ErrParam, line(v))
				}
				written = id.Name
			}
			for i, name := range v.Names {
				p, err := literal(written, v.Values[i])
				if err != nil {
					return nil, fmt.Errorf("%w: line %d: %s: %w", ErrParam, line(v), name.Name, err)
				}
				p.Name = name.Name
				p.from, p.to = offset(v.Values[i].Pos()), offset(v.Values[i].End())
				if slices.ContainsFunc(params, func(q Param) bool { return q.Name == p.Name }) {
					return nil, fmt.Errorf("%w: line %d: %s is declared twice", ErrParam, line(v), p.Name)
				}
				params = append(params, p)
			}
		}
	}
	return params, nil
}

// literal reads the literal x of a parameter whose declaration has the type
// written, or none.
func literal(written string, x ast.Expr) (Param, error) {
	kind, text := "", ""
	sign := ""
	if u, ok := x.(*ast.UnaryExpr); ok && (u.Op == token.SUB || u.Op == token.ADD) {
		sign, x = u.Op.String(), u.X
	}
	switch x := x.(type) {
	case *ast.BasicLit:
		text = sign + x.Value
		switch x.Kind {
		case token.INT:
			kind = "int"
		case token.FLOAT:
			kind = "float64"
		case token.STRING:
			kind = "string"
		}
	case *ast.Ident:
		if x.Name == "true" || x.Name == "false" {
			kind, text = "bool", x.Name
		}
	}
	if kind == "" || (sign != "" && (kind == "string" || kind == "bool")) {
		return Param{}, errors.New("not a literal of a number, string or bool; what is computed belongs into a later cell")
	}
	p := Param{Type: kind}
	if written != "" {
		if class(written) == "" || (class(written) != class(kind) && !(class(written) == "float" && kind == "int")) {
			return Param{}, fmt.Errorf("a literal of kind %s for type %s", kind, written)
		}
		p.Type = written
	}
	var err error
	switch class(p.Type) {
	case "int":
		p.Value, err = strconv.ParseInt(strings.TrimPrefix(text, "+"), 0, 64)
	case "float":
		p.Value, err = parseFloat(text)
	case "string":
		p.Value, err = strconv.Unquote(text)
	case "bool":
		p.Value = text == "true"
	}
	return p, err
}

// kinds say the classes in words.
var kinds = map[string]string{"int": "a whole number", "float": "a number", "bool": "true or false"}

// class groups the types that a parameter may have.
func class(typ string) string {
	switch typ {
	case "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64":
		return "int"
	case "float32", "float64":
		return "float"
	case "string", "bool":
		return typ
	}
	return ""
}

// assign sets p's value from what a user wrote and returns the Go literal
// that says the same.
func (p *Param) assign(value string) (string, error) {
	wrong := func(err error) error {
		if num := (*strconv.NumError)(nil); errors.As(err, &num) {
			err = num.Err
		}
		if errors.Is(err, strconv.ErrSyntax) {
			return fmt.Errorf("%s wants %s (%s), not %q", p.Name, p.Type, kinds[class(p.Type)], value)
		}
		return fmt.Errorf("%s wants %s, not %q (%w)", p.Name, p.Type, value, err)
	}
	switch class(p.Type) {
	case "int":
		bits := 64
		if digits := strings.TrimLeft(p.Type, "uint"); digits != "" {
			bits, _ = strconv.Atoi(digits)
		}
		if strings.HasPrefix(p.Type, "u") {
			u, err := strconv.ParseUint(value, 0, bits)
			if err == nil && u > math.MaxInt64 {
				err = strconv.ErrRange
			}
			if err != nil {
				return "", wrong(err)
			}
			p.Value = int64(u)
			return strconv.FormatUint(u, 10), nil
		}
		i, err := strconv.ParseInt(value, 0, bits)
		if err != nil {
			return "", wrong(err)
		}
		p.Value = i
		return strconv.FormatInt(i, 10), nil
	case "float":
		f, err := parseFloat(value)
		if err != nil {
			return "", wrong(err)
		}
		p.Value = f
		text := strconv.FormatFloat(f, 'g', -1, 64)
		if !strings.ContainsAny(text, ".e") {
			text += ".0" // else the declaration would be of an int
		}
		return text, nil
	case "bool":
		b, err := strconv.ParseBool(value)
		if err != nil {
			return "", wrong(err)
		}
		p.Value = b
		return strconv.FormatBool(b), nil
	default:
		p.Value = value
		return strconv.Quote(value), nil
	}
}

// parseFloat reads a finite float64.
func parseFloat(text string) (float64, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, err
	}
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return 0, errors.New("not a finite number")
	}
	return f, nil
}
