package model

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
)

// recordKey says which program a call needs: everything that shapes it and
// nothing that is merely a value.
type recordKey struct {
	config     string
	kind       string
	batch, seq int
	sites      string
	changes    string
}

var programs struct {
	sync.Mutex
	m map[recordKey]*graph.Exec
}

// program returns the compiled program for a key, building it at first use. A
// process shares them between models of one config.
func program(b compute.Backend, key recordKey, build func([]*graph.Node) []*graph.Node) (*graph.Exec, error) {
	programs.Lock()
	defer programs.Unlock()
	if e, ok := programs.m[key]; ok {
		return e, nil
	}
	e, err := graph.NewExec(b, build)
	if err != nil {
		return nil, fmt.Errorf("model: building a program: %w", err)
	}
	if programs.m == nil {
		programs.m = map[recordKey]*graph.Exec{}
	}
	programs.m[key] = e
	return e, nil
}

func (c Config) key() string {
	data, err := json.Marshal(c)
	if err != nil {
		panic(err) // a struct of numbers and strings always marshals
	}
	return string(data)
}
