package ablate

import (
	"fmt"
	"testing"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// BenchmarkMargins times the margins of 64 pairs in a model of scale laptop with 3 %
// of its weights, by the nodes kept: in the host pass, and in the compiled
// program, which takes as long for any mask. It is compiled before the clock
// starts.
func BenchmarkMargins(b *testing.B) {
	tok, err := corpus.LoadTokenizer(512)
	if err != nil {
		b.Fatal(err)
	}
	list, err := task.BracketCounting().Examples(task.Fit, tok, task.Options{N: 64})
	if err != nil {
		b.Fatal(err)
	}
	c := model.NewConfig(512, 2, 128, 128)
	c.AFrac = 0.5
	values := map[string][]float32{}
	for _, p := range c.Params() {
		v := p.Init(1)
		for i := range v {
			if p.Kind == model.Matrix && (i*2654435761)%100 >= 3 {
				v[i] = 0
			}
		}
		values[p.Name] = v
	}
	m, err := model.FromValues(c, values)
	if err != nil {
		b.Fatal(err)
	}
	e, err := NewEvaluator(m, nil, list, Options{Zero: true})
	if err != nil {
		b.Fatal(err)
	}
	q, err := e.Host()
	if err != nil {
		b.Fatal(err)
	}
	if _, err := e.Margins(e.All()); err != nil {
		b.Fatal(err)
	}
	run := func(name string, margins func(Mask) (Margins, error), mask Mask) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := margins(mask); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, nodes := range []int{10, 30, 100} {
		run(fmt.Sprintf("quick/nodes=%d", nodes), q.Margins, maskOf(e.Space, float64(nodes)/float64(e.Space.Len()), 1))
	}
	run("program", e.Margins, e.All())
}
