package lab

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/stat"
	"circuitbook/viz"
	"circuitbook/viz/charts"
	"circuitbook/viz/tokenview"
)

// folderParts are the parts of a corpus that reads a folder.
func folderParts(folder string) []corpus.Part {
	return []corpus.Part{{Kind: corpus.KindFolder, Path: folder, Weight: 1}}
}

// Tokens are the most probable tokens after a prompt, most probable first.
type Tokens struct {
	Prompt string
	List   []model.TokenProb
	Note   viz.Note
}

// Next is the ten most probable tokens after a prompt.
func (m *Model) Next(prompt string) Tokens {
	r := m.Run()
	return Tokens{prompt, cell.Must(r.Model.Top(r.Tokenizer, prompt, 10)), m.Note(fmt.Sprintf("After %q", prompt), "")}
}

// Bundle is a table with the probabilities.
func (t Tokens) Bundle() (viz.Bundle, error) {
	table := viz.Table{Note: t.Note, Columns: []viz.Column{{Name: "token"}, {Name: "probability", Format: "%.3f", Bar: true, Max: 1}}}
	for _, x := range t.List {
		table.Rows = append(table.Rows, []any{fmt.Sprintf("%q", x.Text), x.P})
	}
	return table.Bundle()
}

// Generated are prompts with what models wrote after them.
type Generated struct{ tokenview.Samples }

// Generate writes on from prompts, 40 tokens each or up to the end of a text, always the
// most probable one.
func (m *Model) Generate(prompts ...string) Generated {
	r := m.Run()
	g := Generated{tokenview.Samples{Note: m.Note("Greedy continuations", "Prompt in bold, the model's own text behind it.")}}
	for _, p := range prompts {
		text := cell.Must(r.Model.Generate(r.Tokenizer, p, model.GenerateOptions{Tokens: 40, Stop: []int32{r.Tokenizer.EOT()}}))
		g.Items = append(g.Items, tokenview.Sample{Name: m.short(), Prompt: p, Completion: text})
	}
	return g
}

// Losses is the loss over the steps of training, in nats per token, of this model and
// others.
func (m *Model) Losses(others ...*Model) charts.Plot {
	p := charts.Plot{Note: m.Note("Losses over training", "Points are single batches, lines their running mean."), X: charts.Axis{Label: "step"},
		Panels: []charts.Panel{{Y: charts.Axis{Label: "training loss, nats per token"}}, {Y: charts.Axis{Label: "validation loss"}}, {Y: charts.Axis{Label: "nonzero weights (L0)", Log: true}}}}
	for _, x := range append([]*Model{m}, others...) {
		r := x.Run()
		loss, valid, l0 := charts.Series{Name: x.short(), Smooth: max(1, len(r.Metrics)/50)}, charts.Series{Name: x.short()}, charts.Series{Name: x.short()}
		for _, s := range r.Metrics {
			at := float64(s.Step)
			loss.X, loss.Y = append(loss.X, at), append(loss.Y, s.Loss)
			l0.X, l0.Y = append(l0.X, at), append(l0.Y, float64(s.L0))
			if s.Valid != nil {
				valid.X, valid.Y = append(valid.X, at), append(valid.Y, *s.Valid)
			}
		}
		for i, s := range []charts.Series{loss, valid, l0} {
			p.Panels[i].Series = append(p.Panels[i].Series, s)
		}
	}
	return p
}

// LossOn is the loss on a text of one's own, in nats per token with its interval over
// windows: a .py or .txt file, a folder of .py files, or the text itself.
func (m *Model) LossOn(text string) cell.Estimate {
	r := m.Run()
	ids := r.Tokenizer.Encode(cell.Must(read(text)))
	var losses []float64
	for length := r.Config.Model.Context; len(ids) > 1; {
		n := min(len(ids), length)
		losses = append(losses, cell.Must(windowLoss(r.Model, ids[:n])))
		ids = ids[n-1:]
		if n < length {
			break
		}
	}
	if len(losses) == 0 {
		cell.End(fmt.Errorf("a text of fewer than two tokens has no loss"))
	}
	return cell.Estimate{Estimate: stat.Mean(losses), Of: "loss", Unit: "nats per token"}
}

// here is the folder that files are looked for in, the notebook's.
func here() string {
	dir, err := os.Getwd()
	if err != nil {
		return "the notebook's folder"
	}
	return dir
}

// read is the text of a file or a folder, or text itself.
func read(text string) (string, error) {
	info, err := os.Stat(text)
	if err != nil {
		if ext := filepath.Ext(text); ext == ".py" || ext == ".txt" {
			return "", fmt.Errorf("there is no file %s in %s; LossOn takes a .py or .txt file, a folder of .py files, or the text itself", text, here())
		}
		return text, nil
	}
	files := []string{text}
	if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(text, "*.py")); err != nil {
			return "", err
		}
		if len(files) == 0 {
			return "", fmt.Errorf("%s holds no .py file", text)
		}
	}
	all := ""
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		all += string(data)
	}
	return all, nil
}

// windowLoss is the mean loss of a window's tokens but the first, nats per token.
func windowLoss(m *model.Model, ids []int32) (float64, error) {
	rec, err := m.Record([][]int32{ids}, []model.Site{model.Logits})
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for i, next := range ids[1:] {
		sum += negLog(rec.Activations[0].At(0, i), next)
	}
	return sum / float64(len(ids)-1), nil
}

// negLog is −log of the probability that logits give a token.
func negLog(logits []float32, token int32) float64 {
	top := math.Inf(-1)
	for _, l := range logits {
		top = max(top, float64(l))
	}
	sum := 0.0
	for _, l := range logits {
		sum += math.Exp(float64(l) - top)
	}
	return top + math.Log(sum) - float64(logits[token])
}
