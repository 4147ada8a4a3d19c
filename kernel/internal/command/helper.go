package command

import (
	"context"
	"time"

	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/shim"
	"circuitbook/kernel/internal/typing"
)

// A helper answers a front end's questions about code: by names and documents
// from sources, by types from compiled packages.
type helper struct {
	*shim.Lookup
	checker *typing.Checker
}

func newHelper(s shim.Setup) helper {
	l := shim.NewLookup(s)
	return helper{l, &typing.Checker{
		Exports: typing.NewExports(s.Go, s.Module, s.Environment()),
		Imports: func(source []byte) []byte { return l.Resolve(source, typing.Here) },
	}}
}

func (h helper) Following(ctx context.Context, p typing.Place) []typing.Member {
	return h.checker.Members(ctx, p)
}

func (h helper) Describe(ctx context.Context, p typing.Place) (typing.Object, bool) {
	return h.checker.Describe(ctx, p)
}

// methodsWait is how long a message about a method waits for the names of those there are.
const methodsWait = 3 * time.Second

// Methods are the exported fields and methods of a type of a package that cells know by
// its name, sorted; none where they are not known in time.
func (h helper) Methods(typ string) (names []string) {
	ctx, cancel := context.WithTimeout(context.Background(), methodsWait)
	defer cancel()
	for _, m := range h.Following(ctx, typing.Place{Before: "var x " + typ + "\nx."}) {
		names = append(names, m.Name)
	}
	return names
}

// warmStd are the packages of the standard library that cells use most.
var warmStd = []string{"context", "errors", "fmt", "maps", "math", "math/rand/v2", "os", "slices", "sort", "strconv", "strings", "time"}

// Warm reads what the engine's packages and the most used others export.
func (h helper) Warm(ctx context.Context) {
	patterns := append([]string{module.Path + "/sparsenn/...", module.Path + "/viz/...", module.Path + "/notebooks/..."}, warmStd...)
	if h.checker.Exports.Load(ctx, patterns...) == nil {
		h.Following(ctx, typing.Place{Before: "m := Train(\"laptop\")\nm."})
	}
}
