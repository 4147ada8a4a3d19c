package task_test

import (
	"fmt"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/task"
)

func ExampleTask_Examples() {
	tok, err := corpus.LoadTokenizer(1024)
	if err != nil {
		fmt.Println(err)
		return
	}
	list, err := task.BracketCounting().Examples(task.Fit, tok, task.Options{N: 64, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	e := list[0]
	fmt.Printf("%s…%q\n", tok.Decode(e.Prompt), tok.Decode([]int32{e.Target}))
	fmt.Println("--")
	fmt.Printf("%s…%q\n", tok.Decode(e.Counter), tok.Decode([]int32{e.Alt}))
	// Output:
	// collect(height)
	// totals = [[8, 24, 2, 7, 1, 6…"]]\n"
	// --
	// collect(height)
	// totals = [8, 24, 2, 7, 1, 6…"]\n"
}

// A task of one's own is a small value.
func ExampleTask() {
	tok, err := corpus.LoadTokenizer(512)
	if err != nil {
		fmt.Println(err)
		return
	}
	inDict := task.Task{
		Name:     "bracket_brace",
		Contrast: "inside a dictionary or a list",
		Draw: func(d *task.Draw) task.Pair {
			name, n := d.Pick("ages", "ranks"), fmt.Sprint(d.IntN(1000))
			return task.Pair{
				Prompt: name + " = {" + n, Counter: name + " = [" + n,
				Target: ":", Alt: ",", Filling: n,
			}
		},
	}
	list, err := inDict.Examples(task.Select, tok, task.Options{N: 2, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range list {
		fmt.Printf("%q or %q\n", tok.Decode(e.Prompt), tok.Decode(e.Counter))
	}
	// Output:
	// "ranks = {926" or "ranks = [926"
	// "ages = {341" or "ages = [341"
}

func ExampleLoss() {
	// A model that is sure on one side and guesses on the other.
	sure, guess := task.Logits{Target: 8, Alt: 0}, task.Logits{}
	fmt.Printf("%.3f nats\n", task.Loss(sure, guess))
	// Output:
	// 0.347 nats
}
