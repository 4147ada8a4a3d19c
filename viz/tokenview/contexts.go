package tokenview

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"fmt"
	"strings"
)

// Contexts shows where in a body of text a node is most and least active, one context a line, the
// token in question boxed and in one column. [SelectContexts] finds them. Tokens that do not fit
// into the line are left out, and … stands for them.
type Contexts struct {
	viz.Note
	Node        string    // its path, such as 0.mlp.post_act[863]
	Top, Bottom []Context // from the greatest value down, and from the least up
	// Quantiles are further contexts from less extreme ranks; see [SelectContexts].
	Quantiles []Quantile
	Scale     float64 // the magnitude of the strongest tint; 0 means the greatest one shown
	Columns   int     // width of a line in columns of type; 0 means 100
}

// A Quantile is where a node stands after that share of all positions, counted from the top and
// from the bottom.
type Quantile struct {
	Fraction    float64 // above 0, below 1
	Top, Bottom []Context
}

// A Context is a token with those around it, and the values of a node at each.
type Context struct {
	Tokens []string
	Values []float64
	At     int // the index of the token in question
	// Stream and Position say where that token stands in the data it comes from.
	Stream, Position int
}

// Strip is the context as a strip of its own, over as many lines as it takes.
func (c Context) Strip(name string) TokenStrip { return Strip(name, c.Tokens, c.Values) }

// Bundle draws the contexts. It refuses tokens without a finite value, an At that is no token, and
// a figure without any context.
func (c Contexts) Bundle() (viz.Bundle, error) {
	sheet, err := c.sheet()
	if err != nil {
		return viz.Bundle{}, err
	}
	return sheet.bundle()
}

// A contextList is one list of contexts under its heading.
type contextList struct {
	name     string
	contexts []Context
}

// lists are all contexts, in the order of the figure.
func (c *Contexts) lists() []contextList {
	out := []contextList{{"top contexts", c.Top}, {"bottom contexts", c.Bottom}}
	for _, q := range c.Quantiles {
		share := "contexts " + draw.Number(draw.Sig3(100*q.Fraction)) + " % from the "
		out = append(out, contextList{share + "top", q.Top}, contextList{share + "bottom", q.Bottom})
	}
	return out
}

func (c *Contexts) check() error {
	if err := checkScale(c.Scale); err != nil {
		return fmt.Errorf("contexts %q: %w", c.Title, err)
	}
	if c.Columns != 0 && (c.Columns < 40 || c.Columns > 400) {
		return fmt.Errorf("contexts %q: a line of %d columns; give 40 to 400, or 0 for %d", c.Title, c.Columns, stripColumns)
	}
	for _, q := range c.Quantiles {
		if !(q.Fraction > 0 && q.Fraction < 1) {
			return fmt.Errorf("contexts %q: a quantile at the fraction %v; give one above 0 and below 1", c.Title, q.Fraction)
		}
	}
	n := 0
	for _, l := range c.lists() {
		for i, x := range l.contexts {
			if err := checkValues(x.Tokens, x.Values); err != nil {
				return fmt.Errorf("contexts %q, %s, context %d: %w", c.Title, l.name, i, err)
			}
			if x.At < 0 || x.At >= len(x.Tokens) {
				return fmt.Errorf("contexts %q, %s, context %d: At is %d, but there are %d tokens", c.Title, l.name, i, x.At, len(x.Tokens))
			}
			n++
		}
	}
	if n == 0 {
		return fmt.Errorf("contexts %q: the node %q has none: %w", c.Title, c.Node, viz.ErrNoData)
	}
	return nil
}

