package turning

import (
	"context"
	"fmt"
	"math"
	"slices"

	gonum "gonum.org/v1/gonum/stat"

	"circuitbook/notebooks/lab"
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/steer"
	"circuitbook/sparsenn/task"
	"circuitbook/viz"
	"circuitbook/viz/charts"
)

// A Turn is a case of steering: the dense model of a pair is turned towards one of the answers
// of a circuit's task, on prompts of three splits. Directions are made from those for fitting,
// methods and strengths chosen on those for selecting, and what is shown is measured on those
// for reporting.
type Turn struct {
	Pair    *lab.Pair
	Circuit *lab.Circuit
	To      steer.Toward
	Few     bool // as few prompts and strengths as at the scale "tiny"
}

// Of is the case of a circuit of the pair's sparse model.
func Of(p *lab.Pair, c *lab.Circuit, to steer.Toward) *Turn {
	return &Turn{p, c, to, c.Model().Scale() == "tiny"}
}

// turnLevel is the probability, between the two answers, that strengths are compared at.
const turnLevel = 0.9

// pick is n, or fewer at the scale "tiny".
func (t *Turn) pick(n, tiny int) int {
	if t.Few {
		return tiny
	}
	return n
}

// options say which examples of the task are wanted.
func (t *Turn) options(n int) task.Options {
	return task.Options{N: n, MaxTokens: min(t.Circuit.Config().Prove.MaxTokens, t.Circuit.Model().Config().Model.Context)}
}

func (t *Turn) fitted() []task.Example {
	return cell.Must(t.Circuit.Finding().Task.Examples(task.Fit, t.Circuit.Model().Run().Tokenizer, t.options(t.pick(128, 16))))
}

func (t *Turn) selected() []steer.Prompt {
	return cell.Must(steer.Prompts(cell.Must(t.Circuit.Finding().Task.Examples(task.Select, t.Circuit.Model().Run().Tokenizer, t.options(t.pick(64, 16)))), t.To))
}

// reported are n prompts for reporting that leave room for so many tokens.
func (t *Turn) reported(n, room int) []steer.Prompt {
	o := t.options(n)
	o.MaxTokens -= room
	return cell.Must(steer.Prompts(cell.Must(t.Circuit.Finding().Task.Report(t.Circuit.Model().Run().Tokenizer, o)).ForMeasuring(), t.To))
}

func (t *Turn) strengths() []float64 {
	if t.Few {
		return []float64{0, 1, 2}
	}
	return steer.Strengths()
}

// readNodes are the nodes that the circuit reads from the residual stream, by site; two of one
// site where no circuit was found and all nodes of the model stand in its place.
func (t *Turn) readNodes(s *steer.Steerer) [][]circuit.Node {
	sites := s.ReadNodes(t.Circuit.Data())
	if !t.Circuit.Reached() && len(sites) > 0 {
		return [][]circuit.Node{sites[0][:min(2, len(sites[0]))]}
	}
	return sites
}

func (t *Turn) steerer() *steer.Steerer {
	return cell.Interruptible(func(ctx context.Context) (*steer.Steerer, error) { return steer.New(ctx, t.Pair.Bridge()) })
}

func (t *Turn) note(title, caption string) viz.Note {
	n := t.Circuit.Note(title, caption)
	b := t.Pair.Bridge()
	n.Provenance += " · " + viz.ProvenanceLine(map[string]any{"bridge": b.Name, "dense": b.Dense.Name})
	return n
}

// The kinds of methods that are compared.
const (
	byChannels = "circuit's channels"
	bySingle   = "best single channel"
	byWhole    = "all channels of the site"
	byMeans    = "difference of means"
)

// turnKeys name the kinds in claims.
var turnKeys = map[string]string{byChannels: "channels", bySingle: "single", byWhole: "whole", byMeans: "means"}

// A Candidate is a method of steering, and what it does on the prompts that are chosen on.
type Candidate struct {
	Kind   string
	Method *steer.Method
	Curve  *steer.Curve
}

// at is its probability between the two answers at a strength.
func (c *Candidate) at(strength float64) float64 { return cell.Must(c.Curve.At(strength)).TwoWay.Mean }

// cost is what is lost at other tokens, in nats per token, at the strength that reaches the
// level, between those measured; ok is false where it is not reached.
func (c *Candidate) cost() (strength, kl float64, ok bool) {
	if strength, ok = c.Curve.Reaches(steer.Between, turnLevel); !ok {
		return 0, 0, false
	}
	for i, p := range c.Curve.Points {
		if p.Strength >= strength {
			if i == 0 || p.Strength == strength {
				return strength, p.OtherKL.Mean, true
			}
			q := c.Curve.Points[i-1]
			return strength, q.OtherKL.Mean + (strength-q.Strength)/(p.Strength-q.Strength)*(p.OtherKL.Mean-q.OtherKL.Mean), true
		}
	}
	return 0, 0, false
}

// ofNodes are the methods that the circuit's read nodes give: all of a site, each alone.
func (t *Turn) ofNodes(s *steer.Steerer) (out []*Candidate) {
	sites := t.readNodes(s)
	for _, site := range sites {
		out = append(out, &Candidate{Kind: byChannels, Method: cell.Must(s.Channels(site...))})
	}
	for _, site := range sites {
		for _, n := range site {
			out = append(out, &Candidate{Kind: bySingle, Method: cell.Must(s.Channels(n))})
		}
	}
	return out
}

