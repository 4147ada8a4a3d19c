// Command table prints how a trained model does on the report split of all
// tasks, or of those of JSONL files. The run is loaded if it is finished, and
// made otherwise.
//
//	go run ./sparsenn/task/internal/table -scale laptop -seed 0 [-dense] [-task FILE.jsonl]...
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("table", flag.ContinueOnError)
	flags.SetOutput(stderr)
	scale := flags.String("scale", "laptop", "size of the run: tiny, laptop or paper")
	seed := flags.Uint64("seed", 0, "seed of the run")
	dense := flags.Bool("dense", false, "the dense twin instead of the sparse model")
	n := flags.Int("n", 256, "examples a task")
	most := flags.Int("tokens", task.DefaultMaxTokens, "longest prompt, in tokens")
	var own []task.Task
	flags.Func("task", "a JSONL `file` of pairs to measure instead of the built-in tasks (may be given again)", func(path string) error {
		t, err := task.Load(path)
		own = append(own, t)
		return err
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	config, err := train.Scale(*scale, *seed)
	if err != nil {
		return err
	}
	kind := "sparse"
	if *dense {
		config, kind = config.Dense(), "dense"
	}
	log := func(line string) { fmt.Fprintln(stderr, line) }
	result, err := train.Run(ctx, config, train.Options{Log: log, Progress: func(m train.Metric, steps int) {
		if m.Valid != nil {
			fmt.Fprintf(stderr, "step %d of %d: loss %.3f, validation %.3f\n", m.Step+1, steps, m.Loss, *m.Valid)
		}
	}})
	if err != nil {
		return err
	}
	data, err := corpus.Open(ctx, config.Corpus, log)
	if err != nil {
		return err
	}
	ids := make([]int32, len(data.Train))
	for i, id := range data.Train {
		ids[i] = int32(id)
	}
	rows, err := task.Table(result.Model, result.Tokenizer, ids, task.Options{N: *n, MaxTokens: *most}, own...)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s, seed %d, %s (%s): validation %.3f nats per token\n\n", *scale, *seed, kind, result.Name, result.Valid())
	return task.WriteTable(stdout, rows)
}
