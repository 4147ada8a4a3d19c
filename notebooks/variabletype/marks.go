package variabletype

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/patch"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"fmt"
	"strings"
)

// What attention brought to the two kinds, exchanged within a prompt.
// A pairOfKinds is a prompt with two variables of different kinds, and where the kinds and the tokens behind them are.
type pairOfKinds struct {
	tokens        []int32
	first, second []int // tokens of the two kinds
	right, wrong  int32
}

// kindsOf makes them of both sides of a pair.
func kindsOf(run *train.Result, x task.Example) (out []pairOfKinds) {
	a, b := textOf(run, x.Prompt, x.Counter), textOf(run, x.Counter, x.Prompt)
	for i, s := range [][2]text{{a, b}, {b, a}} {
		own, other := s[0], s[1]
		lines := []string{own.head + own.indent + own.name + own.gap, own.kind + "\n", own.indent + second + own.gap, other.kind, own.rest + own.again}
		p := pairOfKinds{tokens: run.Tokenizer.Encode(strings.Join(lines, "")), right: x.Target, wrong: x.Alt}
		if i == 1 {
			p.right, p.wrong = x.Alt, x.Target
		}
		at := func(from, to int) (out []int) {
			start := len(strings.Join(lines[:from], ""))
			end := start + len(strings.Join(lines[from:to], ""))
			for k, done := 0, 0; k < len(p.tokens); k++ {
				next := len(run.Tokenizer.Decode(p.tokens[:k+1]))
				if next > start && done < end && k < len(p.tokens)-1 {
					out = append(out, k)
				}
				done = next
			}
			return out
		}
		p.first, p.second = at(1, 2), at(3, 4)
		out = append(out, p)
	}
	return out
}

func (ts study) marksStudy() cell.Result {
	ctx, stop := book.Interruptible()
	defer stop()
	run := ts.sparse(ctx)
	c := ts.found(ctx, run).Circuit()
	var list []pairOfKinds
	for _, x := range cell.Must(subject().Report(run.Tokenizer, task.Options{N: map[bool]int{true: 8, false: 64}[ts.Scale == "tiny"], MaxTokens: min(48, run.Config.Model.Context-16)})).ForMeasuring() {
		for _, p := range kindsOf(run, x) {
			if len(p.tokens) <= run.Config.Model.Context {
				list = append(list, p)
			}
		}
	}
	if len(list) == 0 {
		ts.say(fmt.Sprintln("no prompt has room for a second variable"))
		return *ts.res
	}
	var sequences [][]int32
	for _, p := range list {
		sequences = append(sequences, p.tokens)
	}
	t := viz.Table{
		Note: note(run, "Marks exchanged within a prompt", fmt.Sprintf(
			"%d report prompts with two variables of different kinds, the one in question first. Margin: the right answer's logit less the other's, in nats.", len(list))),
		Columns: []viz.Column{{Name: "in"}, {Name: "exchanged"}, {Name: "at"}, {Name: "right before", Format: "%.3f"}, {Name: "right after", Format: "%.3f"}, {Name: "changed", Format: "%.3f", Bar: true, Max: 1}, {Name: "margin before", Format: "%.2f"}, {Name: "margin after", Format: "%.2f"}},
	}
	for _, m := range views(ctx, run, c) {
		for l := range max(1, run.Config.Model.Layers-1) {
			site := model.At(l, model.AttnResidDelta)
			for _, shift := range []int{0, 1} {
				var moves []patch.Move
				for i, p := range list {
					for _, q := range patch.FromEnd(make([]int32, len(p.first)), make([]int32, len(p.second))) {
						a, b := p.first[q[0]], p.second[q[1]]
						if shift == 1 {
							if q[0] < len(p.first)-1 {
								continue // one token behind each is enough
							}
							a, b = min(a+1, len(p.tokens)-2), min(b+1, len(p.tokens)-2)
						}
						moves = append(moves, patch.Move{From: patch.Place{Sequence: i, Token: a}, To: patch.Place{Sequence: i, Token: b}},
							patch.Move{From: patch.Place{Sequence: i, Token: b}, To: patch.Place{Sequence: i, Token: a}})
					}
				}
				before, after, err := patch.Transplant(m.Reader, sequences, all(run, site), moves)
				cell.Check(err)
				var was, is, rightBefore, rightAfter, changed []float64
				for i, p := range list {
					x, y := float64(before[i][p.right]-before[i][p.wrong]), float64(after[i][p.right]-after[i][p.wrong])
					was, is = append(was, x), append(is, y)
					flag := func(v bool) float64 { return map[bool]float64{true: 1}[v] }
					rightBefore, rightAfter, changed = append(rightBefore, flag(x > 0)), append(rightAfter, flag(y > 0)), append(changed, flag(x > 0 && y <= 0))
				}
				where, claim := "the kinds", "kinds"
				if shift == 1 {
					where, claim = "the token behind each (control)", "behind"
				}
				e := stat.Mean(changed)
				t.Rows = append(t.Rows, []any{m.Name, string(site), where, stat.Mean(rightBefore).Mean, stat.Mean(rightAfter).Mean, e.Mean, stat.Mean(was).Mean, stat.Mean(is).Mean})
				of := fmt.Sprintf("types_marks_%d_%s_%s_", l, claim, m.Claim)
				ts.res.State(of+"changed", stat.Estimate{Mean: e.Mean, Lo: e.Lo, Hi: e.Hi, N: e.N})
				ts.res.State(of+"right_before", stat.Mean(rightBefore).Mean)
				ts.res.State(of+"right_after", stat.Mean(rightAfter).Mean)
			}
		}
	}
	ts.res.Show(t)

	return *ts.res
}
