package dilution

import (
	"errors"
	"math"
	"strings"
	"testing"

	gonum "gonum.org/v1/gonum/stat"

	"circuitbook/sparsenn/task"
)

// averager is a model that is known: nested lists lead by 12 over the number of
// tokens less 0.3, flat ones by half as much, so that it fails at a known length.
type averager struct {
	open   int32 // the token that is counted
	target int32
	alt    int32
	calls  []int
}

func (a *averager) Next(sequences [][]int32) ([][]float32, error) {
	a.calls = append(a.calls, len(sequences))
	var out [][]float32
	for _, s := range sequences {
		n := 0.0
		for _, id := range s {
			if id == a.open {
				n++
			}
		}
		logits := make([]float32, 512)
		logits[a.target] = float32(6*n/float64(len(s)) - 0.3)
		logits[3] = 2 // some other token is likelier than both
		out = append(out, logits)
	}
	return out, nil
}

// TestCurve: both probabilities are those of the model's logits, every pair is
// measured once, and a length of many pairs needs no program of its own.
func TestCurve(t *testing.T) {
	tok := tokenizer(t)
	p, err := Report(tok, nameFiller(), []int{2, 6, 12, 20}, Options{N: 40, Context: 200})
	if err != nil {
		t.Fatal(err)
	}
	e := p.List[0][0]
	open, err := tok.Single("[")
	if err != nil {
		t.Fatal(err)
	}
	m := &averager{open: open, target: e.Target, alt: e.Alt}
	curve, err := Curve(m, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range m.calls {
		if n != 2*batch {
			t.Errorf("a call with %d prompts", n)
		}
	}
	for i, x := range curve {
		if x.Length != p.Lengths[i] || x.Tokens != p.Tokens(i) || len(x.Prompt.Right) != 40 || len(x.Counter.Whole) != 40 {
			t.Fatalf("point %d: %+v", i, x)
		}
		for k, e := range p.List[i] {
			rows, _ := m.Next([][]int32{e.Prompt, e.Counter})
			for side, s := range []Side{x.Prompt, x.Counter} {
				target, alt := float64(rows[side][e.Target]), float64(rows[side][e.Alt])
				right := 1 / (1 + math.Exp(alt-target))
				whole := math.Exp(target) / (math.Exp(target) + math.Exp(2) + 510)
				if side == 1 {
					right = 1 - right
					whole = math.Exp(alt) / (math.Exp(target) + math.Exp(2) + 510)
				}
				if math.Abs(s.Right[k]-right) > 1e-6 || math.Abs(s.Whole[k]-whole) > 1e-6 {
					t.Fatalf("length %d, pair %d, side %d: %v and %v, want %v and %v", x.Length, k, side, s.Right[k], s.Whole[k], right, whole)
				}
			}
		}
	}
	if got := curve[0].Prompt.Estimate(); got.N != 40 || math.Abs(got.Mean-gonum.Mean(curve[0].Prompt.Right, nil)) > 1e-12 {
		t.Errorf("%+v", got)
	}
}

type broken struct{ err error }

func (b broken) Next([][]int32) ([][]float32, error) { return nil, b.err }

func TestCurveErrors(t *testing.T) {
	tok := tokenizer(t)
	p, err := Report(tok, nameFiller(), []int{2}, Options{N: 2, Context: 100})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Curve(broken{errors.New("out of order")}, p); err == nil || !strings.Contains(err.Error(), "2 names: out of order") {
		t.Error(err)
	}
	if _, err := Curve(broken{}, p); err == nil || !strings.Contains(err.Error(), "0 answers to 48") {
		t.Error(err)
	}
	p.List[0][0].Alt = task.Any
	if _, err := Curve(&averager{target: 1, alt: 2}, p); err == nil || !strings.Contains(err.Error(), "one answer only") {
		t.Error(err)
	}
}
