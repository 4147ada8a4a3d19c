package dilution

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"circuitbook/notebooks/lab"
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/experiment"
	"circuitbook/sparsenn/stat"
	"circuitbook/viz"
	"circuitbook/viz/book"
)

// Longer asks at which length models stop doing a task, and whether their circuits foretell
// it: of sparse models of several seeds, and of a dense one beside each.
type Longer struct {
	Circuits      []*lab.Circuit // of the sparse models, where one is at hand
	Sparse, Dense []*lab.Model   // a pair of each seed
}

// LongerOf takes, beside each dense model, the sparse one of its seed in a circuit's config,
// and the circuits of the same search that are at hand.
func LongerOf(c *lab.Circuit, dense ...*lab.Model) Longer {
	if len(dense) == 0 {
		cell.End(errors.New("LongerOf takes at least one dense model; Twin is one"))
	}
	l := Longer{Dense: dense}
	for _, d := range dense {
		m := c.Model().Seed(int(d.Config().Seed))
		l.Sparse = append(l.Sparse, m)
		if c.MadeIn(m) {
			l.Circuits = append(l.Circuits, c.On(m, fmt.Sprintf("seed %d", m.Config().Seed), false))
		}
	}
	return l
}

// small says that the models are of scale "tiny": few prompts and one filler will do.
func (l Longer) small() bool { return l.Dense[0].Scale() == "tiny" }

// task is the name of the task.
func (l Longer) task() string {
	if len(l.Circuits) == 0 {
		cell.End(errors.New("no circuit is at hand: find one"))
	}
	return l.Circuits[0].Task().Name
}

// fillers are what the task's prompts are made longer with.
func (l Longer) fillers() []Filler { return fillersOf(l.task(), l.small()) }

func fillersOf(task string, small bool) []Filler {
	list := cell.Must(FillersOf(task))
	if small {
		return list[:1]
	}
	return list
}

// drawn are the options of all prompts.
func drawn(m *lab.Model) Options {
	n := 24
	if m.Scale() == "tiny" {
		n = 4
	}
	return Options{N: n, Context: m.Run().Config.Model.Context}
}

// circuitOf is the circuit alone of a sparse model, its logits read as its search fitted, and
// its depth; both are nil where none is at hand or it says nothing.
func (l Longer) circuitOf(m *lab.Model) (*lab.Circuit, experiment.Reader, Depth) {
	for _, c := range l.Circuits {
		if c.Model().Config().Seed != m.Config().Seed {
			continue
		}
		f := c.Finding()
		d, err := DepthOf(f.Run.Model, c.Data(), c.Selected()[0])
		if err != nil {
			return c, nil, Depth{}
		}
		views := cell.Interruptible(func(ctx context.Context) ([]experiment.View, error) {
			return experiment.Views(ctx, f.Run, f.Task, c.Data())
		})
		return c, views[0].Reader, d
	}
	return nil, nil, Depth{}
}

func seedOf(m *lab.Model) uint64 { return m.Config().Seed }

// Heads says how evenly the heads of the circuits look from the last token: 1 is a plain
// average of all tokens. Numbers are of every seed valid_sparse_S and valid_dense_S, averages_S,
// and evenness_S_headN of each head that writes; and averaging_seeds and seeds.
func (l Longer) Heads() (out cell.Result) {
	t := viz.Table{Columns: []viz.Column{{Name: "seed"}, {Name: "sparse, valid", Format: "%.3f"}, {Name: "dense, valid", Format: "%.3f"}, {Name: "dense weights"}, {Name: "position channels"}, {Name: "evenness"}, {Name: "averages"}},
		Note: l.Sparse[0].Note("Sparse and dense models, and where the circuits' heads look", fmt.Sprintf("Valid: nats per token. Evenness from the last token of short prompts: 1 is a plain average, and from %.1f on a head is said to average.", Even))}
	f, averaging := l.fillers()[0], 0
	for i, m := range l.Sparse {
		dense, of := l.Dense[i], fmt.Sprintf("seed%d", seedOf(m))
		even, averages := "attention writes nothing", false
		c, alone, d := l.circuitOf(m)
		if c == nil {
			even = "no circuit at hand"
		}
		if len(d.Nodes) > 0 {
			short := f.Short()
			p := cell.Must(Select(m.Run().Tokenizer, f, short[len(short)-1:], Options{N: 4, Context: m.Run().Config.Model.Context}))
			heads, share, err := Evenness(alone, c.Data(), d, p.List[0])
			cell.Check(err)
			var each []string
			averages = true
			for k, h := range heads {
				each, averages = append(each, fmt.Sprintf("head %d.%d %.2f", h.Layer, h.Head, share[k])), averages && share[k] >= Even
				out.State(fmt.Sprintf("evenness_%s_head%d", of, h.Head), share[k])
			}
			even = strings.Join(each, ", ")
		}
		if averages {
			averaging++
		}
		t.Rows = append(t.Rows, []any{int(seedOf(m)), m.Valid(), dense.Valid(), dense.L0(), m.Config().Model.DPos + dense.Config().Model.DPos, even, fmt.Sprint(averages)})
		out.State("valid_sparse_"+of, m.Valid())
		out.State("valid_dense_"+of, dense.Valid())
		out.State("averages_"+of, averages)
	}
	out.State("averaging_seeds", averaging)
	out.State("seeds", len(l.Sparse))
	out.Figures = cell.Page{t}
	return out
}

// unreached stands, in claims and tables, for a length that is not reached.
const unreached = 999

func clip(x float64) float64 { return math.Min(x, unreached) }

// claimOfFailure is the claim of a length with its interval over n prompts.
func claimOfFailure(name string, f Failure, n int) book.Stated {
	return cell.ClaimOf(name, stat.Estimate{Mean: clip(f.Length), Lo: clip(f.Lo), Hi: clip(f.Hi), N: n})
}

// reached is a length in a table.
func reached(f Failure, most float64) string {
	if f.Length > most {
		return fmt.Sprintf("over %g", most)
	}
	hi := fmt.Sprintf("%.1f", f.Hi)
	if f.Hi > most {
		hi = "…"
	}
	return fmt.Sprintf("%.1f (%.1f to %s)", f.Length, f.Lo, hi)
}

// sideOf names the side that fails.
func sideOf(f Filler, side int) string {
	if side < 0 {
		return "neither"
	}
	return f.Sides[side]
}
