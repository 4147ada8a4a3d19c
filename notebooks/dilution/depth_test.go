package dilution

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// writing is a circuit of some channels that attention writes.
func writing(channels ...int) *circuit.Circuit {
	c := &circuit.Circuit{Task: "bracket_counting"}
	c.Nodes = append(c.Nodes, circuit.Kept{Node: circuit.Node{Site: "0.attn.v", Index: 0}})
	for _, k := range channels {
		c.Nodes = append(c.Nodes, circuit.Kept{Node: circuit.Node{Site: "0.attn.resid_delta", Index: k}})
	}
	return c
}

// TestDepthIsThePartOfTheLead: with the weights of all channels the whole residual
// stream, divided by its root mean square, gives the lead but for the bigram table.
func TestDepthIsThePartOfTheLead(t *testing.T) {
	run := untrained(t)
	p, err := Report(run.Tokenizer, nameFiller(), []int{2}, Options{N: 2, Context: 64})
	if err != nil {
		t.Fatal(err)
	}
	e, width := p.List[0][0], run.Config.Model.DModel
	var channels []int
	for k := range width {
		channels = append(channels, k)
	}
	d, err := DepthOf(run.Model, writing(channels...), e)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := run.Model.Record([][]int32{e.Prompt}, []model.Site{model.FinalResid, model.Logits})
	if err != nil {
		t.Fatal(err)
	}
	last := len(e.Prompt) - 1
	x, logits := rec.Activations[0].At(0, last), rec.Activations[1].At(0, last)
	sum, square := 0.0, 0.0
	for k, v := range x {
		sum, square = sum+d.Weights[k]*float64(v), square+float64(v)*float64(v)
	}
	bigram, err := run.Model.Values("bigram_table")
	if err != nil {
		t.Fatal(err)
	}
	row := int(e.Prompt[last]) * run.Config.Model.Vocab
	want := float64(logits[e.Target] - logits[e.Alt])
	got := sum/math.Sqrt(square/float64(width)) + float64(bigram[row+int(e.Target)]-bigram[row+int(e.Alt)])
	if math.Abs(got-want) > 1e-3*(1+math.Abs(want)) || math.Abs(want) < 1e-3 {
		t.Errorf("%v, the lead is %v", got, want)
	}
}

// TestRead: what is read of a pair in a batch is what its prompts show by themselves.
func TestRead(t *testing.T) {
	run := untrained(t)
	p, err := Select(run.Tokenizer, nameFiller(), []int{2, 5}, Options{N: batch + 2, Context: 64})
	if err != nil {
		t.Fatal(err)
	}
	d, err := DepthOf(run.Model, writing(1, 4, 9), p.List[0][0])
	if err != nil {
		t.Fatal(err)
	}
	prompt, counter, err := d.Read(run.Model, p)
	if err != nil {
		t.Fatal(err)
	}
	curve, again := curveFrom(p, prompt, counter), []Point(nil)
	if again, err = Curve(run.Model, p); err != nil {
		t.Fatal(err)
	}
	for i, x := range again {
		for k := range x.Prompt.Right {
			if y := curve[i]; y.Length != x.Length || y.Tokens != x.Tokens || math.Abs(y.Prompt.Right[k]-x.Prompt.Right[k]) > 1e-3 || math.Abs(y.Counter.Right[k]-x.Counter.Right[k]) > 1e-3 {
				t.Fatalf("length %d, pair %d: two curves differ", x.Length, k)
			}
		}
	}
	for i := range p.Lengths {
		for side, s := range []Seen{prompt[i], counter[i]} {
			if len(s.Depth) != batch+2 || len(s.Lead) != batch+2 {
				t.Fatalf("%d and %d values of %d pairs", len(s.Depth), len(s.Lead), batch+2)
			}
			for _, k := range []int{0, 3, batch, batch + 1} {
				e := p.List[i][k]
				tokens := [][]int32{e.Prompt, e.Counter}[side]
				rec, err := run.Model.Record([][]int32{tokens}, []model.Site{model.Site(d.Nodes[0].Site), model.Logits})
				if err != nil {
					t.Fatal(err)
				}
				depth, logits := 0.0, rec.Activations[1].At(0, len(tokens)-1)
				for j, n := range d.Nodes {
					depth += d.Weights[j] * float64(rec.Activations[0].At(0, len(tokens)-1)[n.Index])
				}
				if math.Abs(s.Depth[k]-depth) > 1e-3 || math.Abs(s.Lead[k]-float64(logits[e.Target]-logits[e.Alt])) > 1e-3 {
					t.Errorf("length %d, side %d, pair %d: %v and %v, by itself %v and %v", p.Lengths[i], side, k, s.Depth[k], s.Lead[k], depth, logits[e.Target]-logits[e.Alt])
				}
			}
		}
	}
}

// TestDepthOfTakesTheLastLayer: what an earlier attention writes is no depth.
func TestDepthOfTakesTheLastLayer(t *testing.T) {
	run := untrained(t)
	e := task.Example{Target: 5, Alt: 6}
	c := writing(3, 7)
	for _, n := range []circuit.Node{{Site: "0.mlp.resid_delta", Index: 2}, {Site: "1.attn.act_in", Index: 1}, {Site: "1.attn.resid_delta", Index: 8}} {
		c.Nodes = append(c.Nodes, circuit.Kept{Node: n})
	}
	d, err := DepthOf(run.Model, c, e)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(d.Nodes); got != "[1.attn.resid_delta[8]]" || len(d.Weights) != 1 {
		t.Errorf("%s, %d weights", got, len(d.Weights))
	}
}

func TestDepthErrors(t *testing.T) {
	run := untrained(t)
	e := task.Example{Target: 5, Alt: 6}
	for _, x := range []struct {
		want string
		c    *circuit.Circuit
		e    task.Example
	}{
		{"writes nothing", writing(), e},
		{"no two tokens", writing(1), task.Example{Target: 5, Alt: task.Any}},
		{"no two tokens", writing(1), task.Example{Target: 5, Alt: 512}},
		{"beyond the model's width", writing(1000), e},
	} {
		if _, err := DepthOf(run.Model, x.c, x.e); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%v, want %q", err, x.want)
		}
	}
	if _, _, err := (Depth{}).Read(run.Model, Prompts{}); err == nil {
		t.Error("nothing was read")
	}
}
