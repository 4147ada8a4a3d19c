package shim

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"circuitbook/kernel/values"
)

// valuesFile is compiled into a cell that uses kept values, or leaves some behind.
const valuesFile = "circuitbook_values.go"

// NowName is the file, in the kernel's folder, that tells of the running cell.
const NowName = "values/now"

// Now is what the shim has to know of the running cell.
type Now struct {
	Declares []string `json:"declares"` // the names that it declares outside of its statements
	Stock    []string `json:"stock"`    // variables of cells of GoNB's own form, which every cell evaluates anew
}

// A cellProgram is a cell's, with what of it is kept.
type cellProgram struct {
	src  []byte
	file *ast.File
	fset *token.FileSet
	main *ast.FuncDecl
	kept map[string]values.Header
	now  Now
}

// addValues has the cell in the working directory compiled with the values that it
// uses and, where leaves is set, with what keeps those that it leaves behind.
func addValues(leaves bool) error {
	dir := os.Getenv(KernelDirEnv)
	if _, err := os.Stat(filepath.Join(dir, NowName)); dir == "" || err != nil {
		return nil // no kernel keeps them
	}
	for _, name := range []string{"main.go", "main_test.go"} {
		src, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		p, err := readProgram(src, dir)
		if err != nil {
			return nil // the compiler says it better
		}
		text, changed := p.compose(leaves && name == "main.go")
		if text == "" {
			break
		}
		if leaves && string(changed) != string(src) {
			if err := os.WriteFile(name, changed, 0o600); err != nil {
				return err
			}
		}
		return os.WriteFile(valuesFile, []byte(text), 0o600)
	}
	if err := os.Remove(valuesFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func readProgram(src []byte, dir string) (*cellProgram, error) {
	p := &cellProgram{src: src, fset: token.NewFileSet(), kept: map[string]values.Header{}}
	var err error
	// With object resolution, for the names that the file does not declare.
	if p.file, err = parser.ParseFile(p.fset, "main.go", src, parser.ParseComments); err != nil {
		return nil, err
	}
	for _, d := range p.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "main" && f.Body != nil {
			p.main = f
		}
	}
	headers, err := values.List(filepath.Join(dir, values.KeptDir))
	if err != nil {
		return nil, err
	}
	for _, h := range headers {
		if h.Why == "" && p.hasTypes(h) {
			p.kept[h.Name] = h
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, NowName)); err == nil {
		if err := json.Unmarshal(text, &p.now); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// hasTypes reports whether the program has the types of cells that a value is of.
func (p *cellProgram) hasTypes(h values.Header) bool {
	exprs := []string{h.Expr}
	for _, held := range h.Holds {
		exprs = append(exprs, held.Expr)
	}
	for _, expr := range exprs {
		for _, name := range values.Cells(expr) {
			if o := p.file.Scope.Lookup(name); o == nil || o.Kind != ast.Typ {
				return false
			}
		}
	}
	return true
}

func (p *cellProgram) offset(pos token.Pos) int { return p.fset.Position(pos).Offset }

// text is the source of a node.
func (p *cellProgram) text(n ast.Node) string {
	return string(p.src[p.offset(n.Pos()):p.offset(n.End())])
}

// An edit puts text in place of some.
type edit struct {
	from, to int
	text     string
}

// compose returns the file to be compiled beside the cell's, "" for none, and the
// cell's with what keeps its variables.
func (p *cellProgram) compose(leaves bool) (string, []byte) {
	w := &valuesWriter{imports: map[string]string{}}
	imported := map[string]bool{}
	for _, i := range p.file.Imports {
		if i.Name != nil {
			imported[i.Name.Name] = true
		} else if path, err := strconv.Unquote(i.Path.Value); err == nil {
			imported[path[strings.LastIndexByte(path, '/')+1:]] = true
		}
	}
	used := map[string]bool{}
	for _, id := range p.file.Unresolved {
		if h, ok := p.kept[id.Name]; ok && h.Spec == "" && !imported[id.Name] {
			used[id.Name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(used)) {
		w.load(p.kept[name])
		w.variable(name)
	}
	var edits []edit
	keep := map[string]string{} // names of variables outside of the statements, with their declarations
	mentions := p.mentions()
	for _, d := range p.file.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR {
			continue
		}
		for _, s := range gen.Specs {
			edits = append(edits, p.variables(s.(*ast.ValueSpec), w, mentions, keep)...)
		}
	}
	if leaves && p.main != nil {
		for name := range used {
			keep[name] = ""
		}
		edits = append(edits, p.leave(w, keep)...)
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return a.from - b.from })
	var out []byte
	at := 0
	for _, e := range edits {
		out = append(append(out, p.src[at:e.from]...), e.text...)
		at = e.to
	}
	return w.String(), append(out, p.src[at:]...)
}

// mentions counts how often names stand in the program.
func (p *cellProgram) mentions() map[string]int {
	n := map[string]int{}
	ast.Inspect(p.file, func(x ast.Node) bool {
		if id, ok := x.(*ast.Ident); ok {
			n[id.Name]++
		}
		return true
	})
	return n
}

// variables has a declaration of variables outside of the statements, if it is one
// of an earlier cell that was kept, begin with what was kept, and notes those whose
// values the program may change.
func (p *cellProgram) variables(spec *ast.ValueSpec, w *valuesWriter, mentions map[string]int, keep map[string]string) []edit {
	text := p.text(spec)
	if strings.Contains(text, "flag.") { // flags are of the program that parses them
		return nil
	}
	old := true
	for _, id := range spec.Names {
		h, ok := p.kept[id.Name]
		old = old && (ok && h.Spec == text || id.Name == "_") && !slices.Contains(p.now.Declares, id.Name)
	}
	any := false
	var loads []string
	for _, id := range spec.Names {
		if id.Name == "_" || slices.Contains(p.now.Stock, id.Name) {
			return nil // it is evaluated for what it does, or as GoNB does it
		}
		mentioned := mentions[id.Name] > 1
		any = any || mentioned
		if mentioned || !old {
			keep[id.Name] = text
		}
	}
	if !old || !any && len(spec.Values) == 0 {
		return nil
	}
	instead := "" // of evaluating it: what it mentions stays in use
	from, to := p.offset(spec.End()), p.offset(spec.End())
	equals := " = "
	if len(spec.Values) > 0 {
		from, equals = p.offset(spec.Values[0].Pos()), ""
		blanks := strings.TrimSuffix(strings.Repeat("_, ", len(spec.Names)), ", ")
		if spec.Type != nil {
			blanks = "var " + blanks + " " + p.text(spec.Type)
		}
		instead = "func() { " + blanks + " = " + string(p.src[from:to]) + " }"
	}
	for _, id := range spec.Names {
		name := loadName(id.Name)
		if mentions[id.Name] > 1 {
			w.load(p.kept[id.Name])
		} else {
			name = w.zero(p.kept[id.Name])
		}
		loads = append(loads, name+"("+instead+")")
		instead = ""
	}
	return []edit{{from, to, equals + strings.Join(loads, ", ")}}
}
