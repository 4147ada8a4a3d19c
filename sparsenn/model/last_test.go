package model_test

import (
	"slices"
	"testing"

	"circuitbook/sparsenn/backend"
	. "circuitbook/sparsenn/model"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// runPass runs what build makes of the reference model's parameters and of tokens.
func runPass(t *testing.T, m *Model, tokens [][]int32, last []int32, build func(vars Vars, tokens, last *graph.Node) []*graph.Node) [][]float32 {
	t.Helper()
	b, err := backend.Open()
	if err != nil {
		t.Fatal(err)
	}
	var args []any
	params := m.Config.Params()
	for _, p := range params {
		v, err := m.Values(p.Name)
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, tensors.FromFlatDataAndDimensions(v, p.Shape...))
	}
	args = append(args, tokens, last)
	e, err := graph.NewExec(b, func(in []*graph.Node) []*graph.Node {
		vars := Vars{}
		for i, p := range params {
			vars[p.Name] = in[i]
		}
		return build(vars, in[len(params)], in[len(params)+1])
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := e.Call(args...)
	if err != nil {
		t.Fatal(err)
	}
	var data [][]float32
	for _, o := range out {
		v, err := tensors.CopyFlatData[float32](o)
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, v)
	}
	return data
}

// TestForwardLast: what is left out is what the answer does not depend on. The
// reference config has every option on.
func TestForwardLast(t *testing.T) {
	r, m := loadReference(t)
	c := r.Config
	for at := range len(r.Tokens[0]) {
		last := make([]int32, len(r.Tokens))
		for i := range last {
			last[i] = int32((at + i) % len(r.Tokens[0]))
		}
		seen := map[Site][]int{}
		out := runPass(t, m, r.Tokens, last, func(vars Vars, tokens, last *graph.Node) []*graph.Node {
			logits := ForwardLast(c, vars, tokens, last, func(s Site, x *graph.Node) *graph.Node {
				seen[s] = x.Shape().Dimensions
				return x
			})
			return []*graph.Node{logits, Forward(c, vars, tokens, nil)}
		})
		seq := len(r.Tokens[0])
		for i, l := range last {
			got := out[0][i*c.Vocab : (i+1)*c.Vocab]
			from := (i*seq + int(l)) * c.Vocab
			if d := apart(got, out[1][from:from+c.Vocab]); d > 1e-5 {
				t.Errorf("sequence %d, last %d: logits %g apart", i, l, d)
			}
		}
		for _, s := range c.Sites() {
			if seen[s] == nil {
				t.Errorf("site %s was not passed", s)
			}
		}
		tail := c.Layers - 1
		for site, want := range map[Site]int{At(tail, AttnKey): seq, At(tail, AttnActIn): seq, At(tail, AttnQuery): 1,
			At(tail, MLPPostAct): 1, FinalResid: 1} {
			if seen[site][1] != want {
				t.Errorf("site %s has %d tokens, want %d", site, seen[site][1], want)
			}
		}
	}
}

// TestFork: two sequences that begin alike, held in one, get the logits that
// they get apart, positions included.
func TestFork(t *testing.T) {
	r, m := loadReference(t)
	c := r.Config
	a := r.Tokens[0]
	for shared := 0; shared < len(a)-1; shared += 2 {
		b := append(slices.Clone(a[:shared]), r.Tokens[1][:len(a)-1-shared]...)
		both := [][]int32{append(slices.Clone(a), b[shared:]...)}
		both = append(both, both[0])
		fork := [][]int32{{int32(shared), int32(len(a))}, {int32(shared), int32(len(a))}}
		out := runPass(t, m, both, []int32{int32(len(a) - 1), int32(len(both[0]) - 1)}, func(vars Vars, tokens, last *graph.Node) []*graph.Node {
			p := &Pass{Config: c, Vars: vars, Fork: graph.Const(tokens.Graph(), fork)}
			return []*graph.Node{p.Last(tokens, graph.BroadcastToDims(graph.Reshape(last, 1, 2), 2, 2))}
		})
		for i, one := range [][]int32{a, b} {
			logits, err := m.Next([][]int32{one})
			if err != nil {
				t.Fatal(err)
			}
			if d := apart(out[0][i*c.Vocab:(i+1)*c.Vocab], logits[0]); d > 1e-5 {
				t.Errorf("%d shared, branch %d: logits %g apart", shared, i, d)
			}
		}
	}
}

// TestNormHook: the hook sees every norm once, and what it returns is used.
func TestNormHook(t *testing.T) {
	r, m := loadReference(t)
	c := r.Config
	var gains []string
	out := runPass(t, m, r.Tokens, []int32{0, 0}, func(vars Vars, tokens, _ *graph.Node) []*graph.Node {
		pass := func(norm func(string, *graph.Node) *graph.Node) *graph.Node {
			p := &Pass{Config: c, Vars: vars, Norm: norm}
			x := p.Embed(tokens)
			for l := range c.Layers {
				x = p.MLP(l, p.Attention(l, x))
			}
			return p.Logits(x, tokens)
		}
		same := pass(func(gain string, ms *graph.Node) *graph.Node {
			gains = append(gains, gain)
			return ms
		})
		quarter := pass(func(gain string, ms *graph.Node) *graph.Node {
			if gain == "transformer.ln_f.weight" {
				return graph.MulScalar(ms, 4)
			}
			return ms
		})
		vars["bigram_table"] = graph.ZerosLike(vars["bigram_table"])
		return []*graph.Node{Forward(c, vars, tokens, nil), graph.Sub(same, graph.MulScalar(quarter, 2)), same, pass(nil)}
	})
	want := 2*c.Layers + 1
	if c.DPos > 0 {
		want += 2 * c.Layers
	}
	if len(gains) != want {
		t.Errorf("the hook saw %d norms, want %d: %v", len(gains), want, gains)
	}
	// same and quarter hold the bigram row once each, so their combination holds it −1 times.
	for i, x := range out[0] {
		bigram := out[2][i] - x
		if d := float64(out[1][i] + bigram); d > 1e-3 || d < -1e-3 {
			t.Fatalf("logit %d: four times the mean square does not halve the logits: off by %g", i, d)
		}
	}
}
