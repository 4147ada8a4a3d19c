package bridge

import (
	"fmt"
	"sync"

	"circuitbook/sparsenn/backend"

	"github.com/gomlx/gomlx/core/graph"
)

// programs are the compiled programs of a bridge.
type programs struct {
	sync.Mutex
	m map[string]*graph.Exec
}

// program returns the program of a key, building it at first use.
func (b *Bridge) program(key string, build func(in []*graph.Node) []*graph.Node) (*graph.Exec, error) {
	b.execs.Lock()
	defer b.execs.Unlock()
	if e, ok := b.execs.m[key]; ok {
		return e, nil
	}
	engine, err := backend.Open()
	if err != nil {
		return nil, err
	}
	e, err := graph.NewExec(engine, build)
	if err != nil {
		return nil, fmt.Errorf("bridge: building a program: %w", err)
	}
	if b.execs.m == nil {
		b.execs.m = map[string]*graph.Exec{}
	}
	b.execs.m[key] = e
	return e, nil
}
