package contrast

import (
	"math"
	"slices"
	"testing"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/train/traintest"
)

// pairs are a small run whose weights nobody trained, and pairs of the bracket task.
func pairs(t *testing.T, n int) (*train.Result, []task.Example) {
	t.Helper()
	c, err := train.Scale("tiny", 1)
	if err != nil {
		t.Fatal(err)
	}
	run := traintest.Amplified(t, c)
	list, err := task.BracketCounting().Examples(task.Select, run.Tokenizer, task.Options{N: n, MaxTokens: run.Config.Model.Context})
	if err != nil {
		t.Fatal(err)
	}
	return run, list
}

func TestBatches(t *testing.T) {
	var prompts [][]int32
	for i := range 65 {
		prompts = append(prompts, slices.Repeat([]int32{int32(i)}, i%7+1))
	}
	got := Batches(prompts)
	if len(got) != 2 || got[0].N != 64 || got[1].N != 1 {
		t.Fatalf("%d batches of %d and %d", len(got), got[0].N, got[1].N)
	}
	for i, s := range got[1].Tokens {
		if len(s) != length || s[0] != 64 || got[1].At[i] != 64 || got[1].Last[i] != 64%7 || s[got[1].Last[i]] != 64 || s[length-1] != 0 {
			t.Fatalf("row %d of the last batch: %v, at %d, last %d", i, s, got[1].At[i], got[1].Last[i])
		}
	}
}

