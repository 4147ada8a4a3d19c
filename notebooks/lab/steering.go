package lab

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/patch"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/steer"
	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/charts"
	"circuitbook/viz/tokenview"
)

// A Steering turns the dense model of a pair by nodes of a circuit of the sparse one.
type Steering struct {
	Steerer  *steer.Steerer
	Method   *steer.Method
	Strength float64
	pair     *Pair
	circuit  *Circuit
}

// String says by what it steers, and how a prompt is steered.
func (s *Steering) String() string {
	return fmt.Sprintf("steering by %s, strength %g; .On(\"a prompt\") steers one, .Curve(0, 1, 2) measures it", s.Method.Name, s.Strength)
}

// Steer steers by what a circuit of the pair's sparse model reads: what its nodes at one
// site differ by between a prompt and its counterpart, times their rows of the decoder, times
// a strength, is added to the dense model. nodes are the circuit's, all at one site; without
// any it takes those of the last site that can be steered by.
func (p *Pair) Steer(c *Circuit, strength float64, nodes ...string) *Steering {
	s := cell.Interruptible(func(ctx context.Context) (*steer.Steerer, error) { return steer.New(ctx, p.Bridge()) })
	list := cell.Must(c.have(nodes))
	if len(nodes) == 0 {
		groups := s.ReadNodes(c.Data())
		if len(groups) == 0 {
			cell.End(errors.New("the circuit reads no channel of the residual stream: there is nothing to steer by"))
		}
		list = groups[len(groups)-1]
	}
	return &Steering{Steerer: s, Method: cell.Must(s.Channels(list...)), Strength: strength, pair: p, circuit: c}
}

// A Steered is a prompt as the dense model answers it, and as it does when it is steered.
type Steered struct {
	Prompt, Counter string
	Before, After   []model.TokenProb // all tokens, most probable first
	Have, Want      string            // the task's answer to the prompt, and that to its counterpart
	Text, Turned    string            // what it writes after the prompt, as it is and steered
	OtherKL         float64           // how far the next token moves at the prompt's other tokens, nats per token
	Note            viz.Note
}

// On steers a prompt towards the answer of its counterpart. Where none is given, the
// counterpart is the prompt with the token exchanged that the task's pairs differ in, at
// its last place.
func (s *Steering) On(prompt string, counter ...string) Steered {
	tok := s.Steerer.Bridge.Dense.Tokenizer
	ids := tok.Encode(prompt)
	examples := s.circuit.Selected()
	var other []int32
	if len(counter) > 0 {
		other = tok.Encode(counter[0])
	} else {
		other = cell.Must(counterpart(ids, examples))
	}
	if slices.Equal(ids, other) {
		cell.End(errors.New("the prompt and its counterpart are the same: nothing is added"))
	}
	p := steer.Prompt{Tokens: ids, Counter: other, Want: examples[0].Alt, Have: examples[0].Target}
	if isCounter(ids, other, examples) {
		p.Want, p.Have = p.Have, p.Want
	}
	out := Steered{Prompt: prompt, Counter: tok.Decode(other), Note: s.pair.note("Steered", fmt.Sprintf("By %s, strength %g, towards the answer of %q.", s.Method.Name, s.Strength, tok.Decode(other)))}
	var err error
	out.Before, out.After, err = s.Steerer.Top(s.Method, p, s.Strength, s.Steerer.Bridge.Dense.Config.Model.Vocab)
	cell.Check(err)
	out.Have, out.Want = cell.Must(tok.Token(p.Have)), cell.Must(tok.Token(p.Want))
	out.Text = tok.Decode(cell.Must(s.Steerer.Generate(s.Method, p, 0, 16, tok.EOT())))
	out.Turned = tok.Decode(cell.Must(s.Steerer.Generate(s.Method, p, s.Strength, 16, tok.EOT())))
	if len(ids) > 1 {
		curve := cell.Interruptible(func(ctx context.Context) (*steer.Curve, error) {
			return s.Steerer.Curve(ctx, s.Method, []steer.Prompt{p}, []float64{s.Strength})
		})
		out.OtherKL = curve.Points[0].OtherKL.Mean
	}
	return out
}

// isCounter says whether a prompt is one as the counterparts of examples are: where it first
// differs from the other side it has a token that counterparts have there.
func isCounter(ids, other []int32, examples []task.Example) bool {
	at := patch.Opening(ids, other)[0][0]
	return slices.ContainsFunc(examples, func(e task.Example) bool {
		i := patch.Opening(e.Prompt, e.Counter)[0][0]
		return e.Counter[i] == ids[at]
	})
}

