package draw

import (
	"fmt"
	"math"
	"strconv"
)

// A Scene is a picture as data: a size in pixels, what it is called and shows, and its marks in
// drawing order. A figure makes a Scene without any drawing library, so tests can look at marks
// instead of pixels. [Scene.SVG] turns it into bytes that depend on nothing else.
type Scene struct {
	Width, Height float64
	Title         string // one line: what it is
	Desc          string // what a person who cannot see it should know
	Marks         []Mark
}

// Shape says which fields of a Mark count.
type Shape uint8

const (
	// Rect spans W×H pixels from its upper left corner (X, Y); R rounds the corners.
	Rect Shape = iota
	// Line goes from (X, Y) to (X+W, Y+H).
	Line
	// Circle has its centre at (X, Y) and the radius R.
	Circle
	// Path draws D, made by a [Pen].
	Path
	// Text stands with its baseline at (X, Y). With a Stroke it has a halo of that colour behind it,
	// Width wide, so that it can be read on top of lines.
	Text
)

// Anchor says which point of a Text mark (X, Y) is.
type Anchor uint8

const (
	// Start puts (X, Y) at the beginning of the text.
	Start Anchor = iota
	// Middle centres the text at (X, Y).
	Middle
	// End puts (X, Y) at the end of the text.
	End
)

// A Mark is one thing drawn. Colours are roles, so that light and dark are one Scene.
type Mark struct {
	Shape      Shape
	X, Y, W, H float64
	R          float64
	D          string // Path only
	Text       string // Text only; shown as [Visible] has it
	Size       float64
	Anchor     Anchor
	Bold, Mono bool
	Fill       Role
	Stroke     Role
	Width      float64   // of the stroke, in pixels; 0 is 1
	Dash       []float64 // lengths of dashes and gaps, in pixels
	Opacity    float64   // 0 is opaque, as is 1
	Tip        string    // tooltip, and what a screen reader says of the mark
}

// Num writes a coordinate: at most two decimals, no trailing zeros, never -0.
func Num(v float64) string {
	v = math.Round(v*100) / 100
	if v == 0 {
		v = 0
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// check refuses a mark that has no place on the page.
func (m *Mark) check(i int) error {
	for _, v := range [...]float64{m.X, m.Y, m.W, m.H, m.R, m.Size, m.Width, m.Opacity} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("mark %d (%q): %w", i, m.Tip+m.Text, ErrNotFinite)
		}
	}
	if m.W < 0 && m.Shape == Rect || m.H < 0 && m.Shape == Rect || m.R < 0 || m.Opacity < 0 || m.Opacity > 1 {
		return fmt.Errorf("mark %d (%q): negative size or opacity out of [0, 1]", i, m.Tip+m.Text)
	}
	for j := 0; j < len(m.D); j++ {
		switch c := m.D[j]; {
		case c >= '0' && c <= '9', c == '.', c == '-', c == ' ':
		case c == 'M', c == 'm', c == 'L', c == 'l', c == 'H', c == 'h', c == 'V', c == 'v', c == 'c', c == 'Z':
		default:
			return fmt.Errorf("mark %d: path holds %q, which a Pen does not write", i, c)
		}
	}
	return nil
}

// A Pen writes path data with one decimal. Each move, line and curve is relative to the one before, which
// is shorter; positions are rounded before they are subtracted, so errors do not add up.
type Pen struct {
	b              []byte
	x, y           int // where it stands, in tenths of a pixel
	startX, startY int // where the outline began
}

func tenth(v float64) int { return int(math.Round(v * 10)) }

func (p *Pen) put(op byte, vs ...int) {
	p.b = append(p.b, op)
	for i, v := range vs {
		if i > 0 && v >= 0 {
			p.b = append(p.b, ' ')
		}
		if v < 0 {
			p.b = append(p.b, '-')
			v = -v
		}
		if v >= 10 || v == 0 {
			p.b = strconv.AppendInt(p.b, int64(v/10), 10)
		}
		if v%10 != 0 {
			p.b = append(p.b, '.', byte('0'+v%10))
		}
	}
}

// Move lifts the pen to (x, y).
func (p *Pen) Move(x, y float64) {
	nx, ny := tenth(x), tenth(y)
	if len(p.b) == 0 {
		p.put('M', nx, ny)
	} else {
		p.put('m', nx-p.x, ny-p.y)
	}
	p.x, p.y, p.startX, p.startY = nx, ny, nx, ny
}

// To draws a straight line to (x, y).
func (p *Pen) To(x, y float64) {
	nx, ny := tenth(x), tenth(y)
	switch {
	case ny == p.y:
		p.put('h', nx-p.x)
	case nx == p.x:
		p.put('v', ny-p.y)
	default:
		p.put('l', nx-p.x, ny-p.y)
	}
	p.x, p.y = nx, ny
}

// Curve draws a cubic Bézier curve to (x, y), drawn towards (x1, y1) at its start and coming from
// (x2, y2) at its end.
func (p *Pen) Curve(x1, y1, x2, y2, x, y float64) {
	nx, ny := tenth(x), tenth(y)
	p.put('c', tenth(x1)-p.x, tenth(y1)-p.y, tenth(x2)-p.x, tenth(y2)-p.y, nx-p.x, ny-p.y)
	p.x, p.y = nx, ny
}

// Close ends an outline where it began.
func (p *Pen) Close() { p.b = append(p.b, 'Z'); p.x, p.y = p.startX, p.startY }

// String is the path written so far.
func (p *Pen) String() string { return string(p.b) }

// Add appends a mark.
func (s *Scene) Add(m Mark) { s.Marks = append(s.Marks, m) }

// Ground puts the opaque paper behind everything.
func (s *Scene) Ground() {
	s.Marks = append([]Mark{{Shape: Rect, W: s.Width, H: s.Height, Fill: Paper}}, s.Marks...)
}

// Heading writes the title and a line under it, and returns where the figure goes on.
func Heading(s *Scene, title, sub string) float64 {
	y := Margin - 4
	if title != "" {
		y += 18
		s.Add(Mark{Shape: Text, X: Margin, Y: y, Text: Clip(title, TitleSize, s.Width-2*Margin), Size: TitleSize, Bold: true, Fill: Ink})
		y += 4
	}
	for _, l := range Wrap(Visible(sub), 116) {
		y += 15
		s.Add(Mark{Shape: Text, X: Margin, Y: y, Text: l, Size: TickSize, Fill: Muted})
	}
	return y
}
