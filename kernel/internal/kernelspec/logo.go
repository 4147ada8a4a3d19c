package kernelspec

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
)

// The logo, in a square of 64 units: logo-svg.svg draws the same.
var (
	logoBack  = color.NRGBA{0x10, 0x38, 0x4f, 0xff}
	logoEdge  = color.NRGBA{0x8f, 0xd3, 0xe8, 0xff}
	logoNode  = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	logoSpare = color.NRGBA{0x3f, 0x7d, 0x95, 0xff}

	logoNodes = [][2]float64{{16, 18}, {16, 46}, {32, 32}, {48, 18}}
	logoEdges = [][2]int{{0, 2}, {1, 2}, {2, 3}}
)

// logoPNG draws the logo in size × size pixels, each the mean of 4 × 4 points.
func logoPNG(size int) ([]byte, error) {
	const points = 4
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			var r, g, b, a float64
			for i := range points * points {
				c := logoAt(
					(float64(x)+(float64(i%points)+0.5)/points)*64/float64(size),
					(float64(y)+(float64(i/points)+0.5)/points)*64/float64(size))
				weight := float64(c.A)
				r, g, b, a = r+float64(c.R)*weight, g+float64(c.G)*weight, b+float64(c.B)*weight, a+weight
			}
			if a > 0 {
				img.SetNRGBA(x, y, color.NRGBA{
					uint8(r/a + 0.5), uint8(g/a + 0.5), uint8(b/a + 0.5), uint8(a/points/points + 0.5),
				})
			}
		}
	}
	var buf bytes.Buffer
	err := png.Encode(&buf, img)
	return buf.Bytes(), err
}

// logoAt is the logo's colour at a point.
func logoAt(x, y float64) color.NRGBA {
	for _, n := range logoNodes {
		if math.Hypot(x-n[0], y-n[1]) <= 6 {
			return logoNode
		}
	}
	if math.Hypot(x-48, y-46) <= 4 {
		return logoSpare
	}
	for _, e := range logoEdges {
		if segment(x, y, logoNodes[e[0]], logoNodes[e[1]]) <= 2 {
			return logoEdge
		}
	}
	// A square from 2 to 62 with corners of radius 12.
	dx := math.Max(math.Abs(x-32)-18, 0)
	dy := math.Max(math.Abs(y-32)-18, 0)
	if math.Hypot(dx, dy) <= 12 {
		return logoBack
	}
	return color.NRGBA{}
}

// segment is the distance of a point from the line between two others.
func segment(x, y float64, a, b [2]float64) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := ((x-a[0])*dx + (y-a[1])*dy) / (dx*dx + dy*dy)
	t = math.Min(math.Max(t, 0), 1)
	return math.Hypot(x-a[0]-t*dx, y-a[1]-t*dy)
}
