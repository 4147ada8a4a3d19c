package steer_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/bridge"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/steer"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

// Steering a dense model by one node of a sparse one. Neither is trained here, so
// that little happens; what is cheap, too.
func Example() {
	dir, err := os.MkdirTemp("", "runs")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	os.Setenv(artifact.RootVariable, dir)
	defer os.Unsetenv(artifact.RootVariable)

	config, err := train.Scale("tiny", 0)
	if err != nil {
		log.Fatal(err)
	}
	config.Model = config.Model.Dense() // no AbsTopK, which takes long to compile
	sparse, err := train.Untrained(config)
	if err != nil {
		log.Fatal(err)
	}
	dense, err := train.Untrained(config.Dense())
	if err != nil {
		log.Fatal(err)
	}
	how, err := bridge.Scale("tiny")
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	b, err := bridge.Fit(ctx, sparse, dense, how, artifact.Options{})
	if err != nil {
		log.Fatal(err)
	}

	s, err := steer.New(ctx, b)
	if err != nil {
		log.Fatal(err)
	}
	method, err := s.Channels(circuit.Node{Site: "0.mlp.act_in", Index: 5})
	if err != nil {
		log.Fatal(err)
	}
	examples, err := task.SingleDoubleQuote().Examples(task.Select, sparse.Tokenizer, task.Options{N: 16})
	if err != nil {
		log.Fatal(err)
	}
	prompts, err := steer.Prompts(examples, steer.ToAlt)
	if err != nil {
		log.Fatal(err)
	}
	curve, err := s.Curve(ctx, method, prompts, []float64{0, 1})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range curve.Points {
		fmt.Printf("strength %v: P(wanted) %.2f, KL elsewhere %.2f\n", p.Strength, p.Want.Mean, p.OtherKL.Mean)
	}
	_, err = s.Channels(circuit.Node{Site: "0.mlp.post_act", Index: 5})
	fmt.Println(err)
	// Output:
	// strength 0: P(wanted) 0.00, KL elsewhere 0.00
	// strength 1: P(wanted) 0.00, KL elsewhere 0.00
	// steer: node 0.mlp.post_act[5]: bridge: "0.mlp.post_act" is no read site of the models; these are "L.attn.act_in" and "L.mlp.act_in", L from 0 to 0
}
