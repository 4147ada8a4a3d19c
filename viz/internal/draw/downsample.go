package draw

import "math"

// Downsample returns the indices, ascending, of at most 4·buckets points that draw the same line
// as all of them: the first, the last, the least and the greatest of each of equally many points.
// Extremes are kept, so a spike of one step stays visible. NaNs in y are kept as the gap they make:
// one index per gap. xs only sets the length; the picture has equally spaced steps.
func Downsample(y []float64, buckets int) []int {
	n := len(y)
	if n <= 4*buckets || buckets < 1 {
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		return all
	}
	out := make([]int, 0, 4*buckets)
	for b := 0; b < buckets; b++ {
		lo, hi := b*n/buckets, (b+1)*n/buckets
		first, last, least, most, gap := -1, -1, -1, -1, -1
		for i := lo; i < hi; i++ {
			if math.IsNaN(y[i]) {
				gap = i
				continue
			}
			if first < 0 {
				first, least, most = i, i, i
			}
			last = i
			if y[i] < y[least] {
				least = i
			}
			if y[i] > y[most] {
				most = i
			}
		}
		// A bucket holds at most four marks: with a gap in it, the first point gives way.
		keep := [4]int{first, least, most, last}
		if gap >= 0 {
			keep[0] = gap
			if last < 0 {
				keep = [4]int{gap, gap, gap, gap}
			}
		}
		sort4(&keep)
		for i, k := range keep {
			if k >= 0 && (i == 0 || k != keep[i-1]) {
				out = append(out, k)
			}
		}
	}
	return out
}

// sort4 sorts four numbers in place.
func sort4(a *[4]int) {
	for i := 1; i < 4; i++ {
		for j := i; j > 0 && a[j] < a[j-1]; j-- {
			a[j], a[j-1] = a[j-1], a[j]
		}
	}
}

// Smooth returns the centred mean of y over window points, narrower at the ends; NaNs are left out
// of the means and stay where they are.
func Smooth(y []float64, window int) []float64 {
	half := window / 2
	out := make([]float64, len(y))
	sum, n := 0.0, 0
	lo, hi := 0, 0 // the window is y[lo:hi]
	for i := range y {
		for ; hi < min(len(y), i+half+1); hi++ {
			if !math.IsNaN(y[hi]) {
				sum, n = sum+y[hi], n+1
			}
		}
		for ; lo < i-half; lo++ {
			if !math.IsNaN(y[lo]) {
				sum, n = sum-y[lo], n-1
			}
		}
		out[i] = math.NaN()
		if !math.IsNaN(y[i]) {
			out[i] = sum / float64(n)
		}
	}
	return out
}
