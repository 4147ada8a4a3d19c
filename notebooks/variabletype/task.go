package variabletype

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/patch"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/tokenview"
	"fmt"
	"math"
	"slices"
	"strings"
)

// A pair, how the models do, and how much of the split could be remembered.
// reported are n pairs of a task's report split; at scale tiny no more than 16.
func (ts study) reported(run *train.Result, t task.Task, n int) []task.Example {
	if ts.Scale == "tiny" {
		n = min(n, 16)
	}
	return cell.Must(t.Report(run.Tokenizer, task.Options{N: n, MaxTokens: min(64, run.Config.Model.Context)})).ForMeasuring()
}

// A layout is where the places of one side of a pair are.
type layout struct {
	Name, Kind, Between, Again []int
	Last                       int
}

// layoutOf finds the places of a side, given the other one.
func layoutOf(run *train.Result, own, other []int32) (l layout) {
	n := min(len(own), len(other))
	from, back := 0, 0
	for from < n-1 && own[from] == other[from] {
		from++
	}
	for back < n-1-from && own[len(own)-1-back] == other[len(other)-1-back] {
		back++
	}
	text := cell.Must(run.Tokenizer.Texts(own))
	breaks := func(i int) bool { return strings.TrimSpace(text[i]) == "" || strings.Contains(text[i], "\n") }
	l.Last = len(own) - 1
	to := max(from+1, len(own)-back) // behind the kind
	again := l.Last
	for again > to && !breaks(again-1) {
		again--
	}
	for i := from - 1; i >= 0 && !breaks(i); i-- {
		if strings.TrimSpace(text[i]) != "=" {
			l.Name = append([]int{i}, l.Name...)
		}
	}
	for i := from; i < min(to, l.Last); i++ {
		l.Kind = append(l.Kind, i)
	}
	for i := to; i < l.Last; i++ {
		if i < again {
			l.Between = append(l.Between, i)
		} else {
			l.Again = append(l.Again, i)
		}
	}
	return l
}

// A spot is a choice of places, under the names of tables and of claims.
type spot struct {
	name, claim string
	pick        func(layout) []int
}

// spots are those that follow the first difference; before it both sides are the same.
func spots() []spot {
	return []spot{
		{"the kind", "kind", func(l layout) []int { return l.Kind }},
		{"between", "between", func(l layout) []int { return l.Between }},
		{"the name again, but its last token", "again", func(l layout) []int { return l.Again }},
		{"the last token", "last", func(l layout) []int { return []int{l.Last} }},
	}
}

// pairing pairs the tokens of a spot on both sides, seen from its end.
func (s spot) pairing(run *train.Result) patch.Pairing {
	return func(a, b []int32) (out [][2]int) {
		x, y := s.pick(layoutOf(run, a, b)), s.pick(layoutOf(run, b, a))
		for _, p := range patch.FromEnd(make([]int32, len(x)), make([]int32, len(y))) {
			out = append(out, [2]int{x[p[0]], y[p[1]]})
		}
		return out
	}
}

// shown is a pair that is short enough to be read: the first of at most 40 tokens, else the shortest.
func (ts study) shown(run *train.Result) task.Example {
	list := ts.reported(run, subject(), 64)
	for _, e := range list {
		if len(e.Prompt) <= 40 {
			return e
		}
	}
	return slices.MinFunc(list, func(a, b task.Example) int { return len(a.Prompt) - len(b.Prompt) })
}

func (ts study) taskStudy() cell.Result {
	ctx, stop := book.Interruptible()
	defer stop()
	run, dense := ts.sparse(ctx), ts.twin(ctx)
	e := ts.shown(run)
	var items []tokenview.Sample
	for _, s := range []struct {
		tokens []int32
		answer int32
	}{{e.Prompt, e.Target}, {e.Counter, e.Alt}} {
		w := cell.Must(run.Tokenizer.Texts(append(slices.Clone(s.tokens), s.answer)))
		n := len(s.tokens)
		items = append(items, tokenview.Sample{Name: fmt.Sprintf("answer %q", w[n]), Prompt: strings.Join(w[:n], ""), PromptTokens: w[:n], Completion: w[n], CompletionTokens: w[n:]})
	}
	l := layoutOf(run, e.Prompt, e.Counter)
	t := viz.Table{Note: note(run, "The places of the first side", ""), Columns: []viz.Column{{Name: "place"}, {Name: "tokens"}}}
	for _, x := range []struct {
		name string
		at   []int
	}{{"name", l.Name}, {"kind", l.Kind}, {"between", l.Between}, {"again", l.Again}, {"last", []int{l.Last}}} {
		var w []string
		for _, i := range x.at {
			w = append(w, fmt.Sprintf("%q", cell.Must(run.Tokenizer.Token(e.Prompt[i]))))
		}
		t.Rows = append(t.Rows, []any{x.name, strings.Join(w, " ")})
	}
	ts.res.Show(tokenview.Samples{Note: note(run, "A pair of prompts and the right answers", "Bars are the borders of tokens."), Items: items}, t)

	split := cell.Must(subject().Report(run.Tokenizer, task.Options{N: ts.searching().Prove.Examples, MaxTokens: min(64, run.Config.Model.Context)}))
	scores := viz.Table{
		Note:    note(run, "The task in both models", "Report prompts; loss in nats per example with its 95 % interval, right are the pairs of which both sides are answered right."),
		Columns: []viz.Column{{Name: "model"}, {Name: "loss", Format: "%.3f", Bar: true}, {Name: "from", Format: "%.3f"}, {Name: "to", Format: "%.3f"}, {Name: "right", Format: "%.3f"}, {Name: "pairs"}},
	}
	for _, m := range []struct {
		name string
		run  *train.Result
	}{{"sparse", run}, {"dense", dense}} {
		s := cell.Must(split.Measure(m.run.Model))
		scores.Rows = append(scores.Rows, []any{m.name, s.Loss.Mean, s.Loss.Lo, s.Loss.Hi, s.Accuracy, s.Loss.N})
		ts.res.State("types_loss_model_"+m.name, s.Loss)
		ts.res.State("types_right_model_"+m.name, s.Accuracy)
		if s.Loss.Mean > task.Solved {
			ts.say(fmt.Sprintf("the %s model does not solve this task: loss %.3f, where %.2f is asked for and guessing costs %.3f\n", m.name, s.Loss.Mean, task.Solved, math.Ln2))
		}
	}
	ts.res.Show(scores)
	data := cell.Must(corpus.Open(ctx, run.Config.Corpus, nil))
	ts.res.State("types_seen_share", task.SeenShare(split.ForMeasuring(), data.Train))

	return *ts.res
}
