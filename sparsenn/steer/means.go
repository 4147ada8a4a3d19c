package steer

import (
	"context"
	"fmt"
	"slices"

	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// Span says which tokens of a prompt a direction is taken from and added to.
type Span string

// The tokens of a prompt that differ from the counterpart's are few; all after the
// first of them may hold what differs.
const (
	From      Span = ""          // every token from the first on that differs
	Differing Span = "differing" // the tokens that differ
	Last      Span = "last"      // taken at the last token, and added from the first on that differs
)

// Spans lists them.
func Spans() []Span { return []Span{From, Differing, Last} }

func (w Span) String() string {
	switch w {
	case Differing:
		return "the tokens that differ"
	case Last:
		return "the last token"
	}
	return "all tokens from the first that differs"
}

// added says whether a direction is added at token t of a prompt, and taken whether it
// is taken there.
func (w Span) added(p Prompt, t, from int) bool {
	if w == Differing {
		return p.differs(t, from)
	}
	return t >= from
}

func (w Span) taken(p Prompt, t, from int) bool {
	if w == Last {
		return t == len(p.Tokens)-1
	}
	return w.added(p, t, from)
}

// DifferenceOfMeans is the usual way to steer, without any bridge: the mean over
// examples and tokens of what the dense model holds at a read site on the prompts that
// have the wanted answer, less what it holds on the others.
// span says at which tokens: what decides the answer may be at any of them, so that
// a fair comparison tries all. Examples of the report split must not be given: what is
// measured on must not be what a direction is made from.
func (s *Steerer) DifferenceOfMeans(ctx context.Context, site model.Site, examples []task.Example, to Toward, span Span) (*Method, error) {
	if _, err := s.Bridge.ReadSite(site); err != nil {
		return nil, fmt.Errorf("steer: %w", err)
	}
	if !slices.Contains(Spans(), span) {
		return nil, fmt.Errorf("steer: the span is %q; it must be one of %q", string(span), []string{string(From), string(Differing), string(Last)})
	}
	prompts, err := Prompts(examples, to)
	if err != nil {
		return nil, err
	}
	dense := s.Bridge.Dense.Model
	if err := check(prompts, dense.Config.Vocab, dense.Config.Context); err != nil {
		return nil, err
	}
	sum, n := make([]float64, dense.Config.DModel), 0
	for batch := range slices.Chunk(prompts, atOnce) {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("steer: %w", err)
		}
		want, have, err := bothSides(dense, site, batch)
		if err != nil {
			return nil, err
		}
		for b, p := range batch {
			from := p.from()
			for t := range p.Tokens {
				at, ok := p.other(t, from)
				if !ok || !span.taken(p, t, from) {
					continue
				}
				w, h := want.At(b, at), have.At(b, t)
				for i := range sum {
					sum[i] += float64(w[i]) - float64(h[i])
				}
				n++
			}
		}
	}
	v := make([]float32, len(sum))
	for i, x := range sum {
		v[i] = float32(x / float64(max(1, n)))
		if v[i]-v[i] != 0 {
			return nil, fmt.Errorf("steer: the dense model's activations at %s are not finite", site)
		}
	}
	return &Method{Name: fmt.Sprintf("difference of means at %s, %s", site, span), Site: site, Span: span, Directions: [][]float32{v}}, nil
}
