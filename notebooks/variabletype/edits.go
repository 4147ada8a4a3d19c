package variabletype

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/charts"
	"circuitbook/viz/tokenview"
	"cmp"
	"fmt"
	"math"
	"strings"
)

// Renaming, and a second variable: circuit, sparse model, dense model.
// An edited prompt, and where a line of the second variable is to go.
type edit struct {
	name, claim   string
	made, grows   string // the names put for the variable's; empty leaves it
	before, after bool   // a second variable is made in the line before or after
	other         bool   // it is of the other kind
}

func edits() []edit {
	const another = "result"
	return []edit{
		{name: "nothing", claim: "none"},
		{name: "renamed where it grows", claim: "renamed_end", grows: another},
		{name: "renamed where it is made", claim: "renamed_made", made: another},
		{name: "renamed in both places", claim: "renamed_both", made: another, grows: another},
		{name: "a second variable of the same kind after it", claim: "same_after", after: true},
		{name: "a second variable of the other kind after it", claim: "other_after", after: true, other: true},
		{name: "a second variable of the other kind before it", claim: "other_before", before: true, other: true},
	}
}

// second is the name of the second variable.
const second = "previous"

// text takes a side apart: the lines before, the indentation, the name, what follows it up to the kind, the kind, and the rest up to the
// name again.
type text struct{ head, indent, name, gap, kind, rest, again string }

func textOf(run *train.Result, own, other []int32) (t text) {
	l := layoutOf(run, own, other)
	all := run.Tokenizer.Decode(own)
	upTo := func(token int) int { return len(run.Tokenizer.Decode(own[:token])) }
	from, to := 0, len(all)
	if len(l.Kind) > 0 {
		from, to = upTo(l.Kind[0]), upTo(l.Kind[len(l.Kind)-1]+1)
	}
	line := strings.LastIndex(all[:from], "\n") + 1
	t.head, t.kind = all[:line], strings.TrimSpace(all[from:to])
	made := all[line:from]
	t.indent = made[:len(made)-len(strings.TrimLeft(made, " "))]
	t.name, t.gap, _ = strings.Cut(strings.TrimSpace(made), " ")
	if t.gap != "" {
		t.gap = " " + t.gap + " "
	}
	tail := all[to:]
	if strings.HasSuffix(all[from:to], "\n") {
		tail = "\n" + tail
	}
	end := strings.LastIndexAny(tail, "\n ") + 1
	t.rest, t.again = tail[:end], tail[end:]
	return t
}

// edited is a side after an edit; otherKind is the kind of the other side.
func (t text) edited(e edit, otherKind string) string {
	name, again, kind := cmp.Or(e.made, t.name), cmp.Or(e.grows, t.again), t.kind
	if e.other {
		kind = otherKind
	}
	line, extra := t.indent+name+t.gap+t.kind, t.indent+second+t.gap+kind
	if e.before {
		line = extra + "\n" + line
	}
	if e.after {
		line += "\n" + extra
	}
	return t.head + line + t.rest + again
}

// outcome is what a model makes of edited pairs: per pair the loss, and whether both sides are right.
func outcome(run *train.Result, m experiment.Reader, list []task.Example, e edit) (loss, right []float64) {
	var sequences [][]int32
	for _, x := range list {
		a, b := textOf(run, x.Prompt, x.Counter), textOf(run, x.Counter, x.Prompt)
		for _, s := range []string{a.edited(e, b.kind), b.edited(e, a.kind)} {
			tokens := run.Tokenizer.Encode(s)
			sequences = append(sequences, tokens[max(0, len(tokens)-run.Config.Model.Context):])
		}
	}
	logits := cell.Must(m.Next(sequences))
	for i, x := range list {
		a, b := cell.Must(x.Pick(logits[2*i])), cell.Must(x.Pick(logits[2*i+1]))
		loss = append(loss, task.Loss(a, b))
		hit := 0.0
		if task.Correct(a, b) {
			hit = 1
		}
		right = append(right, hit)
	}
	return loss, right
}

func (ts study) editsStudy() cell.Result {
	ctx, stop := book.Interruptible()
	defer stop()
	run, dense := ts.sparse(ctx), ts.twin(ctx)
	c := ts.found(ctx, run).Circuit()
	both := views(ctx, run, c)
	list := cell.Must(subject().Report(run.Tokenizer, task.Options{N: map[bool]int{true: 16, false: 128}[ts.Scale == "tiny"], MaxTokens: min(48, run.Config.Model.Context-16)})).ForMeasuring()
	models := []experiment.View{
		{Name: "circuit alone", Claim: "circuit", Reader: both[0].Reader},
		{Name: "sparse model", Claim: "sparse", Reader: both[1].Reader},
		{Name: "dense model", Claim: "dense", Reader: dense.Model},
	}
	x := list[0]
	a, b := textOf(run, x.Prompt, x.Counter), textOf(run, x.Counter, x.Prompt)
	var items []tokenview.Sample
	for _, e := range edits() {
		items = append(items, tokenview.Sample{Name: e.name, Prompt: a.edited(e, b.kind), Completion: cell.Must(run.Tokenizer.Token(x.Target))})
	}
	ts.res.Show(tokenview.Samples{Note: note(run, "The edits of one prompt", "The completion is the right answer for who does not mind names."), Items: items})
	var rows []charts.Estimate
	t := viz.Table{
		Note:    note(run, "Does it go by name?", fmt.Sprintf("%d report pairs; 95 %% intervals over pairs; guessing costs %.3f.", len(list), math.Ln2)),
		Columns: []viz.Column{{Name: "in"}, {Name: "edit"}, {Name: "loss", Format: "%.3f", Bar: true}, {Name: "from", Format: "%.3f"}, {Name: "to", Format: "%.3f"}, {Name: "right", Format: "%.3f"}},
	}
	for _, m := range models {
		for _, e := range edits() {
			loss, right := outcome(run, m.Reader, list, e)
			l, h := stat.Mean(loss), stat.Mean(right)
			t.Rows = append(t.Rows, []any{m.Name, e.name, l.Mean, l.Lo, l.Hi, h.Mean})
			rows = append(rows, charts.Estimate{Name: e.name, Value: l.Mean, Lo: l.Lo, Hi: l.Hi, Group: m.Name})
			of := fmt.Sprintf("types_edit_%s_%s_", e.claim, m.Claim)
			ts.res.State(of+"loss", stat.Estimate{Mean: l.Mean, Lo: l.Lo, Hi: l.Hi, N: l.N})
			ts.res.State(of+"right", stat.Estimate{Mean: h.Mean, Lo: h.Lo, Hi: h.Hi, N: h.N})
		}
	}
	ts.res.Show(t, charts.Estimates{
		Note: note(run, "What an edit does to the task", fmt.Sprintf("%d report pairs.", len(list))),
		X:    charts.Axis{Label: "loss, nats per example", Include: []float64{0}}, Rows: rows, Interval: "95 % over pairs", Refs: []charts.Ref{{Name: "guessing", Y: math.Ln2}},
	})

	return *ts.res
}
