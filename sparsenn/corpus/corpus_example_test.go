package corpus_test

import (
	"context"
	"fmt"
	"strings"

	"circuitbook/sparsenn/corpus"
)

func ExampleLoadTokenizer() {
	tok, err := corpus.LoadTokenizer(1024)
	if err != nil {
		fmt.Println(err)
		return
	}
	var texts []string
	for _, id := range tok.Encode("values = [[3, 17]]\n") {
		s, _ := tok.Token(id)
		texts = append(texts, s)
	}
	fmt.Printf("%q\n", texts)
	_, err = tok.Single("[[")
	fmt.Println(err)
	// Output:
	// ["value" "s" " =" " [" "[" "3" "," " " "1" "7" "]]\n"]
	// corpus: "[[" is not a single token of the vocabulary of 1024: it splits into ["[" "["]
}

func ExampleSynthetic() {
	fmt.Print(corpus.Synthetic(1, 1170))
	// Output:
	// import re
	//
	// buffer = set()
	// for i in numbers:
	//     print('Saved')
	//     if number < 37:
	//         buffer.add(i)
	// count = len(buffer)
	// new_train = len(points) if next_server in children else 76
	// step = 4 if page == False else 91
	// next_station = [33, 4, 88, 6, 49, 4, 93]
	// ages = {15: 7, 99: y, 1: "black"}
	//
	// def speed(points, done):
	//     """Total water city red."""
	//     values = [["green", "orange", "white", "black", "gray", "red"]]
}

func ExampleOpen() {
	// Three parts of the sample to one of synthetic programs; a folder of your own
	// is {Kind: corpus.KindFolder, Path: "…", Weight: 1}.
	c, err := corpus.Open(context.Background(), corpus.Config{
		Vocab: 512,
		Parts: []corpus.Part{
			{Kind: corpus.KindSample, Weight: 3, Bytes: 300_000},
			{Kind: corpus.KindSynthetic, Weight: 1, Bytes: 300_000},
		},
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	a, b := c.Report.Parts[0].Train, c.Report.Parts[1].Train
	fmt.Printf("share of the sample: %.2f\n", float64(a)/float64(a+b))

	batch := c.Train.Batch(1, 0, 32, 129) // step 0 of seed 1: 32 windows of 128 tokens and the next
	fmt.Println(len(batch), "tokens in a batch")
	fmt.Println(strings.Contains(c.Tokenizer.Decode(c.Valid), "<|endoftext|>"))
	// Output:
	// share of the sample: 0.75
	// 4128 tokens in a batch
	// true
}

func ExampleTokens_Windows() {
	t := corpus.Tokens{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	fmt.Println(t.Windows(3, 4))
	// Output:
	// [0 1 2 3 3 4 5 6 6 7 8 9]
}
