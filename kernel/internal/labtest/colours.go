package labtest

import "image"

// Colours counts the different colours in the part r of img, up to limit.
func Colours(img image.Image, r image.Rectangle, limit int) int {
	seen := map[[3]uint8]bool{}
	r = r.Intersect(img.Bounds())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			red, green, blue, _ := img.At(x, y).RGBA()
			seen[[3]uint8{uint8(red >> 8), uint8(green >> 8), uint8(blue >> 8)}] = true
			if len(seen) >= limit {
				return limit
			}
		}
	}
	return len(seen)
}
