package variabletype

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/patch"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"fmt"
	"slices"
	"strings"
)

// The channels that the head reads: held, and exchanged at the kind.
// A readBy is what the query, the key or the value of a head reads in a circuit.
type readBy struct {
	name, claim string
	nodes       []circuit.Node
}

// readsOf lists them, what two of them read in a group of its own.
func readsOf(c *circuit.Circuit, h circuit.Head) (out []readBy) {
	by := map[string][]circuit.Node{}
	kinds := map[circuit.Node][]string{}
	for _, n := range c.ByHead(h) {
		for _, e := range c.In(n.Node) {
			if !slices.Contains(kinds[e.From], n.Kind()) {
				kinds[e.From] = append(kinds[e.From], n.Kind())
			}
		}
	}
	for _, n := range c.Nodes {
		if k := kinds[n.Node]; len(k) > 0 {
			slices.Sort(k)
			by[strings.Join(k, "")] = append(by[strings.Join(k, "")], n.Node)
		}
	}
	words := map[string]string{"q": "query", "k": "key", "v": "value"}
	for _, k := range []string{"q", "k", "v", "kq", "qv", "kv", "kqv"} {
		if len(by[k]) == 0 {
			continue
		}
		var w []string
		for _, x := range strings.Split(k, "") {
			w = append(w, words[x])
		}
		out = append(out, readBy{"what the " + strings.Join(w, " and the ") + " read", strings.Join(w, "_"), by[k]})
		if len(w) == 1 {
			out[len(out)-1].name += "s"
		}
	}
	return out
}

// heldAt are nodes held at their means in training text.
func heldAt(run *train.Result, c *circuit.Circuit, nodes []circuit.Node) (out []model.Intervention) {
	for _, n := range nodes {
		i := slices.IndexFunc(out, func(x model.Intervention) bool { return string(x.Site) == n.Site })
		if i < 0 {
			d := cell.Must(run.Config.Model.Width(model.Site(n.Site)))
			i = len(out)
			out = append(out, model.Intervention{Site: model.Site(n.Site), Scale: slices.Repeat([]float32{1}, d), Shift: make([]float32, d)})
		}
		k, _ := c.Find(n)
		out[i].Scale[n.Index], out[i].Shift[n.Index] = 0, float32(k.Mean)
	}
	return out
}

func (ts study) channelsStudy() cell.Result {
	ctx, stop := book.Interruptible()
	defer stop()
	run := ts.sparse(ctx)
	f := ts.found(ctx, run)
	c := f.Circuit()
	r, ok := ts.rolesOf(ctx, run)
	if !ok {
		ts.say(fmt.Sprintln("in this circuit attention writes nothing: there is no head to speak of"))
		return *ts.res
	}
	if !f.Reached() {
		ts.say(fmt.Sprintln("no circuit was found at this scale: all nodes of the model stand in its place, and every channel would be read"))
		return *ts.res
	}
	list := ts.reported(run, subject(), 128)
	var sequences [][]int32
	for _, e := range list {
		sequences = append(sequences, e.Prompt, e.Counter)
	}
	tokens, _ := model.Padded(sequences)
	answers := cell.Must(run.Tokenizer.Texts([]int32{list[0].Target, list[0].Alt}))
	t := viz.Table{
		Note: note(run, fmt.Sprintf("What head %d.%d reads", r.Head.Layer, r.Head.Head), fmt.Sprintf("%d report pairs.", len(list))),
		Columns: []viz.Column{{Name: "in"}, {Name: "held, or exchanged"}, {Name: "looks, " + answers[0], Format: "%.3f", Bar: true, Max: 1}, {Name: "looks, " + answers[1], Format: "%.3f", Bar: true, Max: 1},
			{Name: "loss, held", Format: "%.3f"}, {Name: "right, held", Format: "%.3f"}, {Name: "exchanged at the kind", Format: "%.3f", Bar: true, Max: 1}, {Name: "margin after", Format: "%.2f"}},
	}
	var claims []book.Stated
	kind := spots()[0]
	for _, m := range views(ctx, run, c) {
		row := func(name, claim string, nodes []circuit.Node) {
			// A change that changes nothing has the form of the others.
			changes := heldAt(run, c, nodes)
			if claim == "none" {
				changes = nil
			}
			rec := cell.Must(m.Record(tokens, []model.Site{model.Logits, model.At(r.Head.Layer, model.AttnPattern)}, changes...))
			logits, pattern := rec.Activations[0], rec.Activations[1]
			right, _ := weighed(list, func(i int) []float32 { return logits.At(i, len(sequences[i])-1) })
			var loss []float64
			var looks [2]float64
			off := 0
			if run.Config.Model.Sink {
				off = 1
			}
			for i, e := range list {
				a, b := cell.Must(e.Pick(logits.At(2*i, len(e.Prompt)-1))), cell.Must(e.Pick(logits.At(2*i+1, len(e.Counter)-1)))
				loss = append(loss, task.Loss(a, b))
				for side, s := range [][2][]int32{{e.Prompt, e.Counter}, {e.Counter, e.Prompt}} {
					l := layoutOf(run, s[0], s[1])
					if len(l.Kind) > 0 {
						at := (((2*i+side)*pattern.Shape[1]+r.Head.Head)*pattern.Shape[2]+l.Last)*pattern.Shape[3] + off + l.Kind[0]
						looks[side] += float64(pattern.Data[at]) / float64(len(list))
					}
				}
			}
			e := stat.Mean(loss)
			cells := []any{m.Name, name, looks[0], looks[1], e.Mean, right, nil, nil}
			of := "types_reads_" + claim + "_" + m.Claim
			if claim != "" {
				claims = append(claims, book.Stated{Name: of + "_loss", Value: e.Mean}, book.Stated{Name: of + "_right", Value: right},
					book.Stated{Name: of + "_looks_target", Value: looks[0]}, book.Stated{Name: of + "_looks_alt", Value: looks[1]})
			}
			if len(nodes) > 0 {
				s := cell.Must(patch.InterchangeAt(m.Reader, list, nodes, kind.pairing(run)))
				cells[6], cells[7] = s.After, s.MarginAfter
				if claim != "" {
					claims = append(claims, book.Stated{Name: of + "_exchanged", Value: s.After})
				}
			}
			t.Rows = append(t.Rows, cells)
		}
		row("nothing", "none", nil)
		for _, x := range readsOf(c, r.Head) {
			row(x.name, x.claim, x.nodes)
			if len(x.nodes) == 1 {
				t.Rows[len(t.Rows)-1][1] = x.name + ", " + x.nodes[0].String()
				continue
			}
			for _, n := range x.nodes {
				row("– "+n.String(), "", []circuit.Node{n})
			}
		}
	}
	ts.res.Show(t)
	ts.res.Numbers = append(ts.res.Numbers, claims...)

	return *ts.res
}
