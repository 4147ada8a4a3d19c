package lab

import (
	"slices"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/task"
)

// Room is the bound on the tokens of prompts that leaves room for a line above.
func (m *Model) Room() int { return min(task.DefaultMaxTokens, m.Run().Config.Model.Context-24) }

// HeldOut are n held-out pairs of a task; at scale "tiny" no more than 16.
func (m *Model) HeldOut(t task.Task, n, maxTokens int) []task.Example {
	return cell.Must(t.Report(m.Run().Tokenizer, m.PairOptions(n, maxTokens))).ForMeasuring()
}

// PairOptions is how n pairs are drawn; at scale "tiny" no more than 16.
func (m *Model) PairOptions(n, maxTokens int) task.Options {
	if m.Scale() == "tiny" {
		n = min(n, 16)
	}
	return task.Options{N: n, MaxTokens: min(maxTokens, m.Run().Config.Model.Context)}
}

// ShownPair is a held-out pair that is short enough to be read.
func (m *Model) ShownPair(t task.Task) task.Example {
	list := m.HeldOut(t, 64, 64)
	for _, e := range list {
		if n := len(e.Prompt); n >= 16 && n <= 32 {
			return e
		}
	}
	return slices.MinFunc(list, func(a, b task.Example) int { return len(a.Prompt) - len(b.Prompt) })
}
