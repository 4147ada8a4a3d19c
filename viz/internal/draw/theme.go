package draw

// A Role is what a colour is for. The two hues for sign and the series palette are those that
// people with the common colour deficiencies tell apart (after Okabe and Ito), a step darker or
// lighter where contrast asks for it; none carries a meaning alone.
type Role uint8

const (
	// None draws nothing.
	None Role = iota
	// Paper is the opaque ground: figures are legible on any page.
	Paper
	// Ink is for text and what matters.
	Ink
	// Muted is for labels and axes.
	Muted
	// Faint is for grids and frames.
	Faint
	// Wash is a surface a little off the paper.
	Wash
	// Positive and Negative are for sign, always with a second channel.
	Positive
	// Negative is the other sign.
	Negative
	// Series0 is the first of the colours for series; Series0+1 … Series0+5 follow.
	Series0
	Series1
	series2
	series3
	series4
	series5
	Roles
)

// SeriesCount is how many series have a colour of their own; then dashes change.
const SeriesCount = int(series5-Series0) + 1

// Palette holds, by role, the colour on a light and on a dark ground, and the class's name.
var Palette = [Roles]struct{ Light, Dark, Class string }{
	Paper:    {"#ffffff", "#14181d", "paper"},
	Ink:      {"#1b2026", "#e8ebee", "ink"},
	Muted:    {"#58626d", "#a3adb8", "muted"},
	Faint:    {"#dde2e7", "#2e363f", "faint"},
	Wash:     {"#f4f6f8", "#1c2229", "wash"},
	Positive: {"#0068a8", "#5cb8f2", "pos"},
	Negative: {"#c24a00", "#ff9a56", "neg"},
	Series0:  {"#0068a8", "#5cb8f2", "s0"},
	Series1:  {"#c24a00", "#ff9a56", "s1"},
	series2:  {"#00805c", "#3fcf9f", "s2"},
	series3:  {"#a8467f", "#e893c4", "s3"},
	series4:  {"#8a6a00", "#e3c04b", "s4"},
	series5:  {"#51606f", "#b4c1cd", "s5"},
}

// fonts are asked for in this order; an SVG shown as an image has only the system's.
const (
	sansFonts = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
	monoFonts = "ui-monospace, Menlo, Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace"
)

// Sizes in pixels.
const (
	PlotWidth = 760.0 // of every figure
	Margin    = 16.0  // around it
	LabelSize = 12.0
	TickSize  = 11.0
	TitleSize = 15.0
)
