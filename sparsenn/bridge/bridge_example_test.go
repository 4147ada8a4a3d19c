package bridge_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/bridge"
	"circuitbook/sparsenn/train"
)

// runs points the store at a folder of its own, for an example.
func runs() (remove func()) {
	dir, err := os.MkdirTemp("", "runs")
	if err != nil {
		log.Fatal(err)
	}
	os.Setenv(artifact.RootVariable, dir)
	return func() {
		os.Unsetenv(artifact.RootVariable)
		os.RemoveAll(dir)
	}
}

func untrained(seed uint64, dense bool) *train.Result {
	c, err := train.Scale("tiny", seed)
	if err != nil {
		log.Fatal(err)
	}
	c.Model = c.Model.Dense() // no AbsTopK, which takes long to compile
	if dense {
		c = c.Dense()
	}
	run, err := train.Untrained(c)
	if err != nil {
		log.Fatal(err)
	}
	return run
}

// A bridge between a sparse and a dense model, and what its hybrids lose.
func ExampleFit() {
	defer runs()()
	sparse, dense := untrained(0, false), untrained(0, true)
	c, err := bridge.Scale("tiny")
	if err != nil {
		log.Fatal(err)
	}
	b, err := bridge.Fit(context.Background(), sparse, dense, c, artifact.Options{})
	if err != nil {
		log.Fatal(err)
	}
	r, err := b.Measure(context.Background(), bridge.MeasureOptions{Windows: 16})
	if err != nil {
		log.Fatal(err)
	}
	for _, x := range r.Boundaries {
		fmt.Println(x.Boundary, x.Site, x.DenseToSparse.CE.Mean < 6.5, x.SparseToDense.CE.Mean < 6.5)
	}
	// Output:
	// 0 0.resid_in true true
	// 1 0.resid_mid true true
	// 2 final_resid true true
}

// A bridge and its sparse model, trained together.
func ExampleTrain() {
	defer runs()()
	dense := untrained(0, true)
	s, err := train.Scale("tiny", 0)
	if err != nil {
		log.Fatal(err)
	}
	s.Steps, s.ValidWindows = 3, 16
	s.Model = s.Model.Dense()
	b, err := bridge.Train(context.Background(), s, dense, bridge.JointConfig(), artifact.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(b.Metrics), "steps,", b.Sparse.Violations(), "violations of the budget")
	// Output: 3 steps, 0 violations of the budget
}

// A route through both models with two switches.
func ExampleBridge_Along() {
	defer runs()()
	sparse, dense := untrained(0, false), untrained(0, true)
	c, err := bridge.Scale("tiny")
	if err != nil {
		log.Fatal(err)
	}
	c.Steps = 0
	b, err := bridge.Fit(context.Background(), sparse, dense, c, artifact.Options{})
	if err != nil {
		log.Fatal(err)
	}
	h, err := b.Along(bridge.Route{Start: bridge.Dense, Switches: []int{0, 1}})
	if err != nil {
		log.Fatal(err)
	}
	logits, err := h.Next([][]int32{sparse.Tokenizer.Encode("x = [1, 2")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(h.Route, "gives", len(logits[0]), "logits")
	// Output: dense 0 sparse 1 dense gives 512 logits
}
