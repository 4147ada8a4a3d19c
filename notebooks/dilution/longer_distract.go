package dilution

import (
	"fmt"
	"strings"

	"circuitbook/notebooks/lab"
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/contrast"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/charts"
)

// Harmless is a line with its brackets made parentheses.
func Harmless(line string) string { return strings.ReplaceAll(line, "[", "(") }

// Distract puts a line above the last one of the second side's prompts, name, line, name,
// line, and asks by how much it turns the answer to the first side's, against the same line
// with parentheses for its square brackets: in every sparse and dense model. Numbers are
// distract_NAME_MODEL_S, the change with its interval over prompts.
func (l Longer) Distract(namesAndLines ...string) (out cell.Result) {
	names, lines := cell.NamedLines("Distract", namesAndLines)
	t := viz.Table{Columns: []viz.Column{{Name: "seed"}, {Name: "model"}, {Name: "no line", Format: "%.3f"}},
		Note: l.Sparse[0].Note("P of the other side's answer under a line", fmt.Sprintf("%s, held-out prompts; change against the same line with a parenthesis, prompt by prompt, with its 95 %% interval.", l.fillers()[0].Sides[1]))}
	picture := charts.Estimates{Note: l.Sparse[0].Note("What a bracket that opens nothing changes", "P of the other side's answer, against the same line with a parenthesis."), X: charts.Axis{Label: "change of P", Include: []float64{0}}, Interval: "95 %"}
	for i, line := range lines {
		pad := strings.Repeat(" ", i)
		t.Columns = append(t.Columns, viz.Column{Name: line, Format: "%.3f"}, viz.Column{Name: "change" + pad, Format: "%+.3f"}, viz.Column{Name: "from" + pad, Format: "%+.3f"}, viz.Column{Name: "to" + pad, Format: "%+.3f"})
	}
	subject := cell.Must(task.ByName(l.task()))
	for i, m := range l.Sparse {
		list := m.HeldOut(subject, 32, m.Room())
		_, flat := contrast.Sides(list, contrast.LastWith(m.Run().Tokenizer, ""))
		for j, x := range []*lab.Model{m, l.Dense[i]} {
			kind := kindsGrown[1+j]
			p := func(line string) []float64 {
				return cell.Must(contrast.Next(x.Run().Model, contrast.Above(m.Run().Tokenizer, flat.Prompts, line), list[0]))
			}
			row := []any{int(seedOf(m)), kind, stat.Mean(p("")).Mean}
			for k, line := range lines {
				with := p(line)
				change := stat.Mean(contrast.Less(with, p(Harmless(line))))
				row = append(row, stat.Mean(with).Mean, change.Mean, change.Lo, change.Hi)
				out.Numbers = append(out.Numbers, cell.ClaimOf(fmt.Sprintf("distract_%s_%s_seed%d", names[k], kind, seedOf(m)), change))
				picture.Rows = append(picture.Rows, charts.Estimate{Name: fmt.Sprintf("%s, %s", kind, line), Value: change.Mean, Lo: change.Lo, Hi: change.Hi, Group: fmt.Sprintf("seed %d", seedOf(m))})
			}
			t.Rows = append(t.Rows, row)
		}
	}
	out.Figures = cell.Page{picture, t}
	return out
}
