// Package backend opens what runs the graphs: XLA on CUDA or on the CPU, or
// else GoMLX's pure-Go backend, which needs nothing but is many times slower.
//
// XLA's plugin is found or fetched by package plugin. Everything works on
// either backend; which one was opened, with the hash of its plugin and the
// CPU's features, is told by Describe, because bits are equal only where these
// are.
package backend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"

	"circuitbook/sparsenn/backend/plugin"
)

// Env names the variable that forces a backend: "xla" (on CUDA or the CPU),
// "xla:cpu", "xla:cuda" or shorter "cuda", "go". Empty means the best there
// is.
const Env = plugin.BackendEnv

var (
	once    sync.Once
	opened  compute.Backend
	openErr error
)

// Open returns the process's backend, opened by the first call and shared by
// all; it is safe for concurrent use and must not be finalised. Where XLA
// cannot be had it returns the pure-Go backend and says on standard error, in
// one line, why and what to do; so it fails only if Env asks for what cannot
// be had. The first use on a machine may fetch the plugin (see plugin.Ensure
// for how long that takes without a network). It never panics.
func Open() (compute.Backend, error) {
	return OpenContext(context.Background(), os.Stderr)
}

// OpenContext is Open with a context that can end the fetching of a plugin,
// and a writer, which may be nil, for its lines. Both matter to the first call
// of Open or OpenContext only.
func OpenContext(ctx context.Context, log io.Writer) (compute.Backend, error) {
	once.Do(func() { opened, openErr = open(ctx, os.Getenv(Env), prefixed(log)) })
	return opened, openErr
}

// open opens a backend for what Env says.
func open(ctx context.Context, env string, log io.Writer) (compute.Backend, error) {
	choice, err := plugin.ParseChoice(env)
	if err != nil {
		return nil, err
	}
	if choice.Go {
		return openGo()
	}
	b, xlaErr := openXLA(ctx, choice.Platform, log)
	if xlaErr == nil {
		return b, nil
	}
	if choice.XLA {
		return nil, fmt.Errorf("$%s=%s, but: %w", Env, env, xlaErr)
	}
	b, err = openGo()
	if err != nil {
		return nil, errors.Join(xlaErr, err)
	}
	fmt.Fprintf(log, "using the slow pure-Go backend, because %s (`circuitbook doctor` tells more; %s=go silences this)\n",
		oneLine(xlaErr), Env)
	return b, nil
}

// openXLA opens XLA on the first plugin that loads. One that does not load is
// passed over for the next: CUDA's for the CPU's, a foreign one for our own.
func openXLA(ctx context.Context, platform string, log io.Writer) (compute.Backend, error) {
	failed := map[string]string{}
	q := plugin.Query{Platform: platform, Skip: func(p plugin.Plugin) string { return failed[p.Path] }}
	var errs []error
	for {
		p, err := q.Ensure(ctx, log)
		if err != nil {
			// What did not load says more than that there is nothing else.
			if len(errs) > 0 && errors.Is(err, plugin.ErrNotFound) {
				return nil, errors.Join(errs...)
			}
			return nil, errors.Join(append(errs, err)...)
		}
		b, err := load(p)
		if err == nil {
			for _, e := range errs {
				fmt.Fprintf(log, "%s; using %s instead\n", oneLine(e), p)
			}
			return b, nil
		}
		errs = append(errs, err)
		failed[p.Path] = "did not load"
	}
}

func openGo() (b compute.Backend, err error) {
	defer recovered(&err, "opening the pure-Go backend")
	return gobackend.New("")
}

// recovered turns a panic of a library into an error.
func recovered(err *error, doing string) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%s: panic: %v", doing, r)
	}
}

// oneLine puts an error on one line.
func oneLine(err error) string {
	return strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
}

// prefixed begins what is written, a line per write, with the program's name.
func prefixed(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	return prefixWriter{w}
}

type prefixWriter struct{ w io.Writer }

func (p prefixWriter) Write(b []byte) (int, error) {
	_, err := fmt.Fprintf(p.w, "circuitbook: %s", b)
	if err != nil {
		return 0, err
	}
	return len(b), nil
}
