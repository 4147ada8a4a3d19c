package experiment

import (
	"context"
	"fmt"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/verify"
)

// Reader is a model or a part of one: it predicts, and can be recorded and changed.
type Reader interface {
	task.Predictor
	model.Recorder
}

// View is a model or a part of one under the names that it has in tables and in
// claims.
type View struct {
	Name, Claim string
	Reader
}

// Views returns a circuit alone, its logits read by the scale and shift that
// pruning fitted (verify.Submodel's Between), and the whole model, in this order. The
// whole model comes as a part that leaves nothing out, so that the same compiled
// programs serve both. A calibrated circuit of a task whose answers are not the
// same in every example is an error.
func Views(ctx context.Context, run *train.Result, t task.Task, c *circuit.Circuit) ([]View, error) {
	none := *c
	none.Nodes, none.Edges, none.Proof = nil, nil, nil
	alone, err := verify.Alone(ctx, run, c)
	if err != nil {
		return nil, err
	}
	whole, err := verify.Without(ctx, run, &none)
	if err != nil {
		return nil, err
	}
	if c.Calibrated {
		list, err := t.Examples(task.Select, run.Tokenizer, task.Options{N: answersSeen, MaxTokens: min(task.DefaultMaxTokens, run.Config.Model.Context)})
		if err != nil {
			return nil, fmt.Errorf("views of a circuit: %w", err)
		}
		for _, e := range list {
			if e.Target != list[0].Target || e.Alt != list[0].Alt {
				return nil, fmt.Errorf("views of a circuit: the answers of %s differ between examples, so that no two logits are to be read by its scale and shift; ask verify.Submodel's Between for those of one example", t.Name)
			}
		}
		if alone, err = alone.Between(list[0].Target, list[0].Alt); err != nil {
			return nil, fmt.Errorf("views of a circuit: %w", err)
		}
	}
	return []View{{"the circuit alone", "circuit", alone}, {"the whole model", "full", whole}}, nil
}

// answersSeen is how many examples say whether a task's answers are the same in
// all.
const answersSeen = 8
