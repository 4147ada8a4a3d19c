package task_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/task"
)

// A task of one's own from a file: lists and dictionaries go on differently. Of
// 60 pairs about a quarter is there to select on, fewer than are asked for.
func ExampleLoad() {
	folder, err := os.MkdirTemp("", "tasks")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	var lines string
	for i := range 60 {
		lines += fmt.Sprintf(`{"prompt": "ages = [%d", "counter": "ages = {%d", "target": ",", "alt": ":", "filling": "%d"}`+"\n", i, i, i)
	}
	path := filepath.Join(folder, "ages.jsonl")
	if err := os.WriteFile(path, []byte(lines), 0o644); err != nil {
		fmt.Println(err)
		return
	}

	ages, err := task.Load(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	tok, err := corpus.LoadTokenizer(512)
	if err != nil {
		fmt.Println(err)
		return
	}
	list, err := ages.Examples(task.Select, tok, task.Options{N: 256})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %d pairs, such as\n", ages.Name, len(list))
	fmt.Printf("%q, then %q\n", tok.Decode(list[0].Prompt), tok.Decode([]int32{list[0].Target}))
	fmt.Printf("%q, then %q\n", tok.Decode(list[0].Counter), tok.Decode([]int32{list[0].Alt}))
	// Output:
	// ages: 20 pairs, such as
	// "ages = [23", then ","
	// "ages = {23", then ":"
}

// Pairs made by a program become a file, and the file pairs again.
func ExampleFormatJSONL() {
	data, err := task.FormatJSONL([]task.Pair{{Prompt: "x = [1", Counter: "x = {1", Target: ",", Alt: ":"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(data))
	pairs, err := task.ParseJSONL(bytes.NewReader(data))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("after %q follows %q\n", pairs[0].Counter, pairs[0].Alt)

	_, err = task.ParseJSONL(strings.NewReader(string(data) + `{"prompt": "x = [2", "counter": "x = {2", "answer": ","}`))
	fmt.Println(err)
	// Output:
	// {"prompt":"x = [1","counter":"x = {1","target":",","alt":":"}
	// after "x = {1" follows ":"
	// line 2: unknown field "answer": the fields are alt, context, counter, filling, prompt, target
}
