package lab

import (
	"context"
	"fmt"
	"math"
	"slices"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/probe"
	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/tokenview"
)

// tinyText is how much validation text is labelled at the scale "tiny".
const tinyText = 8192

// labelled is the validation text, at scale "tiny" a stretch of it, with Python's labels.
func (m *Model) labelled() (corpus.Tokens, *probe.Labels) {
	stream := m.Data().Valid
	if m.spec.Scale == "tiny" {
		stream = stream[:min(len(stream), tinyText)]
	}
	return stream, cell.Interruptible(func(ctx context.Context) (*probe.Labels, error) {
		return probe.LabelStrings(ctx, m.Run().Tokenizer, stream)
	})
}

// channelOf is the residual stream's channel right after a node has written to it.
func channelOf(s circuit.Shape, n circuit.Node) circuit.Node {
	switch {
	case n.Block() == circuit.Attn:
		return circuit.Node{Site: fmt.Sprintf("%d.resid_mid", n.Layer()), Index: n.Index}
	case n.Layer()+1 < s.Layers:
		return circuit.Node{Site: fmt.Sprintf("%d.resid_in", n.Layer()+1), Index: n.Index}
	}
	return circuit.Node{Site: circuit.FinalResid, Index: n.Index}
}

// OnStrings asks of every node of the circuit that writes to the residual stream, and of its
// channel there, what it tells of validation text, in which Python's own tokenizer says of
// every token whether it stands in a string and in which quotes: areas under the ROC curve on
// documents with odd numbers, chosen by those with even ones. Numbers are labelled_tokens,
// and of the questions string, string_magnitude and kind: the best QUESTION_channel,
// QUESTION_auc with its interval, and deciding_QUESTION_auc of the node that decides.
func (c *Circuit) OnStrings() (out cell.Result) {
	var nodes []circuit.Node
	for _, n := range c.kinds(12, circuit.ResidDelta) {
		nodes = append(nodes, n)
		if s := channelOf(c.Data().Model, n); !slices.Contains(nodes, s) {
			nodes = append(nodes, s)
		}
	}
	decides := -1
	if d := c.Deciding(); d != "" {
		n := cell.Must(circuit.ParseNode(d))
		if !slices.Contains(nodes, n) {
			nodes = append(nodes, n)
		}
		decides = slices.Index(nodes, n)
	}
	if len(nodes) == 0 {
		return cell.Nothing("the circuit writes nothing")
	}
	text, labels := c.model.labelled()
	values := cell.Interruptible(func(ctx context.Context) ([][]float64, error) { return c.model.along(ctx, text, nodes...) })
	count := labels.Count()
	t := viz.Table{Columns: []viz.Column{{Name: "channel"}}, Note: c.Note("What the written channels tell of validation text", fmt.Sprintf(
		"%d tokens of %d documents: %d in double quotes, %d in single quotes, %d outside; %d documents left out (Python %s). AUC on documents with odd numbers, 95 %% intervals over documents; − says that the channel is lower for the first kind, chosen on the others.",
		len(text), labels.Documents, count[probe.Double], count[probe.Single], count[probe.Outside], len(labels.Failed), labels.Python))}
	for _, n := range nodes {
		t.Rows = append(t.Rows, []any{n.String()})
	}
	for k, q := range probe.StringQuestions() {
		pad := fmt.Sprintf("%*s", k, "")
		t.Columns = append(t.Columns, viz.Column{Name: q.Name}, viz.Column{Name: "AUC" + pad, Format: "%.3f", Bar: true, Max: 1}, viz.Column{Name: "interval" + pad})
		best, most := -1, 0.0
		answers := make([]probe.Answer, len(nodes))
		for i := range nodes {
			a := cell.Must(labels.Ask(values[i], q))
			answers[i] = a
			switch {
			case a.Sign == "":
				t.Rows[i] = append(t.Rows[i], a.Why, nil, nil)
			case a.N == 0:
				t.Rows[i] = append(t.Rows[i], a.Sign, a.Mean, a.Why)
			default:
				t.Rows[i] = append(t.Rows[i], a.Sign, a.Mean, fmt.Sprintf("%.3f to %.3f", a.Lo, a.Hi))
				if best < 0 || a.Chosen > most {
					best, most = i, a.Chosen
				}
			}
		}
		if best >= 0 {
			out.State(q.Claim+"_channel", nodes[best].String())
			out.Numbers = append(out.Numbers, cell.ClaimOf(q.Claim+"_auc", answers[best].Estimate))
		}
		if decides >= 0 && answers[decides].N > 0 {
			out.Numbers = append(out.Numbers, cell.ClaimOf("deciding_"+q.Claim+"_auc", answers[decides].Estimate))
		}
	}
	out.State("labelled_tokens", count[probe.Double]+count[probe.Single]+count[probe.Outside])
	out.Figures = cell.Page{t}
	return out
}

// closings is how many strings of each kind are closed at most, closingLength how many tokens
// stand before their end at most.
const closings, closingLength = 128, 64

