package ablate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// maskOf keeps every node with a probability.
func maskOf(sp Space, share float64, seed uint64) Mask {
	rng := rand.New(rand.NewPCG(seed, 1))
	m := make(Mask, sp.Len())
	for i := range m {
		m[i] = rng.Float64() < share
	}
	return m
}

// TestHostAgrees: the host pass gives the margins of the compiled program, for
// every architecture that it takes and from the empty mask to the full one.
func TestHostAgrees(t *testing.T) {
	type variant struct {
		name   string
		change func(*model.Config)
		o      Options
		one    bool
	}
	for _, v := range []variant{
		{"usual", func(*model.Config) {}, Options{}, false},
		{"three layers, a quarter", func(c *model.Config) { c.Layers, c.AFrac = 3, 0.25 }, Options{}, false},
		{"one layer", func(c *model.Config) { c.Layers = 1 }, Options{}, false},
		{"dense", func(c *model.Config) { *c = c.Dense() }, Options{}, false},
		{"some locations", func(c *model.Config) { c.ALocations = []model.Location{model.AttnK, model.MLPNeuron} }, Options{}, false},
		{"bare", func(c *model.Config) { c.Sink, c.Bias, c.Bigram, c.Activation = false, false, false, model.ReLU }, Options{}, false},
		{"zero", func(*model.Config) {}, Options{Zero: true}, false},
		{"final, one answer", func(*model.Config) {}, Options{Final: true}, true},
	} {
		t.Run(v.name, func(t *testing.T) {
			m := small(t, func(c *model.Config) { c.DPos = 0; v.change(c) })
			list := append(examples(t, task.BracketCounting(), 20, v.one), examples(t, task.SingleDoubleQuote(), 20, v.one)...)
			e := mustEvaluator(t, m, someStats(m), list, v.o)
			q, err := e.Host()
			if err != nil {
				t.Fatal(err)
			}
			for i, share := range []float64{0, 0.01, 0.03, 0.1, 0.1, 0.3, 0.5, 1} {
				mask := maskOf(e.Space, share, uint64(i))
				if i == 4 { // attention of the last layer that looks at nothing
					for n := range mask {
						if node := e.Space.Node(n); node.Site == string(model.At(m.Config.Layers-1, model.AttnKey)) || node.Site == string(model.At(m.Config.Layers-1, model.AttnValue)) {
							mask[n] = false
						}
					}
				}
				want, err := e.Margins(mask)
				if err != nil {
					t.Fatal(err)
				}
				got, err := q.Margins(mask)
				if err != nil {
					t.Fatal(err)
				}
				// With hundreds of activations a margin some two lie so close that
				// rounding decides which of them AbsTopK takes.
				off := 0
				for k := range want {
					switch d := math.Abs(float64(got[k]-want[k])) / (1 + math.Abs(float64(want[k]))); {
					case !(d < 5e-3):
						t.Fatalf("share %v, margin %d is %v, the program's %v", share, k, got[k], want[k])
					case d > 2e-4:
						off++
					}
				}
				if off > len(want)/20 {
					t.Errorf("share %v: %d of %d margins are off", share, off, len(want))
				}
			}
		})
	}
}

