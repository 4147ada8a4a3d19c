package ablate

import (
	"slices"
	"testing"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"

	"github.com/gomlx/gomlx/core/tensors"
)

// small is a model of two layers that no one has trained, wide enough for every
// site to matter.
func small(t testing.TB, change func(*model.Config)) *model.Model {
	t.Helper()
	c := model.NewConfig(512, 2, 32, 64)
	c.AFrac, c.DPos = 0.5, 4
	if change != nil {
		change(&c)
	}
	values := map[string][]float32{}
	for _, p := range c.Params() {
		v := p.Init(7)
		for i := range v {
			if len(p.Shape) == 2 && p.Kind != model.Bigram {
				v[i] *= 8 // so that nothing is lost in the noise of initial weights
			} else if p.Kind == model.Bias {
				v[i] = float32(i%5) / 10
			}
		}
		values[p.Name] = v
	}
	m, err := model.FromValues(c, values)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// examples draws from the two tasks, as one answer against all others if one is set.
func examples(t testing.TB, tk task.Task, n int, one bool) []task.Example {
	t.Helper()
	tok, err := corpus.LoadTokenizer(512)
	if err != nil {
		t.Fatal(err)
	}
	list, err := tk.Examples(task.Fit, tok, task.Options{N: n, MaxTokens: 40})
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		if one {
			list[i].Alt = task.Any
		}
	}
	return list
}

// untrained is a run to hang stats on; its corpus is the embedded sample.
func untrained(t testing.TB) *train.Result {
	t.Helper()
	c, err := train.Scale("tiny", 1)
	if err != nil {
		t.Fatal(err)
	}
	run, err := train.Untrained(c)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// someStats are means that are no node's own.
func someStats(m *model.Model) *Stats {
	s := &Stats{Mean: map[string][]float32{}, Dev: map[string][]float32{}}
	for _, site := range statSites(m.Config) {
		w, _ := m.Config.Width(site)
		mean := make([]float32, w)
		for i := range mean {
			mean[i] = float32(i%7-3) / 10
		}
		s.Mean[string(site)], s.Dev[string(site)] = mean, mean
	}
	return s
}

// matrix is an argument of a program, int32 of two axes, as rows.
func matrix(arg any) [][]int32 {
	x := arg.(*tensors.Tensor)
	v, err := tensors.CopyFlatData[int32](x)
	if err != nil {
		panic(err)
	}
	return slices.Collect(slices.Chunk(v, x.Shape().Dimensions[1]))
}