// Closing asks models which of the task's two answers they would write wherever validation text
// ends a string in double quotes by the first or one in single quotes by the second: the
// whole model, the circuit, the model without it, and that without the node that decides.
// Numbers are double and single, how many there are, and the share right_full,
// right_circuit, right_removed and right_without_deciding, a mean over the two kinds.
func (c *Circuit) Closing() (out cell.Result) {
	r := c.model.Run()
	e := first(c.reported(), 1)[0]
	text, labels := c.model.labelled()
	list, number := labels.Closings(text, e.Target, e.Alt, r.Tokenizer.EOT(), closings, min(closingLength, r.Config.Model.Context))
	ends := c.model.texts([]int32{e.Target, max(e.Alt, 0)})
	if number[0] == 0 || number[1] == 0 {
		return cell.Nothing("this text closes %d strings by %s and %d by %s: both kinds are needed", number[0], ends[0], number[1], ends[1])
	}
	t := viz.Table{Note: c.Note("Closing the strings of validation text", fmt.Sprintf("%d strings that end with %s and %d that end with %s.", number[0], ends[0], number[1], ends[1])),
		Columns: []viz.Column{{Name: "what runs"}, {Name: "right at " + ends[0], Format: "%.3f"}, {Name: "right at " + ends[1], Format: "%.3f"}, {Name: "right, mean of both", Format: "%.3f", Bar: true, Max: 1}}}
	row := func(name, claim string, m task.Predictor) {
		s := cell.Must(probe.Closed(m, list, e.Target, e.Alt))
		t.Rows = append(t.Rows, []any{name, s[0], s[1], (s[0] + s[1]) / 2})
		out.State("right_"+claim, (s[0]+s[1])/2)
	}
	row("the whole model", "full", r.Model)
	row("the circuit alone", "circuit", c.alone())
	row("the model without the circuit", "removed", c.Rest())
	if d := c.Deciding(); d != "" {
		row("the model without "+d, "without_deciding", c.holding(cell.Must(circuit.ParseNode(d))))
	}
	out.Numbers = append(out.Numbers, book.Stated{Name: "double", Value: number[0]}, book.Stated{Name: "single", Value: number[1]})
	out.Figures = cell.Page{t}
	return out
}

// extremes is how many tokens of each sign are counted.
const extremes = 100

// InStrings shows the places of validation text in which a node is largest and smallest, and
// counts the hundred most extreme tokens of each sign by where Python says that they stand.
// Numbers are extreme_tokens, and largest_double, largest_single, smallest_double and
// smallest_single of them.
func (m *Model) InStrings(node string) (out cell.Result) {
	if node == "" {
		return cell.Nothing("there is no node to look at")
	}
	at := m.nodesOf(node)[0]
	text, labels := m.labelled()
	v := cell.Interruptible(func(ctx context.Context) ([][]float64, error) {
		return m.along(ctx, text, at)
	})[0]
	places := m.contexts(node, text, v, 8)
	if len(places.Top)+len(places.Bottom) == 0 {
		return cell.Nothing("%s is off over all of the text", node)
	}
	largest, smallest, n := labels.Extremes(v, extremes)
	t := viz.Table{Note: m.Note("The most extreme tokens by Python's labels", fmt.Sprintf("The %d largest and the %d smallest values.", n, n)),
		Columns: []viz.Column{{Name: "label"}, {Name: "largest", Bar: true, Max: float64(n)}, {Name: "smallest", Bar: true, Max: float64(n)}}}
	for _, l := range []probe.Label{probe.Double, probe.Single, probe.LongDouble, probe.LongSingle, probe.Outside} {
		t.Rows = append(t.Rows, []any{l.String(), largest[l], smallest[l]})
	}
	out.Figures = cell.Page{places, t}
	out.Numbers = []book.Stated{{Name: "extreme_tokens", Value: n}, {Name: "largest_double", Value: largest[probe.Double]}, {Name: "largest_single", Value: largest[probe.Single]},
		{Name: "smallest_double", Value: smallest[probe.Double]}, {Name: "smallest_single", Value: smallest[probe.Single]}}
	return out
}

// contexts are the places of a text, with what a node is there, [token], in which it is
// largest and smallest. Documents are apart, so that no context reaches over the end of one.
func (m *Model) contexts(node string, text corpus.Tokens, values []float64, number int) tokenview.Contexts {
	r := m.Run()
	docs, activity := [][]string{nil}, [][]float64{nil}
	for i, id := range text {
		if math.IsNaN(values[i]) {
			continue
		}
		k := len(docs) - 1
		docs[k], activity[k] = append(docs[k], cell.Must(r.Tokenizer.Token(id))), append(activity[k], values[i])
		if id == r.Tokenizer.EOT() {
			docs, activity = append(docs, nil), append(activity, nil)
		}
	}
	top, bottom, err := tokenview.SelectContexts(activity, docs, 0, number, 12)
	cell.Check(err)
	return tokenview.Contexts{Note: m.Note("Contexts of "+node, fmt.Sprintf("Of %d tokens of validation text.", len(text))), Node: node, Top: top, Bottom: bottom}
}
