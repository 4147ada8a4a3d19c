package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"circuitbook/kernel/internal/notebook"
	"circuitbook/sparsenn/artifact"
)

// A Run says what one of the store's runs was made of. The hash of its recipe,
// which is all that determines it, is in its name.
type Run struct {
	Seed uint64 `json:"seed"`
	Step int    `json:"step"` // of its newest whole checkpoint
	// Data are hashes of what it was made from, by name: "corpus" is of the
	// tokenizer and the text as tokens, "corpus_manifest" of the corpus's config,
	// the tokenizer and the content of every source, "examples" of prompts.
	Data    map[string]string `json:"data,omitempty"`
	Parents map[string]string `json:"parents,omitempty"` // runs it was made from, by their part in it
}

// manifest is the name in Run.Data of what a run's config knows of its corpus.
const manifest = "corpus_manifest"

// runName matches the name of a run, KIND-HASH, in text.
var runName = regexp.MustCompile(`\b[a-z][a-z0-9_]*-[0-9a-f]{16}\b`)

// Runs returns, by name, the runs that the outputs of n name and those that they
// were made from. Figures name the runs that they show, in the line with their
// provenance. A run that no root has whole, because it was removed or damaged
// since, is passed over: that is no failure of the notebook.
func Runs(n *notebook.Notebook, roots []string) map[string]Run {
	var names []string
	for _, c := range n.Cells {
		for _, out := range c.Outputs {
			names = append(names, namesIn(out)...)
		}
	}
	found, looked := map[string]Run{}, map[string]bool{}
	for len(names) > 0 {
		name := names[0]
		names = names[1:]
		if looked[name] {
			continue
		}
		looked[name] = true
		if run, ok := readRun(roots, name); ok {
			found[name] = run
			names = append(names, slices.Collect(maps.Values(run.Parents))...)
		}
	}
	return found
}

// namesIn returns what looks like runs' names in the texts of an output.
func namesIn(v any) (names []string) {
	switch v := v.(type) {
	case string:
		return runName.FindAllString(v, -1)
	case []any:
		for _, part := range v {
			names = append(names, namesIn(part)...)
		}
	case map[string]any:
		for _, part := range v {
			names = append(names, namesIn(part)...)
		}
	}
	return names
}

// readRun reads a run from the first root that has a whole checkpoint of it.
func readRun(roots []string, name string) (Run, bool) {
	for _, root := range roots {
		r, err := artifact.OpenDir(filepath.Join(root, name))
		if err != nil {
			continue
		}
		run, ok := describe(r)
		_ = r.Close() // it was only read
		if ok {
			return run, true
		}
	}
	return Run{}, false
}

// describe reads what the run's checkpoint and config say.
func describe(r *artifact.Run) (Run, bool) {
	checkpoint, _, err := r.Latest()
	if err != nil || checkpoint == nil || !checkpoint.Has("provenance.json") {
		return Run{}, false
	}
	text, err := checkpoint.ReadFile("provenance.json")
	if err != nil {
		return Run{}, false
	}
	var p artifact.Provenance
	if json.Unmarshal(text, &p) != nil {
		return Run{}, false
	}
	run := Run{Seed: p.Seed, Step: checkpoint.Step, Data: map[string]string{}, Parents: p.Parents}
	maps.Copy(run.Data, p.Data)
	var config struct{ Data any }
	if json.Unmarshal(r.Config(), &config) == nil {
		if hash, ok := config.Data.(string); ok && hash != "" {
			run.Data[manifest] = hash
		}
	}
	return run, true
}

// dataNames say what the hashes of a run's data cover.
var dataNames = map[string]string{
	"corpus":   "text as tokens, with the tokenizer",
	manifest:   "corpus: its recipe, tokenizer and sources",
	"examples": "prompts",
}

// A runRow is a run in the card.
type runRow struct {
	Name, About string
	Data        []row
}

// runRows are the runs in the provenance of results, sorted by name.
func runRows(v any) (list []runRow, err error) {
	if v == nil {
		return nil, nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var runs map[string]Run
	if err := json.Unmarshal(text, &runs); err != nil {
		return nil, fmt.Errorf("the results' runs: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(runs)) {
		r := runs[name]
		about := fmt.Sprintf("seed %d, step %d", r.Seed, r.Step)
		for _, part := range slices.Sorted(maps.Keys(r.Parents)) {
			about += ", " + part + " " + r.Parents[part]
		}
		line := runRow{Name: name, About: about}
		for _, key := range slices.Sorted(maps.Keys(r.Data)) {
			what := dataNames[key]
			if what == "" {
				what = strings.ReplaceAll(key, "_", " ")
			}
			line.Data = append(line.Data, row{Name: what, Value: r.Data[key]})
		}
		list = append(list, line)
	}
	return list, nil
}
