package lab

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/contrast"
	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/tokenview"
)

// Pairs shows a held-out pair of a task, token by token, and counts which tokens open what the
// answer closes: the last with a mark in it, as [Circuit.MainPath] has it. prompt and counter are
// names for the two sides. The number is more_tokens_SIDE, by how many tokens the first side is
// longer.
func (m *Model) Pairs(of any, mark, prompt, counter string) (r cell.Result) {
	t, _, err := taskOf(of)
	cell.Check(err)
	tok, e := m.Run().Tokenizer, m.ShownPair(t)
	samples := tokenview.Samples{Note: m.Note("A pair of prompts and the right answers", "Bars are the borders of tokens.")}
	for _, s := range []struct {
		name   string
		tokens []int32
		answer int32
	}{{prompt, e.Prompt, e.Target}, {counter, e.Counter, e.Alt}} {
		words := cell.Must(tok.Texts(append(slices.Clone(s.tokens), s.answer)))
		n := len(s.tokens)
		samples.Items = append(samples.Items, tokenview.Sample{Name: s.name, Prompt: strings.Join(words[:n], ""), PromptTokens: words[:n], Completion: words[n], CompletionTokens: words[n:]})
	}
	list := m.HeldOut(t, 256, 64)
	var sides [2]contrast.Side
	sides[0], sides[1] = contrast.Sides(list, contrast.LastWith(tok, mark))
	seen, more := task.SeenShare(list, m.Data().Train), 0
	table := viz.Table{Note: m.Note("What opens", fmt.Sprintf("In %d held-out pairs. The last %d tokens of %.0f %% of the prompts occur in the training text.", len(list), task.SeenLength, 100*seen)),
		Columns: []viz.Column{{Name: "side"}, {Name: "opened by"}, {Name: "prompts"}}}
	for s, side := range sides {
		count := map[string]int{}
		for i, p := range side.Prompts {
			count[cell.Must(tok.Token(p[side.Open[i]]))]++
		}
		for _, w := range slices.Sorted(maps.Keys(count)) {
			table.Rows = append(table.Rows, []any{[]string{prompt, counter}[s], fmt.Sprintf("%q", w), count[w]})
		}
	}
	for _, e := range list {
		more += len(e.Prompt) - len(e.Counter)
	}
	r.Show(samples, table)
	r.State("more_tokens_"+prompt, float64(more)/float64(len(list)))
	return r
}
