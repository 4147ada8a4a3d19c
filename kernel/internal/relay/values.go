package relay

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"circuitbook/kernel/internal/cell"
	"circuitbook/kernel/internal/shim"
	"circuitbook/kernel/values"
)

// beginValues makes room for the values that a cell leaves behind, and tells the shim
// what the cell declares.
func (r *Relay) beginValues(code string) error {
	if err := os.RemoveAll(filepath.Join(r.dir, values.NewDir)); err != nil {
		return err
	}
	for _, dir := range []string{values.NewDir, values.KeptDir} {
		if err := os.MkdirAll(filepath.Join(r.dir, dir), 0o700); err != nil {
			return err
		}
	}
	names, _ := cell.Names(code)
	stock := cell.IsStock(code)
	for _, name := range names {
		if delete(r.stock, name); stock {
			r.stock[name] = true
		}
	}
	text, err := json.Marshal(shim.Now{Declares: names, Stock: slices.Sorted(maps.Keys(r.stock))})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.dir, shim.NowName), text, 0o600)
}

// keepValues keeps what a cell that did well left behind; declares are the names that
// it declares.
func (r *Relay) keepValues(count int, declares map[string]bool) error {
	from, to := filepath.Join(r.dir, values.NewDir), filepath.Join(r.dir, values.KeptDir)
	headers, err := values.List(from)
	if err != nil {
		return err
	}
	for _, h := range headers {
		name := h.Name
		h.Cell = count
		if old, ok := r.kept[name]; ok && !declares[name] {
			h.Cell = old.Cell // the cell that made it; this one changed it
		}
		if err := r.forget(name); err != nil {
			return err
		}
		if h.Why == "" {
			if err := os.Rename(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
				return err
			}
		}
		if err := h.Write(to); err != nil {
			return err
		}
		r.kept[name] = h
	}
	return nil
}

// declaration declares the kept values, for the type checker.
func declaration(kept map[string]values.Header) string {
	var imports, vars strings.Builder
	alias := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		if h := kept[name]; h.Expr != "" && h.Spec == "" {
			fmt.Fprintf(&vars, "var %s %s\n", name, values.Source(h.Expr, func(path string) string {
				if alias[path] == "" {
					alias[path] = fmt.Sprintf("circuitbookPkg%d", len(alias))
					fmt.Fprintf(&imports, "import %s %q\n", alias[path], path)
				}
				return alias[path]
			}))
		}
	}
	return imports.String() + vars.String()
}

// forget forgets the value of a name, if there is one.
func (r *Relay) forget(name string) error {
	delete(r.kept, name)
	return values.Remove(filepath.Join(r.dir, values.KeptDir), name)
}

// The magics that the relay answers itself.
const (
	valuesMagic = "%values"
	forgetMagic = "%forget"
)

// ownMagics carries out the magics of a cell that are the relay's, and returns the
// cell without them, their lines left empty, and what they print.
func (r *Relay) ownMagics(code string) (rest, printed string, err error) {
	lines := strings.Split(code, "\n")
	for _, c := range cell.Commands(code) {
		switch c.Name() {
		case valuesMagic:
			printed += r.listValues()
		case forgetMagic:
			for _, name := range strings.Fields(c.Text)[1:] {
				if _, ok := r.kept[name]; !ok {
					return code, printed, fmt.Errorf("line %d: there is no value %s; %s lists those there are", c.Line, name, valuesMagic)
				}
				if err := r.forget(name); err != nil {
					return code, printed, err
				}
			}
		default:
			continue
		}
		for i := c.Line; i < c.Next; i++ {
			lines[i-1] = ""
		}
	}
	return strings.Join(lines, "\n"), printed, nil
}

// listValues is a table of the values, with those that could not be kept.
func (r *Relay) listValues() string {
	if len(r.kept) == 0 {
		return "no values are kept\n"
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "name\ttype\tbytes\tcell")
	for _, name := range slices.Sorted(maps.Keys(r.kept)) {
		h := r.kept[name]
		size := fmt.Sprint(h.Size)
		if h.Why != "" {
			size = "not kept: " + h.Why
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\n", name, strings.ReplaceAll(h.Type, "main.", ""), size, h.Cell)
	}
	_ = w.Flush() // into memory
	return b.String()
}
