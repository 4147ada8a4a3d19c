package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/charts"
)

// Data is the text that a model was trained on, as tokens, with what it is made of.
type Data struct {
	*corpus.Corpus
	Note viz.Note
}

// Data opens the text that the model was trained on.
func (m *Model) Data() Data {
	c := cell.Interruptible(func(ctx context.Context) (*corpus.Corpus, error) {
		return corpus.Open(ctx, m.spec.Config.Corpus, nil)
	})
	return Data{c, viz.Note{Title: "What the models read"}}
}

// Bundle is a table of the sources, with their licences and the beginning of the validation
// text, token by token.
func (d Data) Bundle() (viz.Bundle, error) {
	t := viz.Table{Note: d.Note, Columns: []viz.Column{{Name: "part"}, {Name: "files"}, {Name: "bytes"}, {Name: "tokens, training", Bar: true}, {Name: "tokens, validation"}},
		Total: []any{"all", nil, nil, len(d.Train), len(d.Valid)}}
	var licences, pieces []string
	for _, p := range d.Report.Parts {
		t.Rows = append(t.Rows, []any{p.Kind, p.Files, p.Bytes, p.Train, p.Valid})
		for _, s := range p.Sources {
			licences = append(licences, fmt.Sprintf("%s %s (%s)", s.Name, s.Version, s.Licence))
		}
	}
	for _, id := range d.Valid[:min(len(d.Valid), 40)] {
		text, err := d.Tokenizer.Token(id)
		if err != nil {
			return viz.Bundle{}, err
		}
		pieces = append(pieces, text)
	}
	slices.Sort(licences)
	t.Caption = fmt.Sprintf("The validation text begins with the tokens %q.", pieces)
	if len(licences) > 0 {
		t.Caption += " Real text is from " + strings.Join(slices.Compact(licences), ", ") + "."
	}
	return t.Bundle()
}

// Claims are train_tokens and valid_tokens.
func (d Data) Claims() []book.Stated {
	return []book.Stated{{Name: "train_tokens", Value: len(d.Train)}, {Name: "valid_tokens", Value: len(d.Valid)}}
}

// Budget is how many entries of every sparse tensor the model keeps.
func (m *Model) Budget() viz.Table {
	var rows []charts.Tensor
	for _, b := range cell.Must(m.spec.Config.Budget()) {
		rows = append(rows, charts.Tensor{Name: b.Param.Name, Shape: b.Param.Shape, K: b.K, Floor: b.Floor.J, Nonzero: -1})
	}
	return cell.Must(charts.Budget(viz.Note{Title: "The budget of every sparse tensor", Caption: "k positions are kept of each; at least the floor of them at every neuron."}, rows))
}

// Kept is the sum of the budgets: how many entries of all sparse tensors are kept.
func (m *Model) Kept() (sum int) {
	for _, b := range cell.Must(m.spec.Config.Budget()) {
		sum += b.K
	}
	return sum
}

// A Count is the supports of a model as they were counted.
type Count struct {
	Violations int // over all steps and tensors, as the device counted them
	Wrong      int // tensors whose support, in the file, is not of its size
	Table      viz.Table
}

// Recount counts every support of the finished model in its file, and sums up what the
// device counted after every step.
func (m *Model) Recount() Count {
	r := m.Run()
	checkpoint, _, err := cell.Must(artifact.OpenDir(r.Dir)).Latest()
	if err == nil && checkpoint == nil {
		err = fmt.Errorf("%s holds no checkpoint", r.Dir)
	}
	if err != nil {
		cell.End(err)
	}
	state := cell.Must(checkpoint.ReadState("model.safetensors"))
	c := Count{Violations: r.Violations(), Table: viz.Table{Columns: []viz.Column{{Name: "tensor"}, {Name: "k"}, {Name: "steps with exactly k(t)"}, {Name: "stored support"}, {Name: "nonzeros"}}}}
	for i, b := range cell.Must(r.Config.Budget()) {
		s, ok := state.FindSparse(b.Param.Name)
		steps := 0
		for _, x := range r.Metrics {
			if x.Support[i] == x.K[i] && x.Nonzeros[i] <= x.K[i] {
				steps++
			}
		}
		if !ok || len(s.Indices) != b.K || steps != len(r.Metrics) {
			c.Wrong++
		}
		c.Table.Rows = append(c.Table.Rows, []any{strings.TrimPrefix(b.Param.Name, "transformer."), b.K, steps, len(s.Indices), r.Metrics[len(r.Metrics)-1].Nonzeros[i]})
	}
	c.Table.Note = m.Note("Supports, schedule "+r.Config.Schedule, fmt.Sprintf(
		"%d steps; %d violations counted on the device, %d tensors with a wrong support in the file.", len(r.Metrics), c.Violations, c.Wrong))
	return c
}

// Bundle is a table of the supports.
func (c Count) Bundle() (viz.Bundle, error) { return c.Table.Bundle() }

// Claims are violations and wrong_supports.
func (c Count) Claims() []book.Stated {
	return []book.Stated{{Name: "violations", Value: c.Violations}, {Name: "wrong_supports", Value: c.Wrong}}
}

// Weights shows a weight matrix before training and after it, by its tensor's name in the
// model, such as "transformer.h.0.attn.c_proj.weight".
func (m *Model) Weights(tensor string) charts.Matrices {
	r := m.Run()
	start := cell.Must(model.New(r.Config.Model, r.Config.Seed))
	title := tensor
	var layer int
	var rest string
	if n, _ := fmt.Sscanf(tensor, "transformer.h.%d.%s", &layer, &rest); n == 2 {
		title = fmt.Sprintf("%s of layer %d", strings.TrimSuffix(rest, ".weight"), layer)
	}
	return charts.Matrices{Note: m.Note(title, "Before training and after it."), RowName: "out", ColName: "in",
		Panels: []charts.Matrix{cell.Must(matrix(start, tensor, "before")), cell.Must(matrix(r.Model, tensor, "after"))}}
}

// matrix is a parameter as a panel.
func matrix(m *model.Model, name, title string) (charts.Matrix, error) {
	for _, p := range m.Config.Params() {
		if p.Name == name && len(p.Shape) == 2 {
			v, err := m.Values(name)
			return charts.Matrix{Name: title, Rows: p.Shape[0], Cols: p.Shape[1], Values: v}, err
		}
	}
	return charts.Matrix{}, fmt.Errorf("the model has no matrix %q; Run().Model.Config.Params() lists what it has", name)
}