// TestHostHold: what is held changes no margin, of masks that begin alike or not.
func TestHostHold(t *testing.T) {
	for _, layers := range []int{1, 2, 3} {
		m := small(t, func(c *model.Config) { c.DPos, c.Layers = 0, layers })
		e := mustEvaluator(t, m, someStats(m), examples(t, task.SingleDoubleQuote(), 6, false), Options{Final: true})
		q, err := e.Host()
		if err != nil {
			t.Fatal(err)
		}
		base := maskOf(e.Space, 0.1, 1)
		for i := e.Space.Len() / 2; i < e.Space.Len(); i++ {
			base[i] = false // so that nothing looks at most tokens
		}
		fresh := q.First(6)
		if err := q.Hold(base); err != nil {
			t.Fatal(err)
		}
		was := q.kept.Load()
		if layers > 1 && was == nil {
			t.Error("nothing is held")
		}
		if err := q.Hold(base); err != nil || q.kept.Load() != was {
			t.Errorf("held anew what was held, %v", err)
		}
		early := len(q.early(base))
		for i := range 8 {
			other := maskOf(e.Space, 0.2, uint64(10+i))
			if i < 6 {
				copy(other[:early], base)
			}
			p, err := q.plan(other)
			if err != nil {
				t.Fatal(err)
			}
			if used := p.entry != nil; used != (i < 6 && layers > 1) {
				t.Fatalf("%d layers, mask %d: held %v", layers, i, used)
			}
			want, err := fresh.Margins(other)
			if err != nil {
				t.Fatal(err)
			}
			got, err := q.Margins(other)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%d layers, mask %d: %v, want %v, %v", layers, i, got, want, err)
			}
		}
		if fresh.kept.Load() != nil {
			t.Error("the first examples share what is held of all")
		}
		if err := q.Hold(nil); err == nil {
			t.Error("a mask of another space was taken")
		}
	}
}

// TestHostWithin: an end comes only where the mean loss is above the bound, and
// the first examples are the first.
func TestHostWithin(t *testing.T) {
	m := small(t, func(c *model.Config) { c.DPos = 0 })
	e := mustEvaluator(t, m, someStats(m), examples(t, task.BracketCounting(), 70, false), Options{})
	q, err := e.Host()
	if err != nil {
		t.Fatal(err)
	}
	mask := maskOf(e.Space, 0.1, 3)
	all, err := q.Margins(mask)
	if err != nil {
		t.Fatal(err)
	}
	loss, _ := all.Mean()
	for bound, want := range map[float64]bool{loss * 1.001: true, loss * 0.999: false, 0: false, 100: true} {
		got, ok, err := q.Within(mask, bound)
		if err != nil || ok != want {
			t.Errorf("bound %v of %v: %v, %v", bound, loss, ok, err)
		}
		if ok && len(got) != len(all) || !ok && got != nil {
			t.Errorf("bound %v: %d margins", bound, len(got))
		}
	}
	few := q.First(33)
	if few.Pairs() != 33 || q.Pairs() != 70 || q.First(99).Pairs() != 70 {
		t.Errorf("%d of %d examples", few.Pairs(), q.Pairs())
	}
	got, err := few.Margins(mask)
	if err != nil || len(got) != 66 {
		t.Fatalf("%d margins, %v", len(got), err)
	}
	for i := range got {
		if got[i] != all[i] {
			t.Fatalf("margin %d is %v of the first and %v of all", i, got[i], all[i])
		}
	}
}

func TestHostErrors(t *testing.T) {
	list := examples(t, task.BracketCounting(), 2, false)
	positions := small(t, nil)
	if _, err := mustEvaluator(t, positions, someStats(positions), list, Options{}).Host(); err == nil {
		t.Error("positions were taken")
	}
	m := small(t, func(c *model.Config) { c.DPos = 0 })
	if _, err := mustEvaluator(t, m, someStats(m), list, Options{FreezeNorms: true}).Host(); err == nil {
		t.Error("frozen norms were taken")
	}
	q, err := mustEvaluator(t, m, someStats(m), list, Options{}).Host()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.Margins(make(Mask, 3)); err == nil {
		t.Error("a mask of another space was taken")
	}
}

// TestAmong: the k largest magnitudes, ties by lowest index.
func TestAmong(t *testing.T) {
	var m []int32
	for _, x := range []float32{1, -3, 3, 0, 2} {
		m = append(m, magnitude(x))
	}
	for k, want := range [][]bool{{}, {false, true, false, false, false}, {false, true, true, false, false},
		{false, true, true, false, true}, {true, true, true, false, true}, {true, true, true, true, true}, {true, true, true, true, true}} {
		if k == 0 {
			continue
		}
		for i := range m {
			if got := among(m, int32(i), k); got != want[i] {
				t.Errorf("entry %d among the %d largest: %v", i, k, got)
			}
		}
	}
}
