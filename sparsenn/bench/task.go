package main

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// The three operations that are compared.
const (
	opMask    = "mask"    // k of a whole matrix
	opAbsTopK = "abstopk" // k of every row
	opStep    = "step"    // a training step
)

// Task tells a worker what to prepare. It travels as JSON on the worker's command
// line; the Python workers read the same fields.
type Task struct {
	Contestant string `json:"contestant"`
	Op         string `json:"op"`
	Input      string `json:"input"` // file of float32: the matrix, or all weights

	// Of a selection.
	Rows int `json:"rows,omitempty"`
	Cols int `json:"cols,omitempty"`
	K    int `json:"k,omitempty"`

	// Of a step.
	*Step
}

// Case is one table of the report: one operation at one size, ours against peers.
type Case struct {
	Name       string
	Op         string
	Rows, Cols int
	K          int
	Peers      []string
	Aims       []Aim
}

// Aim is a ratio ours/peer to be reached.
type Aim struct {
	Against string  `json:"against"` // "library": the fastest of them; or a contestant
	Ratio   float64 `json:"ratio"`
	// Reached and Got are filled in by the report.
	Got     float64 `json:"got"`
	Reached bool    `json:"reached"`
}

const (
	ours      = "ours"
	oursDense = "ours.dense"
	handC     = "c"
	library   = "library"
)

// cases lists all comparisons.
func cases() []Case {
	var all []Case
	for _, side := range []int{1 << 10, 1 << 12} {
		name, ratio := "1M", 1.0/3
		if side == 1<<12 {
			name, ratio = "16M", 1.0/2
		}
		for _, part := range []int{1000, 100, 10} {
			c := Case{
				Name: fmt.Sprintf("mask/%s/n÷%d", name, part), Op: opMask, Rows: side, Cols: side, K: side * side / part,
				Peers: []string{handC, "gomlx.TopK", "jax.top_k", "torch.topk", "torch.kthvalue", "torch.topk+mask", "torch.kthvalue+mask", "jax.bisect+mask", "jax.histogram+mask"},
			}
			if part == 100 {
				c.Aims = []Aim{{Against: library, Ratio: ratio}, {Against: handC, Ratio: 2.5}}
			}
			all = append(all, c)
		}
	}
	for _, width := range []int{128, 512} {
		all = append(all, Case{
			Name: fmt.Sprintf("abstopk/4096x%d", width), Op: opAbsTopK, Rows: 4096, Cols: width, K: width / 4,
			Peers: []string{handC, "gomlx.TopK", "gomlx.TopK+mask", "jax.top_k", "jax.top_k+mask", "torch.topk", "torch.topk+mask", "torch.kthvalue+mask", "jax.bisect+mask"},
			Aims:  []Aim{{Against: library, Ratio: 1}},
		})
	}
	return append(all, Case{
		Name: "step", Op: opStep,
		Peers: []string{oursDense, "jax.step", "jax.step.bisect", "torch.step", "torch.step.bisect"},
		Aims:  []Aim{{Against: library, Ratio: 1}, {Against: oursDense, Ratio: 1.25}},
	})
}

// isLibrary tells whether a contestant counts as a library of others: its calls, or
// the same algorithm in it. The selections written for JAX here (see peers) do not.
func isLibrary(op, name string) bool {
	switch name {
	case ours, oursDense, handC:
		return false
	}
	own := name == "jax.bisect+mask" || name == "jax.histogram+mask"
	return op == opStep || !own
}

// choose keeps the cases and contestants that the expression matches, as
// "case" or "case contestant": "mask/1M" or "step torch".
func choose(all []Case, only string) ([]Case, error) {
	re, err := regexp.Compile(only)
	if err != nil {
		return nil, fmt.Errorf("-only: %w", err)
	}
	var chosen []Case
	for _, c := range all {
		peers := c.Peers
		c.Peers = nil
		for _, p := range peers {
			if re.MatchString(c.Name + " " + p) {
				c.Peers = append(c.Peers, p)
			}
		}
		if len(c.Peers) > 0 {
			chosen = append(chosen, c)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("-only %q matches none of the cases; -list shows them", only)
	}
	return chosen, nil
}

// parseTask reads what a worker is given.
func parseTask(arg string) (Task, error) {
	var t Task
	if err := json.Unmarshal([]byte(arg), &t); err != nil {
		return t, fmt.Errorf("the worker's task: %w", err)
	}
	return t, nil
}
