package brackets

import (
	"fmt"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/contrast"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/stat"
	"circuitbook/viz"
	"circuitbook/viz/tokenview"
)

// recordOf is a site of a model on one sequence.
func recordOf(m model.Recorder, tokens []int32, site string) (model.Activation, error) {
	rec, err := m.Record([][]int32{tokens}, []model.Site{model.Site(site)})
	if err != nil {
		return model.Activation{}, err
	}
	return rec.Activations[0], nil
}

func (w MainPath) head() string { return fmt.Sprintf("%d.%d", w.Head.Layer, w.Head.Head) }

// Looks shows where the head of the value looks from the last token, on both sides of a pair,
// and asks whether what it brings is an average: by its correlation with the plain mean of the
// value over all tokens, with depth over length, and with depth alone, where the first side of
// a pair has twice the depth of the second. Numbers are average_r_mean_SIDE_MODEL,
// average_r_depth_over_length_SIDE_MODEL and average_r_depth_SIDE_MODEL, of both sides together
// and of each.
func (w MainPath) Looks() (r cell.Result) {
	if !w.Found() {
		return w.none()
	}
	c := w.Circuit
	run, e, views := c.Model().Run(), c.Model().ShownPair(w.task()), w.Circuit.Views()
	for s, tokens := range [][]int32{e.Prompt, e.Counter} {
		strip := tokenview.AttentionStrip{Note: c.Note(fmt.Sprintf("Head %s from the last token, %s", w.head(), w.Sides[s]), "In the circuit alone and in the whole model; the sink's share comes first."),
			Tokens: cell.Must(run.Tokenizer.Texts(tokens)), Sink: run.Config.Model.Sink, Scale: 1}
		for _, m := range views {
			a := cell.Must(recordOf(m.Reader, tokens, string(model.At(w.Head.Layer, model.AttnPattern))))
			pattern := cell.Must(tokenview.Pattern(a.Shape, a.Data, 0, w.Head.Head))[len(tokens)-1]
			strip.Rows = append(strip.Rows, tokenview.AttentionRow{Name: m.Claim, Query: len(tokens) - 1, Weights: pattern})
		}
		r.Show(strip)
	}
	list, sides := w.pairs(128, 64)
	t := viz.Table{Note: c.Note("Is it an average?", fmt.Sprintf("Pearson's r of what head %s brings to the last token by %s, with three quantities, over %d held-out pairs.", w.head(), w.Value, len(list))),
		Columns: []viz.Column{{Name: "in"}, {Name: "prompts"}, {Name: "mean of the value over all tokens", Format: "%+.3f"}, {Name: "depth over length", Format: "%+.3f"}, {Name: "depth", Format: "%+.3f"}}}
	for _, m := range views {
		brought, other := map[string][]float64{}, [3]map[string][]float64{{}, {}, {}}
		for s, side := range sides {
			x := cell.Must(contrast.Brings(m.Reader, side.Prompts, nodeOf(w.Value)))
			for i, v := range x.Value {
				for _, of := range []string{w.Sides[s], "both"} {
					brought[of] = append(brought[of], v)
					for k, y := range []float64{x.Mean[i], float64(2-s) / x.Tokens[i], float64(2 - s)} {
						other[k][of] = append(other[k][of], y)
					}
				}
			}
		}
		for _, of := range []string{"both", w.Sides[0], w.Sides[1]} {
			row := []any{m.Name, of}
			for k, name := range []string{"mean", "depth_over_length", "depth"} {
				v, ok := contrast.Correlation(brought[of], other[k][of])
				if !ok {
					row = append(row, nil)
					continue
				}
				row = append(row, v)
				r.State(fmt.Sprintf("average_r_%s_%s_%s", name, of, m.Claim), v)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	r.Show(t)
	return r
}

// Average changes where the head looks: with its queries at zero it averages over all tokens
// and its sink alike, and with the keys of the opening token exchanged it has lost what tells
// the sides apart. P is that of the first side's answer. Numbers are head_CHANGE_SIDE_MODEL,
// of none, average and keys, and head_share_open_SIDE_MODEL, the share of the last token's
// attention that the opening token has.
func (w MainPath) Average() (r cell.Result) {
	if !w.Found() {
		return w.none()
	}
	c := w.Circuit
	sink, shape := c.Model().Run().Config.Model.Sink, c.Data().Model
	list, sides := w.pairs(128, 64)
	answer := w.answer(list[0].Target)
	t := viz.Table{Note: c.Note(fmt.Sprintf("Where head %s looks", w.head()), fmt.Sprintf("Means over %d held-out pairs. Shares are of the attention of the last token. P with its 95 %% interval.", len(list))),
		Columns: []viz.Column{{Name: "in"}, {Name: "prompt"}, {Name: "change"}, {Name: "to the sink", Format: "%.3f"}, {Name: "to the opening token", Format: "%.3f"},
			{Name: "P(" + answer + ")", Format: "%.3f", Bar: true, Max: 1}, {Name: "from", Format: "%.3f"}, {Name: "to", Format: "%.3f"}}}
	for _, m := range w.Circuit.Views() {
		for s, own := range sides {
			other := sides[1-s]
			keys := cell.Must(contrast.Site(m.Reader, other.Prompts, model.At(w.Head.Layer, model.AttnKey), other.Open))
			for _, y := range []struct {
				name, claim string
				do          contrast.Change
			}{
				{"none", "none", contrast.Head(shape, w.Head, false, nil, nil)},
				{"queries at zero: an average", "average", contrast.Head(shape, w.Head, true, nil, nil)},
				{"keys of the opening token exchanged", "keys", contrast.Head(shape, w.Head, false, keys, own.Open)},
			} {
				a := cell.Must(contrast.Attend(m.Reader, own, list[0], w.Head, sink, y.do))
				e, open := stat.Mean(a.P), stat.Mean(a.Open).Mean
				t.Rows = append(t.Rows, []any{m.Name, w.Sides[s], y.name, stat.Mean(a.Sink).Mean, open, e.Mean, e.Lo, e.Hi})
				r.State(fmt.Sprintf("head_%s_%s_%s", y.claim, w.Sides[s], m.Claim), e)
				if y.claim == "none" {
					r.State(fmt.Sprintf("head_share_open_%s_%s", w.Sides[s], m.Claim), open)
				}
			}
		}
	}
	r.Show(t)
	return r
}