// counterpart is a prompt with a token exchanged by which the pairs of examples differ.
func counterpart(ids []int32, examples []task.Example) ([]int32, error) {
	exchanged := map[int32]int32{}
	for _, e := range examples {
		i := patch.Opening(e.Prompt, e.Counter)[0][0]
		exchanged[e.Prompt[i]], exchanged[e.Counter[i]] = e.Counter[i], e.Prompt[i]
	}
	for i := len(ids) - 1; i >= 0; i-- {
		if to, ok := exchanged[ids[i]]; ok {
			out := slices.Clone(ids)
			out[i] = to
			return out, nil
		}
	}
	return nil, errors.New("no token of the prompt is one that the task's pairs differ in; give the counterpart too: On(prompt, counterpart)")
}

// Bundle shows what is written, and the most probable tokens before and after.
func (s Steered) Bundle() (viz.Bundle, error) {
	top := viz.Table{Note: s.Note, Columns: []viz.Column{{Name: "as it is"}, {Name: "probability", Format: "%.3f", Bar: true, Max: 1}, {Name: "steered"}, {Name: "probability ", Format: "%.3f", Bar: true, Max: 1}}}
	for i := range min(5, len(s.Before)) {
		top.Rows = append(top.Rows, []any{fmt.Sprintf("%q", s.Before[i].Text), s.Before[i].P, fmt.Sprintf("%q", s.After[i].Text), s.After[i].P})
	}
	top.Caption += fmt.Sprintf(" At the prompt's other tokens the answers move by %.3f nats per token.", s.OtherKL)
	two := viz.Table{Columns: []viz.Column{{Name: "answer"}, {Name: "as it is", Format: "%.3f", Bar: true, Max: 1}, {Name: "steered", Format: "%.3f", Bar: true, Max: 1}},
		Rows: [][]any{
			{fmt.Sprintf("%q, to this prompt", s.Have), probability(s.Before, s.Have), probability(s.After, s.Have)},
			{fmt.Sprintf("%q, to its counterpart", s.Want), probability(s.Before, s.Want), probability(s.After, s.Want)},
		}}
	return cell.Page{two, tokenview.Samples{Items: []tokenview.Sample{{Name: "as it is", Prompt: s.Prompt, Completion: s.Text}, {Name: "steered", Prompt: s.Prompt, Completion: s.Turned}}}, top}.Bundle()
}

// probability is that of a token.
func probability(list []model.TokenProb, text string) float64 {
	for _, x := range list {
		if x.Text == text {
			return x.P
		}
	}
	return 0
}

// A SteeringCurve is what a steering does over strengths, on held-out prompts.
type SteeringCurve struct {
	*steer.Curve
	Note viz.Note
}

// Curve measures the steering over strengths on 64 held-out prompts of the circuit's task.
func (s *Steering) Curve(strengths ...float64) SteeringCurve {
	if len(strengths) == 0 {
		strengths = steer.Strengths()
	}
	list := s.circuit.reported().ForMeasuring()
	prompts := cell.Must(steer.Prompts(list[:min(64, len(list))], steer.ToAlt))
	c := cell.Interruptible(func(ctx context.Context) (*steer.Curve, error) {
		return s.Steerer.Curve(ctx, s.Method, prompts, strengths)
	})
	return SteeringCurve{c, s.pair.note("Steering by "+s.Method.Name, fmt.Sprintf("%d held-out prompts. Given the counterparts themselves the wanted answer has %.3f between the two.", len(prompts), c.CeilingTwoWay.Mean))}
}

// Bundle plots the wanted answer's probability and the cost over strengths.
func (c SteeringCurve) Bundle() (viz.Bundle, error) {
	series := func(name string, of func(steer.Point) stat.Estimate) charts.Series {
		s := charts.Series{Name: name}
		for _, p := range c.Points {
			e := of(p)
			s.X, s.Y, s.Lo, s.Hi = append(s.X, p.Strength), append(s.Y, e.Mean), append(s.Lo, e.Lo), append(s.Hi, e.Hi)
		}
		return s
	}
	return charts.Plot{Note: c.Note, X: charts.Axis{Label: "strength"}, Band: "95 % over prompts", Panels: []charts.Panel{
		{Y: charts.Axis{Label: "wanted answer"}, Series: []charts.Series{series("between the two", func(p steer.Point) stat.Estimate { return p.TwoWay }), series("of all tokens", func(p steer.Point) stat.Estimate { return p.Want })}},
		{Y: charts.Axis{Label: "cost at other tokens, nats per token"}, Series: []charts.Series{series("cost", func(p steer.Point) stat.Estimate { return p.OtherKL })}},
	}}.Bundle()
}

// Claims are at_STRENGTH of the whole strengths: the wanted answer's probability between the
// two.
func (c SteeringCurve) Claims() (list []book.Stated) {
	for _, p := range c.Points {
		if p.Strength == float64(int(p.Strength)) {
			list = append(list, cell.ClaimOf(fmt.Sprintf("at_%d", int(p.Strength)), p.TwoWay))
		}
	}
	return list
}
