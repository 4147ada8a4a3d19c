// Package compiled keeps compiled programs by what shapes them.
package compiled

import (
	"fmt"
	"sync"

	"circuitbook/sparsenn/backend"

	"github.com/gomlx/gomlx/core/graph"
)

// Programs are compiled programs by key. The zero value has none. It is safe for
// concurrent use.
type Programs struct {
	mu sync.Mutex
	m  map[string]*graph.Exec
}

// Get returns the program of a key on the process's backend, building it at first use;
// it compiles when it is first called. Equal keys must stand for equal graphs.
func (p *Programs) Get(key string, build func(in []*graph.Node) []*graph.Node) (*graph.Exec, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e, ok := p.m[key]; ok {
		return e, nil
	}
	b, err := backend.Open()
	if err != nil {
		return nil, err
	}
	e, err := graph.NewExec(b, build)
	if err != nil {
		return nil, fmt.Errorf("building the program %q: %w", key, err)
	}
	if p.m == nil {
		p.m = map[string]*graph.Exec{}
	}
	p.m[key] = e
	return e, nil
}

// Len is the number of programs.
func (p *Programs) Len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.m)
}
