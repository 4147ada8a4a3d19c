package dilution

import (
	"fmt"

	"circuitbook/notebooks/lab"
	"circuitbook/notebooks/lab/cell"
	"circuitbook/viz"
	"circuitbook/viz/charts"
)

// FailLengths measures at which length models stop doing a task of which prompts can be made
// longer, such as bracket_counting: name, model, name, model. Prompts are of the first model's
// tokens. Numbers are NAME_FILLER, the length with its interval over prompts; 999 stands for
// one beyond the context.
func FailLengths(task string, namesAndModels ...any) (out cell.Result) {
	names, models := namedModels("FailLengths", namesAndModels)
	first := models[0]
	t := viz.Table{Columns: []viz.Column{{Name: "longer with"}}, Note: first.Note("Lengths of failure", "In pieces, with 95 % intervals over held-out prompts; after the length, the side that fails.")}
	for i, n := range names {
		t.Columns = append(t.Columns, viz.Column{Name: fmt.Sprintf("%s (validation loss %.3f)", n, models[i].Valid())})
	}
	for k, f := range fillersOf(task, first.Scale() == "tiny") {
		p := longOf(first, f)
		plot := charts.Plot{Note: first.Note("Measured on "+f.Note, "The side of the pairs with the smaller mean."), X: charts.Axis{Label: f.Unit}, Band: "95 % over prompts",
			Panels: []charts.Panel{{Y: charts.Axis{Label: "P(right), the worse side", Include: []float64{0, 1}}, Refs: []charts.Ref{{Name: "even", Y: 0.5}}}}}
		row := []any{f.Name}
		for i, m := range models {
			x := cell.Must(Measure(seedOf(m), names[i], m.Run().Model, p))
			row = append(row, reached(x.Failure, float64(x.Limit))+", "+sideOf(f, x.Side))
			out.Numbers = append(out.Numbers, claimOfFailure(names[i]+"_"+f.Name, x.Failure, len(x.Curve[0].Prompt.Right)))
			s := charts.Series{Name: names[i]}
			for j := range x.Curve {
				cell.Point(&s, float64(x.Curve[j].Length), worse(x.Curve[:j+1]))
			}
			plot.Panels[0].Series = append(plot.Panels[0].Series, s)
		}
		if k == 0 {
			out.Figures = append(out.Figures, plot)
		}
		t.Rows = append(t.Rows, row)
	}
	out.Figures = append(out.Figures, t)
	return out
}

// namedModels are the arguments name, model, name, model of a verb.
func namedModels(verb string, arguments []any) (names []string, models []*lab.Model) {
	if len(arguments) == 0 || len(arguments)%2 != 0 {
		cell.End(fmt.Errorf("%s takes a name before every model; it got %d arguments", verb, len(arguments)))
	}
	for i := 0; i+1 < len(arguments); i += 2 {
		n, ok := arguments[i].(string)
		m, is := arguments[i+1].(*lab.Model)
		if !ok || !is {
			cell.End(fmt.Errorf("%s takes a name before every model; arguments %d and %d are a %T and a %T", verb, i+1, i+2, arguments[i], arguments[i+1]))
		}
		names, models = append(names, n), append(models, m)
	}
	return names, models
}
