package experiment

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sync"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

const (
	// kind is the kind of a row on the disk.
	kind = "point"
	// recipeVersion is part of a row's name and is raised when what is measured,
	// or how, changes.
	recipeVersion = 1
)

// Point is one thing to make and measure: a model, or the circuit of a task in it.
type Point struct {
	Name  string       `json:"name"` // for a reader; unique in a sweep, and no part of what names the row
	Train train.Config `json:"train"`
	// Examples is how many report examples of every task score a model; default 256.
	// A circuit's are in Study.
	Examples int `json:"examples,omitempty"`
	// Task is the name of a built-in task; "" measures the model itself.
	Task string `json:"task,omitempty"`
	// Study says how the circuit is found and measured. Without a Task it is
	// not used.
	Study Config `json:"study"`
	// Targets are losses, in nats per example, at which the size is given besides
	// that of Study; see prune.Sizes.
	Targets []float64 `json:"targets,omitempty"`
}

// identity is what names a row.
type identity struct {
	Recipe   int       `json:"recipe"`
	Run      string    `json:"run"`
	N        int       `json:"n,omitempty"` // Point.Examples
	Task     string    `json:"task,omitempty"`
	Examples string    `json:"examples,omitempty"` // hash of the first examples of every split
	Study    *Config   `json:"study,omitempty"`
	Targets  []float64 `json:"targets,omitempty"`
}

// Validate says what is wrong with a point and which field to change.
func (p Point) Validate() error {
	fail := func(err error) error { return fmt.Errorf("sweep point %q: %w", p.Name, err) }
	if p.Name == "" {
		return fail(fmt.Errorf("give it a Name"))
	}
	if err := p.Train.Validate(); err != nil {
		return fail(err)
	}
	if p.Examples < 0 || p.Examples == 1 {
		return fail(fmt.Errorf("%d examples; at least 2, or 0 for the default", p.Examples))
	}
	if p.Task == "" {
		if len(p.Targets) > 0 {
			return fail(fmt.Errorf("targets %v without a Task: a model has no size at a task loss", p.Targets))
		}
		return nil
	}
	if _, err := task.ByName(p.Task); err != nil {
		return fail(err)
	}
	for _, t := range p.Targets {
		if !(t > 0) || math.IsInf(t, 0) {
			return fail(fmt.Errorf("a target of %v; targets are positive losses in nats per example", t))
		}
	}
	if err := p.Study.Validate(); err != nil {
		return fail(err)
	}
	if p.Study.Prune.Ablation.FreezeNorms {
		return fail(errors.New("Study.Prune.Ablation.FreezeNorms is set; what is left without a circuit is measured by a part of the model, whose norms are live: leave it false"))
	}
	return nil
}

// modelPoint is the point of the model that p is about.
func (p Point) modelPoint() Point {
	return Point{Name: p.Name, Train: p.Train, Examples: p.Examples}
}

// sampled is how many examples of a split tell one version of a task's generator
// from another.
const sampled = 16

func (p Point) identity() (identity, error) {
	if err := p.Validate(); err != nil {
		return identity{}, err
	}
	run, err := train.Name(p.Train)
	if err != nil {
		return identity{}, fmt.Errorf("sweep point %q: %w", p.Name, err)
	}
	id := identity{Recipe: recipeVersion, Run: run}
	if p.Task == "" {
		id.N = p.Examples
	}
	tasks := task.All()
	if p.Task != "" {
		t, err := task.ByName(p.Task)
		if err != nil {
			return identity{}, err
		}
		id.Task, id.Study, id.Targets, tasks = p.Task, &p.Study, p.Targets, []task.Task{t}
	}
	id.Examples, err = generators(p.Train, tasks)
	return id, err
}

// made remembers what generators gave: a sweep asks for every point.
var made struct {
	sync.Mutex
	m map[string]string
}

// generators is a hash of what tasks' generators make.
func generators(c train.Config, tasks []task.Task) (string, error) {
	key := fmt.Sprint(c.Corpus.Vocab, " ", c.Model.Context)
	for _, t := range tasks {
		key += " " + t.Name
	}
	made.Lock()
	defer made.Unlock()
	if hash, ok := made.m[key]; ok {
		return hash, nil
	}
	hash, err := hashOf(c, tasks)
	if err != nil {
		return "", err
	}
	if made.m == nil {
		made.m = map[string]string{}
	}
	made.m[key] = hash
	return hash, nil
}

func hashOf(c train.Config, tasks []task.Task) (string, error) {
	tok, err := tokenizer(c)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, t := range tasks {
		o := task.Options{N: sampled, MaxTokens: min(task.DefaultMaxTokens, c.Model.Context)}
		fit, err := t.Examples(task.Fit, tok, o)
		if err != nil {
			return "", err
		}
		sel, err := t.Examples(task.Select, tok, o)
		if err != nil {
			return "", err
		}
		report, err := t.Report(tok, o)
		if err != nil {
			return "", err
		}
		if err := json.NewEncoder(sum).Encode([][]task.Example{fit, sel, report.ForMeasuring()}); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:16]), nil
}

// RowName is the name of a point's row on the disk, KIND-HASH.
func (p Point) RowName() (string, error) {
	id, err := p.identity()
	if err != nil {
		return "", err
	}
	return artifact.Name(kind, id)
}
