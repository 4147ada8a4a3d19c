package verify

import (
	"context"
	"encoding/json"
	"fmt"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

const (
	measuresKind = "measures" // on the disk
	measuresFile = "measures.json"
)

// Measured are the [Measures] of a circuit on the prompts that [Run] measures on: loaded
// where they were measured before. Of the config Examples, MaxTokens and Seed count.
// Circuits that Run refuses are errors, and those with frozen norms.
func Measured(ctx context.Context, run *train.Result, t task.Task, c *circuit.Circuit, config Config, o artifact.Options) ([]Number, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	c = unmeasured(c)
	if _, err := check(run, t, c); err != nil {
		return nil, err
	}
	config = Config{Examples: config.Examples, MaxTokens: config.MaxTokens, Seed: config.Seed}
	of, err := identityOf(run, t, c, config)
	if err != nil {
		return nil, err
	}
	id := struct {
		identity
		Names []string `json:"names"` // of what is measured: more, and it is measured anew
	}{identity: of}
	for _, m := range measures {
		id.Names = append(id.Names, m.name)
	}
	load := func(a *artifact.Run) (out []Number, err error) {
		checkpoint, _, err := a.Latest()
		if err != nil {
			return nil, err
		}
		text, err := checkpoint.ReadFile(measuresFile)
		if err == nil {
			err = json.Unmarshal(text, &out)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", a.Name(), measuresFile, err)
		}
		return out, nil
	}
	return artifact.Make(ctx, o, measuresKind, id, load, func(a *artifact.Run) error {
		list, err := t.Report(run.Tokenizer, drawn(run, config, config.Examples))
		if err != nil {
			return err
		}
		numbers, err := Measures(ctx, run, c, list)
		if err != nil {
			return fmt.Errorf("measuring the circuit of %s in %s: %w", t.Name, run.Name, err)
		}
		text, err := json.Marshal(numbers)
		if err != nil {
			return err
		}
		return artifact.Save(a, map[string][]byte{measuresFile: text})
	})
}
