package tokenview

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"sort"
	"strings"
)

// EmbeddingView shows what a channel of the residual stream means at both ends of a model: the
// tokens whose embedding writes it, and those whose logit reads it. Of each side it lists the
// greatest and the least weights, and draws all of them, sorted, under the list.
type EmbeddingView struct {
	viz.Note
	Channel int
	Vocab   int           // number of tokens there are; 0 if unknown
	Writes  []TokenWeight // column of the embedding (wte); [TokenColumn] cuts it out
	Reads   []TokenWeight // column of the unembedding (lm_head)
	Show    int           // tokens listed of each sign; 0 means 10
}

// A TokenWeight is a token's weight at a channel. Zeros count as no connection.
type TokenWeight struct {
	ID     int // in the vocabulary
	Token  string
	Weight float64
}

// TokenColumn returns the nonzero weights of one channel in a matrix of shape [vocab, width],
// row-major, by token. token gives a token's text.
func TokenColumn(matrix []float32, width, channel int, token func(id int) string) ([]TokenWeight, error) {
	switch {
	case width < 1 || len(matrix)%width != 0:
		return nil, fmt.Errorf("token column: %d weights are no matrix of width %d", len(matrix), width)
	case channel < 0 || channel >= width:
		return nil, fmt.Errorf("token column: channel %d of a matrix of width %d", channel, width)
	}
	var out []TokenWeight
	for id := range len(matrix) / width {
		if w := matrix[id*width+channel]; w != 0 {
			out = append(out, TokenWeight{id, token(id), float64(w)})
		}
	}
	return out, nil
}

// Bundle draws the view. It refuses weights that are not finite, more tokens than the vocabulary
// has, and a channel that no token writes or reads.
func (e EmbeddingView) Bundle() (viz.Bundle, error) {
	if err := e.check(); err != nil {
		return viz.Bundle{}, err
	}
	return viz.Picture(e.Scene(), e.Note, e.twin(), e.numbers())
}

func (e *EmbeddingView) check() error {
	if e.Show < 0 || e.Show > 100 {
		return fmt.Errorf("embedding view %q: Show is %d; give 1 to 100, or 0 for %d", e.Title, e.Show, shownTokens)
	}
	n := 0
	for _, s := range e.sides() {
		for _, w := range s.weights {
			if math.IsNaN(w.Weight) || math.IsInf(w.Weight, 0) {
				return fmt.Errorf("embedding view %q: token %d (%q) %s with weight %v: %w", e.Title, w.ID, w.Token, s.verb, w.Weight, viz.ErrNotFinite)
			}
		}
		if e.Vocab > 0 && len(s.weights) > e.Vocab {
			return fmt.Errorf("embedding view %q: %d weights of tokens that %s, in a vocabulary of %d", e.Title, len(s.weights), s.plural, e.Vocab)
		}
		n += len(s.sorted)
	}
	if n == 0 {
		return fmt.Errorf("embedding view %q: no token writes or reads channel %d: %w", e.Title, e.Channel, viz.ErrNoData)
	}
	return nil
}

// shownTokens is how many tokens of each sign are listed.
const shownTokens = 10

// embeddingSide is one end of the model.
type embeddingSide struct {
	verb, plural string
	weights      []TokenWeight
	sorted       []TokenWeight // without zeros, falling; equal weights by id
	positive     int
}

func (e *EmbeddingView) sides() []embeddingSide {
	out := []embeddingSide{{verb: "writes", plural: "write", weights: e.Writes}, {verb: "reads", plural: "read", weights: e.Reads}}
	for i := range out {
		s := &out[i]
		for _, w := range s.weights {
			if w.Weight == 0 {
				continue
			}
			if w.Weight > 0 {
				s.positive++
			}
			s.sorted = append(s.sorted, w)
		}
		sort.SliceStable(s.sorted, func(i, j int) bool {
			a, b := s.sorted[i], s.sorted[j]
			if a.Weight != b.Weight {
				return a.Weight > b.Weight
			}
			return a.ID < b.ID
		})
	}
	return out
}

// listed are the tokens shown: up to n with the greatest positive weights, and up to n with the
// least negative ones, both from the strongest on.
func (s *embeddingSide) listed(n int) (top, bottom []TokenWeight) {
	top = s.sorted[:min(n, s.positive)]
	for i := len(s.sorted) - 1; i >= s.positive && len(bottom) < n; i-- {
		bottom = append(bottom, s.sorted[i])
	}
	return top, bottom
}

// scale is the greatest magnitude.
func (s *embeddingSide) scale() float64 {
	if len(s.sorted) == 0 {
		return 0
	}
	return math.Max(math.Abs(s.sorted[0].Weight), math.Abs(s.sorted[len(s.sorted)-1].Weight))
}

func (e *EmbeddingView) show() int {
	if e.Show == 0 {
		return shownTokens
	}
	return e.Show
}

// counts says how many tokens are connected.
func (s *embeddingSide) counts(vocab int) string {
	says := draw.Number(float64(len(s.sorted)))
	if vocab > 0 {
		says += " of " + draw.Number(float64(vocab))
	}
	return fmt.Sprintf("%s tokens, %d positive, %d negative", says, s.positive, len(s.sorted)-s.positive)
}

// head names a side.
func (e *EmbeddingView) head(s *embeddingSide) string {
	if s.verb == "writes" {
		return fmt.Sprintf("tokens that write channel %d", e.Channel)
	}
	return fmt.Sprintf("tokens whose logit reads channel %d", e.Channel)
}

func (e *EmbeddingView) describe() string {
	var parts []string
	for _, s := range e.sides() {
		says := fmt.Sprintf("%s: %s", e.head(&s), s.counts(e.Vocab))
		top, bottom := s.listed(3)
		for i, list := range [...][]TokenWeight{top, bottom} {
			var names []string
			for _, w := range list {
				names = append(names, fmt.Sprintf("%s (%s)", tokenText(w.Token), draw.Number3(w.Weight)))
			}
			if len(names) > 0 {
				says += [...]string{"; greatest ", "; least "}[i] + strings.Join(names, ", ")
			}
		}
		parts = append(parts, says+".")
	}
	return strings.Join(parts, " ")
}

// numbers lists the tokens shown.
func (e *EmbeddingView) numbers() viz.Table {
	t := viz.Table{Columns: []viz.Column{{Name: "side"}, {Name: "id"}, {Name: "token"}, {Name: "weight"}}}
	for _, s := range e.sides() {
		top, bottom := s.listed(e.show())
		for _, list := range [...][]TokenWeight{top, bottom} {
			for _, w := range list {
				t.Rows = append(t.Rows, []any{s.verb, w.ID, tokenText(w.Token), w.Weight})
			}
		}
	}
	return t
}

// twin draws the tokens shown as bars; their weights follow in the numbers.
func (e *EmbeddingView) twin() string {
	var b strings.Builder
	for _, s := range e.sides() {
		fmt.Fprintf(&b, "%s: %s\n", e.head(&s), s.counts(e.Vocab))
		top, bottom := s.listed(e.show())
		for _, list := range [...][]TokenWeight{top, bottom} {
			for _, w := range list {
				sign := "+"
				if w.Weight < 0 {
					sign = "-"
				}
				fmt.Fprintf(&b, "  %s%s %s\n", sign, draw.Bar(math.Abs(w.Weight)/s.scale(), 20), tokenText(w.Token))
			}
		}
	}
	return b.String()
}
