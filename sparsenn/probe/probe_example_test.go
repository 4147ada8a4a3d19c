package probe_test

import (
	"context"
	"fmt"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/probe"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/train"
)

// What a channel is at every token of a text, each with 8 tokens or more before it.
func ExampleScan() {
	config, err := train.Scale("tiny", 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	run, err := train.Untrained(config)
	if err != nil {
		fmt.Println(err)
		return
	}
	text := corpus.Tokens(run.Tokenizer.Encode("for lamp in lanterns:\n    print('bright', lamp)\n"))
	windows, err := probe.Cut(text, 16, 8)
	if err != nil {
		fmt.Println(err)
		return
	}
	node := circuit.Node{Site: "0.mlp.resid_delta", Index: 3}
	values, err := probe.Scan(context.Background(), run.Model, windows, []circuit.Node{node}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	along, err := probe.Join(windows, values[0], len(text))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(text), "tokens,", len(windows), "windows,", len(along), "values")
	// Output:
	// 24 tokens, 2 windows, 24 values
}

func ExampleLabelStrings() {
	tok, err := corpus.LoadTokenizer(512)
	if err != nil {
		fmt.Println(err)
		return
	}
	stream := corpus.Tokens(tok.Encode(`print("red", 'blue')  # "so"`))
	labels, err := probe.LabelStrings(context.Background(), tok, stream)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, l := range labels.Of {
		if l.InString() {
			fmt.Printf("%q %v\n", tok.Decode(stream[i:i+1]), l)
		}
	}
	// Output:
	// "re" double
	// "d" double
	// "b" single
	// "l" single
	// "ue" single
}

func ExampleAUC() {
	inString := []bool{false, false, true, true, false}
	auc, err := stat.AUC([]float64{0, .1, .9, .1, 0}, inString)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.4f\n", auc)
	// Output:
	// 0.9167
}
