package train

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// Card is a run in short, in the forms that a notebook shows as a cell's result.
type Card struct{ HTML, SVG, Text string }

// Bundle is the run's card: what it is and how it ended; circuitbook runs show says where it lies. By this
// method the kernel shows a run that is the value of a cell's last expression.
func (r *Result) Bundle() (Card, error) {
	c, m := r.Config, r.Config.Model
	what := "sparse, " + c.Schedule
	if c.IsDense() {
		what = "dense"
	}
	rows := [][2]string{
		{"model", fmt.Sprintf("%s; %d layers of width %d, vocabulary %d, context %d", what, m.Layers, m.DModel, m.Vocab, m.Context)},
		{"weights", fmt.Sprintf("%d, of which %d are not zero (without the bigram table)", m.Size(false), r.Model.L0())},
		{"training", fmt.Sprintf("%d steps of %d×%d tokens, seed %d", c.Steps, c.Batch, c.SeqLen, c.Seed)},
	}
	if len(r.Metrics) > 0 {
		rows = append(rows, [2]string{"validation loss", fmt.Sprintf("%.4f nats per token", r.Valid())})
	}
	if !c.IsDense() {
		rows = append(rows, [2]string{"supports", fmt.Sprintf("%d not of exactly k positions, over all steps", r.Violations())})
	}
	if s := r.Provenance.WallSeconds; s > 0 {
		rows = append(rows, [2]string{"took", time.Duration(s * float64(time.Second)).Round(time.Second).String()})
	}
	var text, page strings.Builder
	fmt.Fprintf(&text, "run %s\n", r.Name)
	fmt.Fprintf(&page, "<table><caption>run <code>%s</code></caption>", html.EscapeString(r.Name))
	for _, row := range rows {
		fmt.Fprintf(&text, "  %-15s  %s\n", row[0], row[1])
		fmt.Fprintf(&page, `<tr><th style="text-align:left">%s</th><td style="text-align:left">%s</td></tr>`, row[0], html.EscapeString(row[1]))
	}
	page.WriteString("</table>")
	return Card{HTML: page.String(), Text: text.String()}, nil
}
