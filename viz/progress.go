package viz

import (
	"circuitbook/viz/internal/draw"
	"fmt"
	"math"
	"strings"
	"time"
)

// Progress is how far a piece of work has come. While Ended is false it is one line; then it is
// drawn as a figure that stays.
type Progress struct {
	Note            // Title is the name of the work
	Done, Total int // steps
	Elapsed     time.Duration
	Rate        float64 // steps a second lately; 0 means Done over Elapsed, below 0 unknown
	Last        string  // what is to be said of the last step, such as its loss
	Ended       bool
}

// Share is how much is done, from 0 to 1; with no Total it is 1 when Ended.
func (p Progress) Share() float64 {
	if p.Total <= 0 {
		if p.Ended {
			return 1
		}
		return 0
	}
	return math.Max(0, math.Min(1, float64(p.Done)/float64(p.Total)))
}

func (p Progress) rate() float64 {
	if p.Rate > 0 {
		return p.Rate
	}
	if p.Elapsed <= 0 || p.Rate < 0 {
		return 0
	}
	return float64(p.Done) / p.Elapsed.Seconds()
}

// Remaining estimates the time left; ok is false while nothing can be said.
func (p Progress) Remaining() (d time.Duration, ok bool) {
	r := p.rate()
	if r <= 0 || p.Total <= 0 || p.Ended {
		return 0, false
	}
	s := float64(max(0, p.Total-p.Done)) / r
	if s > 1e8 {
		return 0, false
	}
	return time.Duration(s * float64(time.Second)), true
}

// Line is the state in one line, without the bar:
// "train: 120 of 2,000 (6 %), 14.2/s, 1m12s, 2m12s left, loss 3.1".
func (p Progress) Line() string {
	var b strings.Builder
	if p.Title != "" {
		b.WriteString(draw.Visible(p.Title) + ": ")
	}
	b.WriteString(draw.Number(float64(p.Done)))
	if p.Total > 0 {
		fmt.Fprintf(&b, " of %s (%.0f %%)", draw.Number(float64(p.Total)), math.Floor(100*p.Share()))
	}
	if r := p.rate(); r > 0 {
		fmt.Fprintf(&b, ", %s/s", draw.Number3(r))
	}
	fmt.Fprintf(&b, ", %s", Duration(p.Elapsed))
	if left, ok := p.Remaining(); ok {
		fmt.Fprintf(&b, ", %s left", Duration(left))
	}
	if p.Last != "" {
		b.WriteString(", " + draw.Visible(p.Last))
	}
	return b.String()
}

// Duration prints d with the precision that a person cares for: "0.4s", "12s", "3m07s", "2h05m".
func Duration(d time.Duration) string {
	switch {
	case d < 0:
		return "0s"
	case d < 10*time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.0fs", math.Min(59, d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

// Live is the state as HTML for a display that is updated in place: no picture, so that it does
// not flicker.
func (p Progress) Live() string {
	const width = 240
	return fmt.Sprintf(`<div style="white-space:nowrap"><span style="display:inline-block;width:%dpx;height:11px;background-color:rgba(127,137,147,0.25);border-radius:3px"><span style="display:block;width:%.0fpx;height:11px;background-color:%s;border-radius:3px"></span></span> %s</div>`,
		width, width*p.Share(), draw.Palette[draw.Series0].Light, draw.Esc(p.Line()))
}

// Bundle draws the state as one small figure.
func (p Progress) Bundle() (Bundle, error) {
	if p.Done < 0 || p.Total < 0 {
		return Bundle{}, fmt.Errorf("progress %q: %d of %d is no state", p.Title, p.Done, p.Total)
	}
	s := &draw.Scene{Width: draw.PlotWidth, Height: 60, Title: p.Title, Desc: p.Line()}
	x, w := draw.Margin, draw.PlotWidth-2*draw.Margin
	says := strings.TrimPrefix(p.Line(), draw.Visible(p.Title)+": ")
	s.Add(draw.Mark{Shape: draw.Text, X: x, Y: 24, Text: draw.Clip(p.Title, 13, 300), Size: 13, Bold: true, Fill: draw.Ink})
	s.Add(draw.Mark{Shape: draw.Text, X: x + w, Y: 24, Text: draw.Clip(says, draw.LabelSize, w-math.Min(300, draw.TextWidth(p.Title, 13))-12), Size: draw.LabelSize, Anchor: draw.End, Fill: draw.Ink})
	s.Add(draw.Mark{Shape: draw.Rect, X: x, Y: 34, W: w, H: 10, R: 3, Fill: draw.Faint, Tip: says})
	if sh := p.Share(); sh > 0 {
		s.Add(draw.Mark{Shape: draw.Rect, X: x, Y: 34, W: math.Max(2, w*sh), H: 10, R: 3, Fill: draw.Series0, Tip: says})
	}
	s.Ground()
	n := p.Note
	n.Title = ""
	return Picture(s, n, "["+draw.Bar(p.Share(), 30)+"] "+p.Line()+"\n")
}