func (c *Contexts) sheet() (*stripSheet, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	var all []Context
	var values [][]float64
	for _, l := range c.lists() {
		all = append(all, l.contexts...)
		for _, x := range l.contexts {
			values = append(values, x.Values)
		}
	}
	out := &stripSheet{note: c.Note, kind: "contexts", width: c.Columns, scale: draw.NewShadeScale(c.Scale, true, values...),
		box: "the token whose value stands at the left", under: "after the value: stream and position in the data; a model sees only what stands left of a token"}
	if out.width == 0 {
		out.width = stripColumns
	}
	grid := newContextGrid(all, out.width)
	var says []string
	for k, l := range c.lists() {
		name := l.name
		if c.Node != "" {
			name += " of " + c.Node
		}
		if len(l.contexts) == 0 {
			if k < 2 {
				says = append(says, l.name+": none.")
				empty := []stripLine{{label: "none"}}
				out.drawn, out.twin = append(out.drawn, stripGroup{name, empty}), append(out.twin, stripGroup{name, empty})
			}
			continue
		}
		out.drawn = append(out.drawn, stripGroup{name, grid.lay(l.contexts, out.scale.Scale, false)})
		out.twin = append(out.twin, stripGroup{name, grid.lay(l.contexts, out.scale.Scale, true)})
		x := &l.contexts[0]
		says = append(says, fmt.Sprintf("%s: %d, first %s at %s.", l.name, len(l.contexts), draw.Number3(x.Values[x.At]), tokenText(x.Tokens[x.At])))
	}
	out.desc = strings.TrimSpace(c.Node + " " + strings.Join(says, " "))
	return out, nil
}

// leftShare is how much of a line may stand before the token in question: more than after it, for
// that is what the model has seen.
const leftShare = 0.68

// contextGrid are the columns that all contexts of a figure share.
type contextGrid struct {
	value     int // width of the values
	from, key int // where the tokens begin, and where the one in question stands
	width     int // of a line
}

// newContextGrid makes room for the longest label, and for the context that has most before its
// token.
func newContextGrid(cs []Context, width int) contextGrid {
	g := contextGrid{width: width}
	left, place := 0, 0
	for i := range cs {
		c := &cs[i]
		n := 0
		for _, t := range c.Tokens[:c.At] {
			n += draw.Width(tokenText(t)) + 1
		}
		left, place = max(left, n), max(place, draw.Width(c.place()))
		g.value = max(g.value, draw.Width(c.value()))
	}
	g.from = g.value + 1 + place + 2
	g.key = g.from + min(left, int(leftShare*float64(max(0, width-g.from))))
	return g
}

func (c *Context) value() string { return draw.Number(draw.Sig3(c.Values[c.At])) }
func (c *Context) place() string { return fmt.Sprintf("%d:%d", c.Stream, c.Position) }

// lay puts each context on a line.
func (g *contextGrid) lay(cs []Context, scale float64, twin bool) []stripLine {
	lines := make([]stripLine, len(cs))
	for i := range cs {
		lines[i] = stripLine{label: draw.PadLeft(cs[i].value(), g.value) + " " + cs[i].place(), cells: cs[i].lay(scale, g.from, g.key, g.width, twin)}
	}
	return lines
}

// lay places as many tokens of a context as fit into the columns [from, to), its own token at at.
func (c *Context) lay(scale float64, from, at, to int, twin bool) []stripCell {
	cell := func(i, column int) stripCell {
		v := c.Values[i]
		t := &stripToken{text: tokenText(c.Tokens[i]), shade: draw.ShadeOf(v, scale), boxed: i == c.At,
			tip: fmt.Sprintf("%s at %d:%d", draw.Number(v), c.Stream, c.Position+i-c.At)}
		text := t.text
		if twin && t.boxed {
			text = "[" + text + "]"
		}
		return stripCell{column: column, width: draw.Width(text), text: text, token: t}
	}
	key := cell(c.At, at)
	var before []stripCell
	left := at
	for i := c.At - 1; i >= 0; i-- {
		x := cell(i, 0)
		if left-1-x.width < from+2 && (i > 0 || left-1-x.width < from) {
			before = append(before, stripCell{column: left - 2, width: 1, text: "…"})
			break
		}
		left -= x.width + 1
		x.column = left
		before = append(before, x)
	}
	var out []stripCell
	for i := len(before) - 1; i >= 0; i-- {
		out = append(out, before[i])
	}
	out = append(out, key)
	right := key.column + key.width + 1
	for i := c.At + 1; i < len(c.Tokens); i++ {
		x := cell(i, right)
		if right+x.width > to-2 && (i < len(c.Tokens)-1 || right+x.width > to) {
			out = append(out, stripCell{column: right, width: 1, text: "…"})
			break
		}
		out = append(out, x)
		right += x.width + 1
	}
	return out
}
