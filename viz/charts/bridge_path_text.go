package charts

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"fmt"
	"strings"
)

// numbers tabulates both directions at each boundary, then the models themselves.
func (p *BridgePath) numbers() viz.Table {
	t := viz.Table{Columns: []viz.Column{{Name: "boundary"}, {Name: "way"}, {Name: "NMSE"}, {Name: "cross-entropy"}, {Name: "from"}, {Name: "to"}, {Name: "KL"}, {Name: "from"}, {Name: "to"}}}
	row := func(name, way string, nmse any, l *BridgeLoss) {
		out := []any{name, way, nmse}
		for _, e := range [...]Estimate{l.ce(), l.kl()} {
			out = append(out, e.Value, nil, nil)
			if e.interval() {
				out[len(out)-2], out[len(out)-1] = e.Lo, e.Hi
			}
		}
		t.Rows = append(t.Rows, out)
	}
	for i := range p.Boundaries {
		b := &p.Boundaries[i]
		for _, w := range b.directions() {
			row(b.Site, w.name, w.nmse, w.loss)
		}
	}
	row("", "dense", nil, &p.Dense)
	row("", "sparse", nil, &p.Sparse)
	if p.Limit > 0 {
		t.Rows = append(t.Rows, []any{"", "limit", nil, p.Limit, nil, nil, nil, nil, nil})
	}
	return t
}

// twin draws the path downwards: the sublayers in their order, and between them the two directions
// with their errors and the cross-entropy of the hybrids on one axis: v and ^ the value, - its
// whisker, | a line to compare with.
func (p *BridgePath) twin() string {
	const cols = 44
	lo, hi := draw.Span(p.values(ceOf, p.ceRefs()), false, 0.04)
	x := draw.NewScale(lo, hi, 0, cols-1, false)
	width := 0
	for i := range p.Boundaries {
		width = max(width, draw.Width(draw.ClipColumns(draw.Visible(p.Boundaries[i].Site), 24)))
	}
	var b strings.Builder
	for i := 0; i <= len(p.Boundaries); i++ {
		name, _, _ := p.sublayer(i)
		fmt.Fprintf(&b, "    %s\n", name)
		if i == len(p.Boundaries) {
			break
		}
		site := draw.ClipColumns(draw.Visible(p.Boundaries[i].Site), 24)
		for _, w := range p.Boundaries[i].directions() {
			line := []byte(strings.Repeat(" ", cols))
			for _, r := range p.ceRefs() {
				line[draw.ClampInt(x.At(r.Y), cols)] = '|'
			}
			ce := w.loss.ce()
			if ce.interval() {
				for c := draw.ClampInt(x.At(ce.Lo), cols); c <= draw.ClampInt(x.At(ce.Hi), cols); c++ {
					line[c] = '-'
				}
			}
			line[draw.ClampInt(x.At(ce.Value), cols)] = w.glyph
			fmt.Fprintf(&b, "  %s  %s %c %s │%s│ %s\n", draw.PadRight(site, width), w.link, w.glyph, draw.PadRight(draw.Number3(w.nmse), 6), line, ce.says())
			site = ""
		}
	}
	l, r, mid := draw.Number3(lo), draw.Number3(hi), "cross-entropy"
	gap := max(2, cols-draw.Width(l)-draw.Width(r)-draw.Width(mid))
	fmt.Fprintf(&b, "  %s  %s%s%s%s%s\n", strings.Repeat(" ", width+18), l, strings.Repeat(" ", gap/2), mid, strings.Repeat(" ", gap-gap/2), r)
	b.WriteString("  v dense, then sparse; ^ sparse, then dense; beside it the NMSE of the link\n")
	for _, r := range p.ceRefs() {
		fmt.Fprintf(&b, "  | %s %s\n", r.Name, draw.Number3(r.Y))
	}
	if w := p.intervalWords(); w != "" {
		b.WriteString("  - Whiskers: " + draw.Visible(w) + "\n")
	}
	return b.String()
}

// ceOf and klOf pick one loss.
func ceOf(l *BridgeLoss) Estimate { return l.ce() }
func klOf(l *BridgeLoss) Estimate { return l.kl() }

// ceRefs and klRefs are the lines to compare hybrids with.
func (p *BridgePath) ceRefs() []Ref {
	refs := []Ref{{"dense", p.Dense.CE}, {"sparse", p.Sparse.CE}}
	if p.Limit > 0 {
		refs = append(refs, Ref{"limit", p.Limit})
	}
	return refs
}
func (p *BridgePath) klRefs() []Ref { return []Ref{{"sparse", p.Sparse.KL}} }

// values are all numbers that an axis of one loss has to hold.
func (p *BridgePath) values(of func(*BridgeLoss) Estimate, refs []Ref) []float64 {
	var vals []float64
	for _, r := range refs {
		vals = append(vals, r.Y)
	}
	for i := range p.Boundaries {
		for _, w := range p.Boundaries[i].directions() {
			e := of(w.loss)
			vals = append(vals, e.Value)
			if e.interval() {
				vals = append(vals, e.Lo, e.Hi)
			}
		}
	}
	return vals
}
