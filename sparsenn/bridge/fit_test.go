package bridge

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/train/traintest"
)

// TestFitOfNoSteps is the regression itself, whose NMSE on the text of its first
// step is as defined.
func TestFitOfNoSteps(t *testing.T) {
	runsIn(t)
	sparse, dense := two(t)
	c := quick()
	c.Steps = 0
	b := fit(t, sparse, dense, c)
	data, err := corpus.Open(context.Background(), sparse.Config.Corpus, nil)
	if err != nil {
		t.Fatal(err)
	}
	want, err := ridge(context.Background(), sparse.Model, dense.Model, data.Train, c)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range parameters(sparse.Config.Model, dense.Config.Model) {
		near(t, p.Name, b.values[p.Name], want[i], 1e-6)
	}
	var tokens [][]int32
	for w := range slices.Chunk(data.Train.Batch(c.Seed, 0, c.Batch, c.SeqLen+1), c.SeqLen+1) {
		tokens = append(tokens, w[:c.SeqLen])
	}
	encode, decode := 0.0, 0.0
	for i := range b.Boundaries() {
		site := []model.Site{Boundary(sparse.Config.Model, i)}
		s, err := sparse.Model.Record(tokens, site)
		if err != nil {
			t.Fatal(err)
		}
		d, err := dense.Model.Record(tokens, site)
		if err != nil {
			t.Fatal(err)
		}
		encode += byHand(want[4*i], want[4*i+1], d.Activations[0].Data, s.Activations[0].Data)
		decode += byHand(want[4*i+2], want[4*i+3], s.Activations[0].Data, d.Activations[0].Data)
	}
	terms := b.Metrics[0].Terms
	if n := float64(b.Boundaries()); math.Abs(terms[1]-encode/n) > 1e-3 || math.Abs(terms[2]-decode/n) > 1e-3 {
		t.Errorf("terms %v, by hand %v and %v", terms, encode/n, decode/n)
	}
}

// byHand is the NMSE of w·x + b as y.
func byHand(w, b, x, y []float32) float64 {
	to := len(b)
	from := len(w) / to
	n := len(x) / from
	mean := make([]float64, to)
	for r := range n {
		for o := range to {
			mean[o] += float64(y[r*to+o]) / float64(n)
		}
	}
	e, v := 0.0, 0.0
	for r := range n {
		for o := range to {
			s := float64(b[o])
			for k := range from {
				s += float64(w[o*from+k]) * float64(x[r*from+k])
			}
			d := float64(y[r*to+o])
			e, v = e+(s-d)*(s-d), v+(d-mean[o])*(d-mean[o])
		}
	}
	return e / v
}

// TestResume: a bridge that was interrupted ends with the bits of one that was not,
// fitted or trained with its model.
func TestResume(t *testing.T) {
	sparse, dense := two(t)
	c := quick()
	for name, make := range map[string]func(ctx context.Context, o artifact.Options) (*Bridge, error){
		"fit": func(ctx context.Context, o artifact.Options) (*Bridge, error) { return Fit(ctx, sparse, dense, c, o) },
		"train": func(ctx context.Context, o artifact.Options) (*Bridge, error) {
			return Train(ctx, tiny(t, nil), dense, c, o)
		},
	} {
		t.Run(name, func(t *testing.T) {
			runsIn(t)
			whole, err := make(context.Background(), artifact.Options{})
			if err != nil {
				t.Fatal(err)
			}
			again, err := make(context.Background(), artifact.Options{Progress: func(artifact.Progress) { t.Error("a finished bridge is made anew") }})
			if err != nil {
				t.Fatal(err)
			}
			same(t, whole, again)
			runsIn(t)
			ctx, cancel := context.WithCancel(context.Background())
			_, err = make(ctx, artifact.Options{Progress: func(p artifact.Progress) {
				if p.Done == 2 {
					cancel()
				}
			}})
			if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "saved at step 2") {
				t.Fatalf("interrupted: %v", err)
			}
			steps := 0
			resumed, err := make(context.Background(), artifact.Options{Progress: func(artifact.Progress) { steps++ }})
			if err != nil {
				t.Fatal(err)
			}
			if steps != len(whole.Metrics)-2 {
				t.Errorf("%d steps were left", steps)
			}
			same(t, whole, resumed)
		})
	}
}

func same(t *testing.T, a, b *Bridge) {
	t.Helper()
	if a.Name != b.Name || !maps.EqualFunc(a.values, b.values, slices.Equal) {
		t.Error("two bridges of one config differ")
	}
	for _, p := range a.Sparse.Config.Model.Params() {
		x, _ := a.Sparse.Model.Values(p.Name)
		y, _ := b.Sparse.Model.Values(p.Name)
		if !slices.Equal(x, y) {
			t.Errorf("%s differs", p.Name)
		}
	}
}

