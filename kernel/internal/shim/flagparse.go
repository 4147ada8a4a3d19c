package shim

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"strconv"
)

// withoutParse takes flag.Parse(), with which GoNB begins every program, out of
// the one in the working directory if flag is something else there.
func (s Setup) withoutParse() error {
	for _, name := range []string{"main.go", "main_test.go"} {
		src, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !bytes.Contains(src, []byte("flag.Parse()")) {
			continue
		}
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
		if err != nil || !s.hasOtherFlag(file) {
			continue // the compiler says what is wrong
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || f.Name.Name != "main" || f.Body == nil || len(f.Body.List) == 0 {
				continue
			}
			from, to := fset.Position(f.Body.List[0].Pos()).Offset, fset.Position(f.Body.List[0].End()).Offset
			if string(src[from:to]) == "flag.Parse()" {
				blank(src[from:to])
				if err := os.WriteFile(name, src, 0o600); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// hasOtherFlag reports whether flag is not the standard library's in a file.
func (s Setup) hasOtherFlag(file *ast.File) bool {
	for _, imp := range file.Imports {
		p, err := strconv.Unquote(imp.Path.Value)
		if err == nil && imp.Name != nil && imp.Name.Name == "flag" {
			exports, known := s.packages().exportsOf(p)
			return known && !exports["Parse"]
		}
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == "flag" {
				return true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if spec.Name.Name == "flag" {
						return true
					}
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						if id.Name == "flag" {
							return true
						}
					}
				}
			}
		}
	}
	return false
}
