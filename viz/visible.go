package viz

import "circuitbook/viz/internal/draw"

// MaxSVG is the largest picture in bytes; one that would be larger is an error.
const MaxSVG = draw.MaxSVG

// Visible is a text on one line, in which what XML cannot hold, or what would change how the
// text around it reads, is replaced by a picture of itself: newline ⏎, tab →, other control
// characters and bytes that are no UTF-8 as \xNN or \uNNNN. Figures write tokens so.
func Visible(s string) string { return draw.Visible(s) }
