package variabletype

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/patch"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"fmt"
	"slices"
	"strings"
)

// Value, key and carrier exchanged, place by place.
func (ts study) exchangeStudy() cell.Result {
	ctx, stop := book.Interruptible()
	defer stop()
	run := ts.sparse(ctx)
	c := ts.found(ctx, run).Circuit()
	r, ok := ts.rolesOf(ctx, run)
	if !ok {
		ts.say(fmt.Sprintln("in this circuit attention writes nothing: there is nothing to exchange"))
		return *ts.res
	}
	list := ts.reported(run, subject(), 128)
	keys := c.OfHead(r.Head, circuit.Key)
	var claims []book.Stated
	t := viz.Table{
		Note: note(run, "Exchanging value, key and carrier", fmt.Sprintf(
			"%d report pairs. Margin: the right answer's logit less the other's, in nats.", len(list))),
		Columns: []viz.Column{{Name: "in"}, {Name: "node"}, {Name: "at"}, {Name: "right before", Format: "%.3f"}, {Name: "exchanged after", Format: "%.3f", Bar: true, Max: 1}, {Name: "margin before", Format: "%.2f"}, {Name: "margin after", Format: "%.2f"}},
	}
	for _, m := range views(ctx, run, c) {
		for _, x := range []struct {
			name, claim string
			nodes       []circuit.Node
		}{
			{"value", "value", []circuit.Node{r.Value}}, {"the head's keys in the circuit", "key", keys}, {"these keys and the value", "key_value", append(slices.Clone(keys), r.Value)},
			{"carrier", "carrier", []circuit.Node{r.Carrier}},
		} {
			if len(x.nodes) == 0 || x.claim == "key_value" && len(keys) == 0 {
				continue
			}
			var names []string
			for _, n := range x.nodes[:min(len(x.nodes), 4)] {
				names = append(names, n.String())
			}
			show := func(where, claim string, at patch.Pairing) {
				s := cell.Must(patch.InterchangeAt(m.Reader, list, x.nodes, at))
				t.Rows = append(t.Rows, []any{m.Name, x.name + ", " + strings.Join(names, " "), where, s.Before, s.After, s.MarginBefore, s.MarginAfter})
				of := fmt.Sprintf("types_%s_%s_%s", x.claim, claim, m.Claim)
				claims = append(claims, book.Stated{Name: of + "_exchanged", Value: s.After}, book.Stated{Name: of + "_margin", Value: s.MarginAfter})
			}
			show("all tokens", "all", patch.FromEnd)
			for _, s := range spots() {
				show(s.name, s.claim, s.pairing(run))
			}
		}
	}
	ts.res.Show(t)
	ts.res.Numbers = append(ts.res.Numbers, claims...)

	return *ts.res
}
