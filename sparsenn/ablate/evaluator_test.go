package ablate

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

func mustEvaluator(t testing.TB, m *model.Model, s *Stats, list []task.Example, o Options) *Evaluator {
	t.Helper()
	e, err := NewEvaluator(m, s, list, o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func randomMask(sp Space, seed uint64) Mask {
	rng := rand.New(rand.NewPCG(seed, 0))
	m := make(Mask, sp.Len())
	for i := range m {
		m[i] = rng.IntN(2) == 0
	}
	return m
}

// wants runs a mask the slow way: every prompt alone, its nodes held by
// interventions on the recorded pass.
func wants(t *testing.T, m *model.Model, sp Space, means []float32, mask Mask, list []task.Example) Margins {
	t.Helper()
	var changes []model.Intervention
	for s, site := range sp.Sites {
		c := model.Intervention{Site: model.Site(site)}
		for i := sp.Start[s]; i < sp.Start[s+1]; i++ {
			if mask[i] {
				c.Scale, c.Shift = append(c.Scale, 1), append(c.Shift, 0)
			} else {
				c.Scale, c.Shift = append(c.Scale, 0), append(c.Shift, means[i])
			}
		}
		changes = append(changes, c)
	}
	var out Margins
	for _, e := range list {
		for side, seq := range [][]int32{e.Prompt, e.Counter} {
			rec, err := m.Record([][]int32{seq}, []model.Site{model.Logits}, changes...)
			if err != nil {
				t.Fatal(err)
			}
			l, err := e.Pick(rec.Activations[0].At(0, len(seq)-1))
			if err != nil {
				t.Fatal(err)
			}
			d := l.Target - l.Alt
			if side == 1 {
				d = -d
			}
			out = append(out, float32(d))
		}
	}
	return out
}

// TestPaperAblation: a node that is left out is held at its mean after AbsTopK,
// everything else runs on (Gao et al., §3.2).
func TestPaperAblation(t *testing.T) {
	m := small(t, nil)
	stats := someStats(m)
	for _, one := range []bool{false, true} {
		for _, tk := range []task.Task{task.SingleDoubleQuote(), task.BracketCounting()} {
			list := examples(t, tk, 5, one)
			for _, o := range []Options{{}, {Zero: true}, {Final: true}} {
				e := mustEvaluator(t, m, stats, list, o)
				means := stats.Flat(e.Space)
				if o.Zero {
					means = make([]float32, e.Space.Len())
				}
				for _, mask := range []Mask{e.All(), e.All().Not(), randomMask(e.Space, 1)} {
					got, err := e.Margins(mask)
					if err != nil {
						t.Fatal(err)
					}
					want := wants(t, m, e.Space, means, mask, list)
					for i := range want {
						if d := math.Abs(float64(got[i] - want[i])); !(d < 1e-3) {
							t.Fatalf("%s, %+v, %d nodes kept: margin %d is %v, want %v", tk.Name, o, mask.Count(), i, got[i], want[i])
						}
					}
				}
			}
		}
	}
}

// TestAllOpenIsPlain: with every gate open the margins are those of a pass
// without gates, to the bit; with norms frozen up to the order of sums, since
// that program has two passes.
func TestAllOpenIsPlain(t *testing.T) {
	m := small(t, nil)
	list := examples(t, task.BracketCounting(), 6, false)
	e := mustEvaluator(t, m, someStats(m), list, Options{})
	frozen := mustEvaluator(t, m, someStats(m), list, Options{FreezeNorms: true})
	b := e.batches[0]
	exec, err := graph.NewExec(e.backend, func(in []*graph.Node) []*graph.Node {
		vars, rest := m.Config.Vars(in)
		return []*graph.Node{gated(m.Config, Space{Start: []int{0}}, Options{}, false, vars, nil, nil, rest)}
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Call(append(m.Inputs(), b.Args()...)...)
	if err != nil {
		t.Fatal(err)
	}
	want, err := tensors.CopyFlatData[float32](out[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, ev := range map[string]*Evaluator{"gates": e, "frozen norms": frozen} {
		got, err := ev.Margins(ev.All())
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if d := math.Abs(float64(got[i] - want[i])); d > 0 && ev == e || d > 1e-5 {
				t.Errorf("%s: margin %d is %v, without gates %v", name, i, got[i], want[i])
			}
		}
	}
}

// TestFrozenNorms: what is closed no longer moves the norms.
func TestFrozenNorms(t *testing.T) {
	m := small(t, nil)
	list := examples(t, task.BracketCounting(), 4, false)
	mask := randomMask(mustEvaluator(t, m, someStats(m), list, Options{}).Space, 3)
	var got [2]Margins
	for i, o := range []Options{{}, {FreezeNorms: true}} {
		var err error
		if got[i], err = mustEvaluator(t, m, someStats(m), list, o).Margins(mask); err != nil {
			t.Fatal(err)
		}
	}
	same := true
	for i := range got[0] {
		same = same && got[0][i] == got[1][i]
	}
	if same {
		t.Error("freezing the norms changes nothing")
	}
}

// TestGradient: by central differences over z between the gates' values, in a
// model without AbsTopK, whose choices are no smooth function.
func TestGradient(t *testing.T) {
	m := small(t, func(c *model.Config) { *c = c.Dense() })
	list := examples(t, task.SingleDoubleQuote(), 40, false)
	e := mustEvaluator(t, m, someStats(m), list, Options{Final: true})
	rng := rand.New(rand.NewPCG(5, 5))
	z := make([]float32, e.Space.Len())
	for i := range z {
		z[i] = 0.5 + rng.Float32()/2
	}
	c := Calibration{1.7, -0.6}
	_, gradient, margins, err := e.gradient(z, c)
	if err != nil {
		t.Fatal(err)
	}
	loss := func() float64 {
		l, _, _, err := e.gradient(z, c)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	if want, _ := c.Apply(margins).Mean(); math.Abs(loss()-want) > 1e-5 {
		t.Errorf("loss %v, of the margins %v", loss(), want)
	}
	largest := 0.0
	for _, g := range gradient {
		largest = max(largest, math.Abs(g))
	}
	if largest < 1e-3 {
		t.Fatalf("the largest derivative is %g", largest)
	}
	checked := 0
	for range 60 {
		i := rng.IntN(len(z))
		const step = 0.02
		was := z[i]
		z[i] = was + step
		up := loss()
		z[i] = was - step
		down := loss()
		z[i] = was
		want := (up - down) / (2 * step)
		if math.Abs(gradient[i]-want) > 0.05*math.Abs(want)+0.005*largest {
			t.Errorf("%s: derivative %g, by differences %g", e.Space.Node(i), gradient[i], want)
		}
		checked++
	}
	if checked == 0 {
		t.Fatal("nothing checked")
	}
}

// TestChunks: many examples give what few at a time give, in order.
func TestChunks(t *testing.T) {
	m := small(t, nil)
	list := examples(t, task.BracketCounting(), ChunkPairs+9, false)
	e := mustEvaluator(t, m, someStats(m), list, Options{})
	if e.Pairs() != len(list) {
		t.Errorf("%d pairs, want %d", e.Pairs(), len(list))
	}
	mask := randomMask(e.Space, 2)
	all, err := e.Margins(mask)
	if err != nil || len(all) != 2*len(list) {
		t.Fatalf("%d margins, %v", len(all), err)
	}
	for _, i := range []int{0, 7, ChunkPairs, len(list) - 1} {
		one, err := e.Of(list[i:i+1], LengthOf(list))
		if err != nil {
			t.Fatal(err)
		}
		got, err := one.Margins(mask)
		if err != nil {
			t.Fatal(err)
		}
		for side := range 2 {
			if d := math.Abs(float64(got[side] - all[2*i+side])); d > 1e-4 {
				t.Errorf("example %d, side %d: %v alone, %v among others", i, side, got[side], all[2*i+side])
			}
		}
	}
	loss, gradient, err := e.Gradient(mask)
	if err != nil || len(gradient) != e.Space.Len() {
		t.Fatal(err)
	}
	if mean, _ := all.Mean(); math.Abs(loss-mean) > 1e-5 {
		t.Errorf("loss %v with the gradient, %v from the margins", loss, mean)
	}
}

// TestWith: weights are inputs.
func TestWith(t *testing.T) {
	m := small(t, nil)
	list := examples(t, task.BracketCounting(), 3, false)
	e := mustEvaluator(t, m, someStats(m), list, Options{})
	zero, err := m.Values("lm_head.weight")
	if err != nil {
		t.Fatal(err)
	}
	blank, err := m.With("lm_head.weight", make([]float32, len(zero)))
	if err != nil {
		t.Fatal(err)
	}
	before := len(programs.m)
	a, _, err := e.Loss(e.All())
	if err != nil {
		t.Fatal(err)
	}
	compiled := len(programs.m)
	b, _, err := e.With(blank).Loss(e.All())
	if err != nil {
		t.Fatal(err)
	}
	if a == b || len(programs.m) != compiled || compiled < before {
		t.Errorf("losses %v and %v with %d and %d programs", a, b, compiled, len(programs.m))
	}
}

func TestEvaluatorErrors(t *testing.T) {
	m := small(t, nil)
	list := examples(t, task.BracketCounting(), 2, false)
	other := small(t, func(c *model.Config) { c.Layers = 1 })
	for want, call := range map[string]func() error{
		"no examples": func() error { _, err := NewEvaluator(m, someStats(m), nil, Options{}); return err },
		"needs the run's stats": func() error {
			_, err := NewEvaluator(m, nil, list, Options{})
			return err
		},
		"of another model": func() error { _, err := NewEvaluator(m, someStats(other), list, Options{}); return err },
		"a mask of 3 nodes": func() error {
			_, err := mustEvaluator(t, m, someStats(m), list, Options{}).Margins(make(Mask, 3))
			return err
		},
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one with %q", err, want)
		}
	}
}
