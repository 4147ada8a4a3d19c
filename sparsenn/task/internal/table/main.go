// Command table prints how a trained model does on the report split of all
// tasks, or of those of JSONL files. The run is loaded if it is finished, and
// made otherwise.
//
//	go run ./sparsenn/task/internal/table -scale laptop -seed 0 [-dense] [-task FILE.jsonl]...
//	go run ./sparsenn/task/internal/table -run notebooks/runs/NAME
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"circuitbook/sparsenn/artifact"
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
	dir := flags.String("run", "", "`folder` of a finished run, such as one of notebooks/runs, instead of a scale and a seed")
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
	log := func(line string) { fmt.Fprintln(stderr, line) }
	o := task.Options{N: *n, MaxTokens: *most}
	if *dir != "" {
		result, err := open(*dir)
		if err != nil {
			return err
		}
		return measure(ctx, result, fmt.Sprintf("seed %d", result.Config.Seed), o, own, stdout, log)
	}
	config, err := train.Scale(*scale, *seed)
	if err != nil {
		return err
	}
	kind := "sparse"
	if *dense {
		config, kind = config.Dense(), "dense"
	}
	result, err := train.Run(ctx, config, artifact.Options{Log: log, Progress: func(p artifact.Progress) {
		if strings.Contains(p.Note, "validation") {
			fmt.Fprintf(stderr, "step %.0f of %.0f: %s\n", p.Done, p.Of, p.Note)
		}
	}})
	if err != nil {
		return err
	}
	return measure(ctx, result, fmt.Sprintf("%s, seed %d, %s", *scale, *seed, kind), o, own, stdout, log)
}

// open loads the finished run of a folder.
func open(dir string) (*train.Result, error) {
	run, err := artifact.OpenDir(dir)
	if err != nil {
		return nil, fmt.Errorf("-run: %w", err)
	}
	var id struct {
		Config json.RawMessage `json:"config"`
	}
	if err := json.Unmarshal(run.Config(), &id); err != nil {
		return nil, fmt.Errorf("-run: %s: %w", dir, err)
	}
	config, err := train.ParseConfig(id.Config)
	if err != nil {
		return nil, fmt.Errorf("-run: %s is not of a training run: %w", dir, err)
	}
	if err := os.Setenv(artifact.NotebookRootVariable, filepath.Dir(filepath.Clean(dir))); err != nil {
		return nil, err
	}
	return train.Open(config)
}

// measure prints the table of a run.
func measure(ctx context.Context, result *train.Result, title string, o task.Options, own []task.Task, stdout io.Writer, log func(string)) error {
	data, err := corpus.Open(ctx, result.Config.Corpus, log)
	if err != nil {
		return err
	}
	ids := make([]int32, len(data.Train))
	for i, id := range data.Train {
		ids[i] = int32(id)
	}
	rows, err := task.Table(result.Model, result.Tokenizer, ids, o, own...)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s (%s): validation %.3f nats per token\n\n", title, result.Name, result.Valid())
	return task.WriteTable(stdout, rows)
}