// TestLook: what is read is what the model records of each prompt by itself, and what is put is
// read back.
func TestLook(t *testing.T) {
	run, list := pairs(t, 3)
	first, second := Sides(list, LastWith(run.Tokenizer, "["))
	if first.Open[0] == second.Open[0] && slices.Equal(list[0].Prompt[:first.Open[0]+1], list[0].Counter[:second.Open[0]+1]) {
		t.Error("both sides open alike")
	}
	node := circuit.Node{Site: "0.attn.resid_delta", Index: 2}
	p, v, err := Look(run.Model, first.Prompts, list[0], []circuit.Node{node}, first.Open, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range first.Prompts {
		rec, err := run.Model.Record([][]int32{s}, []model.Site{model.Logits, model.Site(node.Site)})
		if err != nil {
			t.Fatal(err)
		}
		logits := rec.Activations[0].At(0, len(s)-1)
		want := 1 / (1 + math.Exp(float64(logits[list[0].Alt]-logits[list[0].Target])))
		if math.Abs(p[i]-want) > 1e-4 || math.Abs(v[0][i]-float64(rec.Activations[1].At(0, first.Open[i])[2])) > 1e-4 {
			t.Errorf("prompt %d: P %v, want %v; node %v", i, p[i], want, v[0][i])
		}
	}
	width, err := run.Config.Model.Width(model.Site(node.Site))
	if err != nil {
		t.Fatal(err)
	}
	put := func(do Change) []float64 {
		_, v, err := Look(run.Model, first.Prompts, list[0], []circuit.Node{node}, nil, do)
		if err != nil {
			t.Fatal(err)
		}
		return v[0]
	}
	is, same := put(nil), put(Put(width, node, Nowhere))
	set := put(Put(width, node, func(i, last int) (int, float64) { return last, float64(i) }))
	for i := range is {
		if math.Abs(is[i]-same[i]) > 1e-5 || set[i] != float64(i) {
			t.Errorf("prompt %d is %v, unchanged %v, put to %v", i, is[i], same[i], set[i])
		}
	}
	next, err := Next(run.Model, first.Prompts[:1], list[0])
	if err != nil || math.Abs(next[0]-p[0]) > 1e-4 {
		t.Errorf("predicts %v, reads %v, %v", next, p[0], err)
	}
}

// TestHead: a head that averages gives the sink and every token the same, and keys that are
// exchanged for their own change nothing.
func TestHead(t *testing.T) {
	run, list := pairs(t, 2)
	first, _ := Sides(list, LastWith(run.Tokenizer, ""))
	shape, h := ablate.ShapeOf(run.Config.Model), circuit.Head{Layer: 0, Head: 1}
	sink := run.Config.Model.Sink
	a, err := Attend(run.Model, first, list[0], h, sink, Head(shape, h, true, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range first.Prompts {
		n := float64(len(s))
		if sink {
			n++
		}
		if math.Abs(a.Open[i]-1/n) > 1e-4 || sink && math.Abs(a.Sink[i]-a.Open[i]) > 1e-4 {
			t.Errorf("prompt %d: %v to the opening, %v to the sink, want %v", i, a.Open[i], a.Sink[i], 1/n)
		}
	}
	keys, err := Site(run.Model, first.Prompts, model.At(0, model.AttnKey), first.Open)
	if err != nil {
		t.Fatal(err)
	}
	is, err := Attend(run.Model, first, list[0], h, sink, nil)
	if err != nil {
		t.Fatal(err)
	}
	own, err := Attend(run.Model, first, list[0], h, sink, Head(shape, h, false, keys, first.Open))
	if err != nil {
		t.Fatal(err)
	}
	for i := range is.Open {
		if math.Abs(is.Open[i]-own.Open[i]) > 1e-4 || math.Abs(is.P[i]-own.P[i]) > 1e-4 || math.Abs(is.Open[i]-a.Open[i]) < 1e-6 {
			t.Errorf("prompt %d: %v as it is, %v with its own keys, %v averaged", i, is.Open[i], own.Open[i], a.Open[i])
		}
	}
}

func TestBrings(t *testing.T) {
	run, list := pairs(t, 2)
	value := circuit.Node{Site: "0.attn.v", Index: 3}
	b, err := Brings(run.Model, [][]int32{list[0].Prompt}, value)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := run.Model.Record([][]int32{list[0].Prompt}, []model.Site{"0.attn.v", "0.attn.y"})
	if err != nil {
		t.Fatal(err)
	}
	n, sum := len(list[0].Prompt), 0.0
	for i := range n {
		sum += float64(rec.Activations[0].At(0, i)[3])
	}
	if b.Tokens[0] != float64(n) || math.Abs(b.Mean[0]-sum/float64(n)) > 1e-4 || math.Abs(b.Value[0]-float64(rec.Activations[1].At(0, n-1)[3])) > 1e-4 {
		t.Errorf("%+v, want a mean of %v", b, sum/float64(n))
	}
}

func TestAbove(t *testing.T) {
	run, _ := pairs(t, 1)
	tok := run.Tokenizer
	prompt := [][]int32{tok.Encode("def f():\n    x = [1")}
	if got := tok.Decode(Above(tok, prompt, "# [")[0]); got != "def f():\n    # [\n    x = [1" {
		t.Errorf("%q", got)
	}
	if got := Above(tok, prompt, ""); !slices.Equal(got[0], prompt[0]) {
		t.Errorf("an empty line changes the prompt to %q", tok.Decode(got[0]))
	}
}

func TestNumbers(t *testing.T) {
	o := OutcomeOf([]float64{0.9, 0.4}, []float64{0.1, 0.1})
	if o.Right[0] != 1 || o.Right[1] != 0 || o.Wrong[0] != 0.1 || math.Abs(o.Loss[0]+math.Log(0.9)) > 1e-12 {
		t.Errorf("%+v", o)
	}
	if x, ok := Crossing([]float64{0, 1, 2}, []float64{0, 0.25, 0.75}, 0.5); !ok || x != 1.5 {
		t.Errorf("crosses at %v, %v", x, ok)
	}
	if _, ok := Crossing([]float64{0, 1}, []float64{0, 0.2}, 0.5); ok {
		t.Error("crosses what it does not reach")
	}
	if r, ok := Correlation([]float64{1, 2, 3}, []float64{-2, -4, -6}); !ok || math.Abs(r+1) > 1e-12 {
		t.Errorf("%v, %v", r, ok)
	}
	if _, ok := Correlation([]float64{1, 2}, []float64{5, 5}); ok {
		t.Error("what does not vary correlates")
	}
	if d := Less([]float64{3, 1}, []float64{1, 1}); d[0] != 2 || d[1] != 0 {
		t.Errorf("%v", d)
	}
}