// ofMeans are the differences of means in the dense model, at every read site and from every
// span of tokens.
func (t *Turn) ofMeans(s *steer.Steerer) (out []*Candidate) {
	for l := range s.Bridge.Dense.Config.Model.Layers {
		for _, name := range []string{model.AttnActIn, model.MLPActIn} {
			if t.Few && len(out) > 0 {
				continue
			}
			for _, span := range steer.Spans() {
				m := cell.Interruptible(func(ctx context.Context) (*steer.Method, error) {
					return s.DifferenceOfMeans(ctx, model.At(l, name), t.fitted(), t.To, span)
				})
				out = append(out, &Candidate{Kind: byMeans, Method: m})
			}
		}
	}
	return out
}

// measured measures candidates on the prompts that are chosen on.
func (t *Turn) measured(s *steer.Steerer, list []*Candidate) []*Candidate {
	b := cell.NewBar("choosing", len(list))
	prompts := t.selected()
	for i, c := range list {
		c.Curve = curveOf(s, c.Method, prompts, t.strengths())
		b.Step(i+1, c.Method.Name)
	}
	cell.Check(b.Done(true))
	return list
}

func curveOf(s *steer.Steerer, m *steer.Method, prompts []steer.Prompt, at []float64) *steer.Curve {
	return cell.Interruptible(func(ctx context.Context) (*steer.Curve, error) { return s.Curve(ctx, m, prompts, at) })
}

// best is the candidate of a kind that does most at a strength; nil if there is none.
func best(list []*Candidate, kind string, strength float64) (out *Candidate) {
	for _, c := range list {
		if c.Kind == kind && (out == nil || c.at(strength) > out.at(strength)) {
			out = c
		}
	}
	return out
}

// cheapest is the candidate of some kinds that reaches the level at the least cost; nil if none
// does.
func cheapest(list []*Candidate, kinds ...string) (out *Candidate) {
	least := math.Inf(1)
	for _, c := range list {
		if _, kl, ok := c.cost(); ok && slices.Contains(kinds, c.Kind) && kl < least {
			out, least = c, kl
		}
	}
	return out
}

// A Control is a kind of random method over draws: least, mean and greatest at each strength.
type Control struct {
	At         []float64
	Full, Both [][3]float64 // of the wanted answer among the whole vocabulary, and between the two
}

// control measures random methods.
func (t *Turn) control(s *steer.Steerer, name string, prompts []steer.Prompt, draw func(i uint64) *steer.Method) (c Control) {
	c.At = []float64{0, 0.5, 1, 1.5, 2, 3, 4}
	if t.Few {
		c.At = t.strengths()
	}
	draws := t.pick(20, 2)
	b := cell.NewBar(name, draws)
	full, both := make([][]float64, len(c.At)), make([][]float64, len(c.At))
	for i := range draws {
		for j, p := range curveOf(s, draw(uint64(i)), prompts, c.At).Points {
			full[j], both[j] = append(full[j], p.Want.Mean), append(both[j], p.TwoWay.Mean)
		}
		b.Step(i+1, "")
	}
	cell.Check(b.Done(true))
	three := func(x []float64) [3]float64 { return [3]float64{slices.Min(x), gonum.Mean(x, nil), slices.Max(x)} }
	for j := range c.At {
		c.Full, c.Both = append(c.Full, three(full[j])), append(c.Both, three(both[j]))
	}
	return c
}

// of is least, mean and greatest at a strength.
func (c Control) of(strength float64) (full, both [3]float64) {
	i := slices.Index(c.At, strength)
	return c.Full[i], c.Both[i]
}

// series is a control as a line; its band is from the least to the greatest draw.
func (c Control) series(name string, p steer.Probability) charts.Series {
	s := charts.Series{Name: name, X: c.At}
	of := c.Full
	if p == steer.Between {
		of = c.Both
	}
	for _, v := range of {
		s.Y, s.Lo, s.Hi = append(s.Y, v[1]), append(s.Lo, v[0]), append(s.Hi, v[2])
	}
	return s
}

// curveSeries is a curve as a line with its intervals.
func curveSeries(name string, c *steer.Curve, p steer.Probability) charts.Series {
	s := charts.Series{Name: name}
	for _, x := range c.Points {
		e := x.Want
		if p == steer.Between {
			e = x.TwoWay
		}
		s.X, s.Y, s.Lo, s.Hi = append(s.X, x.Strength), append(s.Y, e.Mean), append(s.Lo, e.Lo), append(s.Hi, e.Hi)
	}
	return s
}

// turnSlack is how far a curve may fall and still be said to rise.
const turnSlack = 0.005

// rises is the strength up to which a curve never falls.
func rises(c *steer.Curve, p steer.Probability) float64 {
	for n := 2; n <= len(c.Points); n++ {
		if part := (&steer.Curve{Points: c.Points[:n]}); !part.Monotone(p, turnSlack) {
			return c.Points[n-2].Strength
		}
	}
	return c.Points[len(c.Points)-1].Strength
}

// label is what the case is, in words.
func (t *Turn) label() string {
	to := "to the other answer"
	if t.To == steer.ToTarget {
		to = "to the first answer"
	}
	return fmt.Sprintf("%s, %s", t.Circuit.Finding().Task.Name, to)
}
