package tokenview

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"sort"
	"strings"
)

// AttentionMatrix shows all that attention heads do over a short prompt: a row for each query, a
// column for each key, the sink's column apart at the left. The area of a square is the weight; a
// full cell is 1. A token stands at the left of its row and, where that ends, over its column.
type AttentionMatrix struct {
	viz.Note
	Tokens []string // at most [AttentionTokens]
	Sink   bool     // the first weight of each query belongs to the sink, not to a token
	Heads  []AttentionHead
}

// An AttentionHead is the pattern of one head: Weights[q] are those of query q, as in
// [AttentionRow]. [Pattern] cuts it out of what a model recorded.
type AttentionHead struct {
	Name    string
	Weights [][]float64
}

// AttentionTokens is the longest prompt that an [AttentionMatrix] draws; an [AttentionStrip] shows
// positions of longer ones.
const AttentionTokens = 48

// Bundle draws the heads. It refuses weights that are no shares, that look ahead, or whose number
// does not fit the tokens, naming head and query.
func (a AttentionMatrix) Bundle() (viz.Bundle, error) {
	if err := a.check(); err != nil {
		return viz.Bundle{}, err
	}
	return viz.Picture(a.Scene(), a.Note, a.twin(), a.numbers())
}

func (a *AttentionMatrix) check() error {
	n := len(a.Tokens)
	if n == 0 || len(a.Heads) == 0 {
		return fmt.Errorf("attention matrix %q: %d tokens, %d heads: %w", a.Title, n, len(a.Heads), viz.ErrNoData)
	}
	if n > AttentionTokens {
		return fmt.Errorf("attention matrix %q: %d tokens, of which at most %d are legible; cut the prompt, or show some positions as an AttentionStrip", a.Title, n, AttentionTokens)
	}
	for _, h := range a.Heads {
		if len(h.Weights) != n {
			return fmt.Errorf("attention matrix %q, head %q: weights of %d queries for %d tokens", a.Title, h.Name, len(h.Weights), n)
		}
		for q, w := range h.Weights {
			if err := checkAttention(q, n, a.Sink, w); err != nil {
				return fmt.Errorf("attention matrix %q, head %q: %w", a.Title, h.Name, err)
			}
		}
	}
	return nil
}

// key names the column i of the weights.
func (a *AttentionMatrix) key(i int) string {
	off := sinkColumns(a.Sink)
	if i < off {
		return sinkName
	}
	return fmt.Sprintf("%d %s", i-off, tokenText(a.Tokens[i-off]))
}

// heaviest lists the keys of a query by weight, the heaviest first, at most n, none below half a per
// cent.
func (a *AttentionMatrix) heaviest(w []float64, n int) []int {
	var out []int
	for i, v := range w {
		if percent(v) != "" {
			out = append(out, i)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return w[out[i]] > w[out[j]] })
	return out[:min(n, len(out))]
}

// listedKeys is how many keys the table of numbers names for each query.
const listedKeys = 3

func (a *AttentionMatrix) numbers() viz.Table {
	t := viz.Table{Columns: []viz.Column{{Name: "head"}, {Name: "query"}, {Name: "token"}}}
	if a.Sink {
		t.Columns = append(t.Columns, viz.Column{Name: "sink %", Format: "%.0f"})
	}
	for i := range listedKeys {
		t.Columns = append(t.Columns, viz.Column{Name: [...]string{"most to", "then to", "then to"}[i]}, viz.Column{Name: "%", Format: "%.0f"})
	}
	off := sinkColumns(a.Sink)
	for _, h := range a.Heads {
		for q, w := range h.Weights {
			row := []any{h.Name, q, tokenText(a.Tokens[q])}
			if a.Sink {
				row = append(row, 100*w[0])
			}
			top := a.heaviest(w[off:q+1+off], listedKeys)
			for i := range listedKeys {
				if i < len(top) {
					row = append(row, a.key(top[i]+off), 100*w[top[i]+off])
				} else {
					row = append(row, nil, nil)
				}
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// describe says where each head looks on the whole.
func (a *AttentionMatrix) describe() string {
	off := sinkColumns(a.Sink)
	var parts []string
	for _, h := range a.Heads {
		sum := make([]float64, len(a.Tokens)+off)
		for q, w := range h.Weights {
			for i, v := range w[:q+1+off] {
				sum[i] += v
			}
		}
		var says []string
		for _, i := range a.heaviest(sum, 2) {
			says = append(says, fmt.Sprintf("%s %% to %s", draw.Number(math.Round(100*sum[i]/float64(len(a.Tokens)))), a.key(i)))
		}
		parts = append(parts, strings.TrimSpace(h.Name+" over all queries: ")+" "+strings.Join(says, ", ")+".")
	}
	return fmt.Sprintf("Attention over %d tokens. ", len(a.Tokens)) + strings.Join(parts, " ")
}

// twin draws each head with a digit a weight, in tenths.
func (a *AttentionMatrix) twin() string {
	var b strings.Builder
	width := 0
	for _, t := range a.Tokens {
		width = max(width, draw.Width(tokenText(t)))
	}
	for _, h := range a.Heads {
		says := "down: query; across: token 0, 1, …"
		if a.Sink {
			says = "down: query; across: sink, then token 0, 1, …"
		}
		fmt.Fprintf(&b, "%s\n", strings.TrimSpace(draw.Visible(h.Name)+"   ("+says+"; tenths, . below a half)"))
		for q, w := range h.Weights {
			fmt.Fprintf(&b, "%3d %s ", q, draw.PadRight(tokenText(a.Tokens[q]), width))
			for i, v := range w[:q+1+sinkColumns(a.Sink)] {
				d := "."
				if v >= 0.05 {
					d = draw.Number(math.Min(9, math.Round(10*v)))
				}
				b.WriteString(d)
				if a.Sink && i == 0 {
					b.WriteString(" ")
				}
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}
