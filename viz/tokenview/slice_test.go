package tokenview

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func counting(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(i)
	}
	return out
}

func TestChannel(t *testing.T) {
	got, err := Channel([]int{2, 3, 4}, counting(24), 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]float64{14, 18, 22}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for name, c := range map[string]struct {
		shape          []int
		values         int
		batch, channel int
		want           string
	}{
		"axes":     {[]int{2, 3}, 6, 0, 0, "must have 3 axes"},
		"values":   {[]int{2, 3, 4}, 23, 0, 0, "23 values"},
		"negative": {[]int{2, -3, 4}, 24, 0, 0, "no shape"},
		"overflow": {[]int{1 << 31, 1 << 31, 1 << 31}, 0, 0, 0, "no shape"},
		"batch":    {[]int{2, 3, 4}, 24, 2, 0, "sequence 2"},
		"channel":  {[]int{2, 3, 4}, 24, 0, 4, "channel 4"},
		"below":    {[]int{2, 3, 4}, 24, 0, -1, "channel -1"},
	} {
		if _, err := Channel(c.shape, counting(c.values), c.batch, c.channel); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q", name, err, c.want)
		}
	}
}

func TestPattern(t *testing.T) {
	got, err := Pattern([]int{2, 2, 2, 3}, counting(24), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]float64{{12, 13, 14}, {15, 16, 17}}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for _, c := range [][2]int{{2, 0}, {-1, 0}, {0, 2}, {0, -1}} {
		if _, err := Pattern([]int{2, 2, 2, 3}, counting(24), c[0], c[1]); err == nil || !strings.Contains(err.Error(), "of the shape [2 2 2 3]") {
			t.Errorf("sequence %d, head %d: %v", c[0], c[1], err)
		}
	}
	if _, err := Pattern([]int{2, 2, 6}, counting(24), 0, 0); err == nil {
		t.Error("a shape of three axes: no error")
	}
}
