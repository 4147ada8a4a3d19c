package experiment

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// TestMeasure: a row says of the model and of the circuit what the packages that
// made them do.
func TestMeasure(t *testing.T) {
	runsIn(t)
	ctx := context.Background()
	list := points(t)
	rows, err := Run(ctx, list, Options{})
	if err != nil {
		t.Fatal(err)
	}
	run, err := train.Open(list[0].Train)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows[:2] {
		if r.Name != list[i].Name || r.Run != run.Name || r.Weights != run.Model.Digest() || r.Valid != run.Valid() || r.Dense || r.DModel != 32 || r.Steps != 12 ||
			r.L0 <= 0 || r.L0 >= r.Parameters || r.Parameters != 45442 {
			t.Errorf("%+v", r)
		}
	}
	if b := rows[2]; !b.Dense || b.Seed != 1 || b.L0 != b.Parameters {
		t.Errorf("%+v", b)
	}

	m := rows[1].Model
	if m == nil || rows[1].Circuit != nil || len(m.Scores) != len(task.All()) || !(m.Kurtosis > 1) {
		t.Fatalf("%+v", m)
	}
	quotes, err := task.SingleDoubleQuote().Report(run.Tokenizer, task.Options{N: 16, MaxTokens: 64})
	if err != nil {
		t.Fatal(err)
	}
	s, err := quotes.Measure(run.Model)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := m.at("single_double_quote"); got != (Score{"single_double_quote", s.Loss.Mean, s.Loss.Lo, s.Loss.Hi, s.Accuracy, s.Loss.N}) {
		t.Errorf("%+v, want %+v", got, s)
	}

	f, err := Circuit(ctx, run, task.BracketCounting(), list[0].Study, artifact.Options{Progress: func(p artifact.Progress) {
		if p.Note == "training" {
			t.Error("it was made again")
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	c := rows[0].Circuit
	proof := *f.Circuit().Proof
	proof.Raw, proof.Faithfulness = nil, nil // which a row does not measure
	if c == nil || rows[0].Model != nil {
		t.Fatal("no circuit")
	}
	if !c.Reached || c.Nodes != f.Nodes() || c.Edges != f.Edges() || c.Task != "bracket_counting" || c.Target != 0.72 || c.Trials != 1 || !reflect.DeepEqual(c.Proof, &proof) ||
		c.Accuracy != f.Proved.Accuracy || c.FullAccuracy != f.Proved.FullAccuracy {
		t.Errorf("%+v", c)
	}
	var kept []string
	for _, n := range f.Circuit().Nodes {
		kept = append(kept, n.String())
	}
	if !slices.Equal(kept, c.Kept) {
		t.Errorf("%v, want %v", c.Kept, kept)
	}
	if len(c.Sizes) != 2 || !c.Sizes[0].Reached || c.Sizes[1].Reached || c.Sizes[0].Nodes > c.Sizes[1].Nodes || c.Sizes[1].Target != 1e-9 {
		t.Errorf("%+v", c.Sizes)
	}
	if rows[2].Circuit.Sizes != nil {
		t.Error("sizes that were not asked for")
	}
}

// TestMissed: of a circuit that does not reach the target there is its size, the
// whole model's, and no proof.
func TestMissed(t *testing.T) {
	runsIn(t)
	p := points(t)[0]
	p.Study.Prune.Target, p.Targets = 1e-6, nil
	r, err := Run(context.Background(), []Point{p}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c := r[0].Circuit; c.Reached || c.Proof != nil || c.Kept != nil || c.Nodes < 100 {
		t.Errorf("%+v", c)
	}
}

func TestFourth(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	normal := make([]float32, 200000)
	for i := range normal {
		normal[i] = float32(3 + 2*rng.NormFloat64())
	}
	if k := fourth(normal); math.Abs(k-3) > 0.1 {
		t.Errorf("%v of normal numbers", k)
	}
	if k := fourth([]float32{-1, 1, -1, 1}); math.Abs(k-1) > 1e-12 {
		t.Errorf("%v of a coin", k)
	}
	one := make([]float32, 100)
	one[7] = 5
	if k := fourth(one); math.Abs(k-(99*99*99+1)/(99.*100)) > 1e-6 {
		t.Errorf("%v of one in a hundred", k)
	}
	if k := fourth([]float32{2, 2, 2}); k != 0 {
		t.Errorf("%v of what does not vary", k)
	}
}