// TestTrainTogether: the sparse model keeps its budget, differs from the one that is
// trained alone, since the bridge pulls at it, and learns.
func TestTrainTogether(t *testing.T) {
	runsIn(t)
	_, dense := two(t)
	s := tiny(t, func(c *train.Config) { c.Steps, c.ValidEvery = 30, 30 })
	how := quick()
	how.Rate = 0.1
	b, err := Train(context.Background(), s, dense, how, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if b.Sparse.Violations() != 0 || b.Sparse.Valid() <= 0 {
		t.Errorf("%d violations of the budget, validation loss %v", b.Sparse.Violations(), b.Sparse.Valid())
	}
	first, last := b.Metrics[0], b.Metrics[len(b.Metrics)-1]
	if last.Loss >= first.Loss || last.Terms[0] >= first.Terms[0] {
		t.Errorf("the loss went from %v to %v, its terms from %v to %v", first.Loss, last.Loss, first.Terms, last.Terms)
	}
	alone, err := train.Run(context.Background(), s, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	x, _ := b.Sparse.Model.Values("transformer.wte.weight")
	y, _ := alone.Model.Values("transformer.wte.weight")
	if slices.Equal(x, y) {
		t.Error("the bridge had no part in the training of its model")
	}
}

// TestOneTermEach: a term that alone counts is lowered by gradient steps, measured on
// validation text, from where the regression leaves it.
func TestOneTermEach(t *testing.T) {
	sparse, dense := two(t)
	const none = 1e-9 // of the others, so that one program serves all
	for i, w := range []Weights{{0, 1, none, none, none}, {0, none, 1, none, none}, {0, none, none, 1, none}, {0, none, none, none, 1}} {
		runsIn(t)
		c := quick()
		c.Weights, c.Steps = w, 0
		start := fit(t, sparse, dense, c)
		c.Steps, c.LR = 40, 1e-3
		b := fit(t, sparse, dense, c)
		if before, after := *start.Metrics[0].Valid, *b.Metrics[39].Valid; after >= before {
			t.Errorf("%s went from %v to %v", Terms()[1+i], before, after)
		}
	}
	runsIn(t)
	c := quick()
	c.Weights.DenseToSparse, c.Weights.SparseToDense = 0, 0
	if terms := fit(t, sparse, dense, c).Metrics[0].Terms; terms[1] == 0 || terms[3] != 0 || terms[4] != 0 {
		t.Errorf("terms %v; hybrids that do not count are not to be run", terms)
	}
}

func TestIncompatible(t *testing.T) {
	runsIn(t)
	sparse, dense := two(t)
	deep := *dense
	deep.Config.Model.Layers = 2
	other := *dense
	other.Config.Model.Vocab, other.Config.Corpus.Vocab = 1024, 1024
	long := quick()
	long.SeqLen = 65
	none := quick()
	none.Weights = Weights{CE: 1}
	for name, x := range map[string]struct {
		dense *train.Result
		c     Config
		want  string
	}{
		"depth":     {&deep, quick(), "layers"},
		"tokenizer": {&other, quick(), "tokenizer"},
		"length":    {dense, long, "seq_len"},
		"no term":   {dense, none, "no term"},
	} {
		_, err := Fit(context.Background(), sparse, x.dense, x.c, artifact.Options{})
		if err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: fit says %v", name, err)
		}
		if name == "length" {
			continue
		}
		if _, err := Train(context.Background(), sparse.Config, x.dense, x.c, artifact.Options{}); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: train says %v", name, err)
		}
	}
}

// TestFitIsOfTheWeights: a bridge belongs to the weights that it was fitted to; two
// models of one name with one parameter different have bridges of different names.
func TestFitIsOfTheWeights(t *testing.T) {
	runsIn(t)
	sparse, dense := two(t)
	c := quick()
	c.Steps = 0
	names := map[string]string{fit(t, sparse, dense, c).Name: "the two"}
	for what, pair := range map[string][2]*train.Result{"another sparse": {traintest.Moved(t, sparse, "lm_head.weight"), dense}, "another dense": {sparse, traintest.Moved(t, dense, "lm_head.weight")}} {
		b := fit(t, pair[0], pair[1], c)
		if other, ok := names[b.Name]; ok {
			t.Errorf("the bridge of %s is that of %s, %s", what, other, b.Name)
		}
		names[b.Name] = what
	}
	if b := fit(t, sparse, dense, c); names[b.Name] != "the two" {
		t.Errorf("the first bridge is not found again: %s", b.Name)
	}
}
