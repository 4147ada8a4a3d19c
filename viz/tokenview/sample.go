package tokenview

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"fmt"
	"strings"
)

// A Sample is a piece of text that a model went on with. Tokens, where given, must join to the
// text, and their borders are then shown.
type Sample struct {
	Name                           string // such as the model that wrote it
	Prompt, Completion             string
	PromptTokens, CompletionTokens []string
}

// Samples shows what was asked and what was written: the prompt in bold type, the model's own
// text on a tinted ground, in plain text marked by « and ». White space is visible: · for a space,
// → for a tab, ⏎ before a line's end; other control characters as [Visible] has them.
type Samples struct {
	viz.Note
	Items []Sample
}

// Bundle renders the samples. It refuses tokens that do not join to their text.
func (s Samples) Bundle() (viz.Bundle, error) {
	if len(s.Items) == 0 {
		return viz.Bundle{}, fmt.Errorf("samples %q: %w", s.Title, viz.ErrNoData)
	}
	var h, t strings.Builder
	h.WriteString(`<figure style="margin:0">`)
	if s.Title != "" {
		fmt.Fprintf(&h, `<div style="font-weight:bold">%s</div>`, draw.Esc(s.Title))
	}
	s.WriteHeading(&t)
	for i, it := range s.Items {
		p, err := pieces(it.Prompt, it.PromptTokens)
		if err != nil {
			return viz.Bundle{}, fmt.Errorf("samples %q, item %d (%q), prompt: %w", s.Title, i, it.Name, err)
		}
		c, err := pieces(it.Completion, it.CompletionTokens)
		if err != nil {
			return viz.Bundle{}, fmt.Errorf("samples %q, item %d (%q), completion: %w", s.Title, i, it.Name, err)
		}
		if it.Name != "" {
			fmt.Fprintf(&h, "\n"+`<div style="margin-top:8px">%s</div>`, draw.Esc(it.Name))
			t.WriteString(draw.Visible(it.Name) + "\n")
		}
		h.WriteString("\n" + `<pre style="white-space:pre-wrap;line-height:1.4;margin:2px 0 8px 0"><b>`)
		for k, x := range p {
			tint(&h, x, k, len(it.PromptTokens) > 0, "127,137,147")
		}
		h.WriteString(`</b>`)
		for k, x := range c {
			tint(&h, x, k, len(it.CompletionTokens) > 0, "0,104,168")
		}
		h.WriteString("</pre>")
		t.WriteString(indent(joinText(p, it.PromptTokens) + "«" + joinText(c, it.CompletionTokens) + "»"))
	}
	h.WriteString("\n" + `<small style="opacity:0.75">bold: the prompt; tinted: written by the model; · is a space, → a tab, ⏎ the end of a line</small>`)
	s.WriteHTML(&h, draw.PlotWidth)
	h.WriteString("</figure>\n")
	s.WriteText(&t)
	return viz.Bundle{HTML: h.String(), Text: t.String()}, nil
}

// pieces splits a text into its tokens, or leaves it whole.
func pieces(text string, tokens []string) ([]string, error) {
	if len(tokens) == 0 {
		if text == "" {
			return nil, nil
		}
		return []string{text}, nil
	}
	if got := strings.Join(tokens, ""); got != text {
		return nil, fmt.Errorf("the tokens join to %q, not to the text %q", got, text)
	}
	return tokens, nil
}

// spaced makes white space visible and keeps the line breaks.
func spaced(s string) string {
	v := draw.Visible(strings.ReplaceAll(s, "·", `\u00B7`))
	v = strings.ReplaceAll(v, " ", "·")
	return strings.ReplaceAll(v, "⏎", "⏎\n")
}

// tint writes one piece; neighbouring tokens differ in tint, and have a line between them.
func tint(b *strings.Builder, text string, k int, tokens bool, rgb string) {
	alpha := "0.16"
	if rgb == "127,137,147" {
		alpha = "0.0"
	}
	edge := ""
	if tokens {
		if k%2 == 1 {
			alpha = "0.28"
		}
		edge = ";border-left:1px solid rgba(127,137,147,0.6)"
	}
	fmt.Fprintf(b, `<span style="background-color:rgba(%s,%s)%s">%s</span>`, rgb, alpha, edge, esc2(spaced(text)))
}

// esc2 escapes text that spaced has made visible, keeping the line breaks it put in.
func esc2(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = draw.Esc(lines[i])
	}
	return strings.Join(lines, "\n")
}

func joinText(pieces, tokens []string) string {
	out := make([]string, len(pieces))
	for i, p := range pieces {
		out[i] = spaced(p)
	}
	if len(tokens) > 0 {
		return strings.Join(out, "|")
	}
	return strings.Join(out, "")
}

func indent(s string) string { return "  " + strings.ReplaceAll(s, "\n", "\n  ") + "\n" }
