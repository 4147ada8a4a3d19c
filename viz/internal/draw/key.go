package draw

import (
	"math"
)

// A Key draws a legend line by line, each with a name at the left and samples after it.
type Key struct {
	Scene *Scene
	X, Y  float64
	At    float64 // where the next sample goes
	End   float64 // the right edge of all lines
}

const keyColumn = 62.0 // width of the names

func (k *Key) Line(name string) {
	k.Y += 21
	k.At = k.X + keyColumn
	k.Scene.Add(Mark{Shape: Text, X: k.X, Y: k.Y + 4, Text: name, Size: TickSize, Bold: true, Fill: Ink})
}

func (k *Key) Text(t string) {
	k.Scene.Add(Mark{Shape: Text, X: k.At, Y: k.Y + 4, Text: t, Size: TickSize, Fill: Muted})
	k.At += TextWidth(t, TickSize) + 12
	k.End = math.Max(k.End, k.At)
}

// NewKey begins a legend at (x, y).
func NewKey(s *Scene, x, y float64) *Key { return &Key{Scene: s, X: x, Y: y} }
