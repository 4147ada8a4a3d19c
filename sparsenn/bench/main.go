// Command bench compares Circuitbook's top-k selection and its training step with
// JAX, PyTorch, GoMLX and C on this machine. Run it as
//
//	go -C sparsenn/bench run .
//
// It prints JSON on standard output and a table on standard error. README.md in its
// folder says what is compared and how.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/google/renameio/v2"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := start(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// start is the program.
func start(ctx context.Context, args []string, in io.Reader, out, log io.Writer) error {
	if len(args) == 2 && args[0] == workerCommand {
		return serve(ctx, args[1], in, out, prepare)
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(log)
	only := flags.String("only", "", "run the comparisons that match this regular expression, matched with \"CASE PEER\"")
	n := flags.Int("pairs", 10, "pairs of ours and a peer, in turn")
	file := flags.String("out", "", "write the JSON to this file instead of standard output")
	list := flags.Bool("list", false, "list cases and peers, and run nothing")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected %q", flags.Arg(0))
	}
	if *n < 1 {
		return fmt.Errorf("-pairs is %d; it must be positive", *n)
	}
	chosen, err := choose(cases(), *only)
	if err != nil {
		return err
	}
	if *list {
		for _, c := range chosen {
			fmt.Fprintf(out, "%s: %s\n", c.Name, strings.Join(c.Peers, " "))
		}
		return nil
	}
	report, err := compare(ctx, chosen, *n, log)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	data = append(data, '\n')
	if err := report.table(log); err != nil {
		return err
	}
	if *file != "" {
		return renameio.WriteFile(*file, data, 0o644)
	}
	_, err = out.Write(data)
	return err
}

// compare runs cases one after the other.
func compare(ctx context.Context, chosen []Case, n int, log io.Writer) (*Report, error) {
	began := time.Now()
	env := ""
	if needsPython(chosen) {
		var err error
		if env, err = environment(ctx, log); err != nil {
			return nil, err
		}
	}
	dir, err := os.MkdirTemp("", "circuitbook-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	s, err := newSetup(ctx, dir, env)
	if err != nil {
		return nil, err
	}
	r := &Report{Machine: newMachine(), Pairs: n, LoadBefore: load(), Versions: map[string]string{}}
	for _, c := range chosen {
		result, err := s.measure(ctx, c, n, log)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		r.Cases = append(r.Cases, result)
		maps.Copy(r.Versions, result.Versions)
	}
	r.LoadAfter, r.Seconds = load(), time.Since(began).Round(time.Second).Seconds()
	return r, nil
}

func needsPython(chosen []Case) bool {
	return slices.ContainsFunc(chosen, func(c Case) bool {
		return slices.ContainsFunc(c.Peers, func(p string) bool { return strings.HasPrefix(p, "jax.") || strings.HasPrefix(p, "torch.") })
	})
}
