package stat

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawn draws scores with ties, of both kinds.
func drawn(t *rapid.T) (scores []float64, positive []bool) {
	n := rapid.IntRange(2, 60).Draw(t, "n")
	for range n {
		scores = append(scores, float64(rapid.IntRange(-4, 4).Draw(t, "score"))/2)
		positive = append(positive, rapid.Bool().Draw(t, "positive"))
	}
	positive[0], positive[n-1] = true, false
	return scores, positive
}

func TestAUC(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores, positive := drawn(t)
		got, err := AUC(scores, positive)
		if err != nil {
			t.Fatal(err)
		}
		pairs, inOrder := 0.0, 0.0
		for i, p := range positive {
			for j, q := range positive {
				if !p || q {
					continue
				}
				pairs++
				switch {
				case scores[i] > scores[j]:
					inOrder++
				case scores[i] == scores[j]:
					inOrder += .5
				}
			}
		}
		if want := inOrder / pairs; math.Abs(got-want) > 1e-12 {
			t.Fatalf("%v, by counting pairs %v", got, want)
		}
		// Only the order counts, and changing the kinds or the sign turns it round.
		curved, turned, others := make([]float64, len(scores)), make([]float64, len(scores)), make([]bool, len(scores))
		for i, s := range scores {
			curved[i], turned[i], others[i] = math.Exp(3*s)-7, -s, !positive[i]
		}
		if c, _ := AUC(curved, positive); c != got {
			t.Fatalf("%v after a monotone map, %v before", c, got)
		}
		a, _ := AUC(turned, positive)
		b, _ := AUC(scores, others)
		if math.Abs(a-(1-got)) > 1e-12 || math.Abs(b-(1-got)) > 1e-12 {
			t.Fatalf("%v; turned round %v and %v", got, a, b)
		}
	})
}

func TestAUCAtTheEdges(t *testing.T) {
	for _, c := range []struct {
		scores   []float64
		positive []bool
		want     float64
	}{
		{[]float64{1, 2}, []bool{false, true}, 1},
		{[]float64{1, 2}, []bool{true, false}, 0},
		{[]float64{1, 1}, []bool{true, false}, .5},
		{[]float64{math.Inf(-1), 0, math.Inf(1)}, []bool{false, true, true}, 1},
		{[]float64{0, math.Copysign(0, -1)}, []bool{true, false}, .5},
	} {
		if got, err := AUC(c.scores, c.positive); err != nil || got != c.want {
			t.Errorf("%v: %v, %v", c, got, err)
		}
	}
	for want, c := range map[string]struct {
		scores   []float64
		positive []bool
	}{
		"2 scores for 1 cases":         {[]float64{1, 2}, []bool{true}},
		"2 of 2 cases are positive":    {[]float64{1, 2}, []bool{true, true}},
		"0 of 2 cases are positive":    {[]float64{1, 2}, []bool{false, false}},
		"0 of 0 cases are positive":    {nil, nil},
		"score 1 is NaN; leave it out": {[]float64{1, math.NaN()}, []bool{true, false}},
	} {
		if _, err := AUC(c.scores, c.positive); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
		if _, err := AUCInterval(c.scores, c.positive, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("interval: %v, want %q", err, want)
		}
	}
}

// normal draws n cases of which half are positive and larger by shift.
func normal(rng *rand.Rand, n int, shift float64) (scores []float64, positive []bool) {
	for i := range n {
		positive = append(positive, i%2 == 0)
		s := rng.NormFloat64()
		if i%2 == 0 {
			s += shift
		}
		scores = append(scores, s)
	}
	return scores, positive
}

// TestAUCIntervalCovers: the true area, which for two normal kinds one deviation
// apart is Φ(1/√2) = 0.7602, lies in about 95 of 100 intervals, and their width
// is the one that Hanley and McNeil's formula expects.
func TestAUCIntervalCovers(t *testing.T) {
	const truth, n = 0.76025, 120
	rng := rand.New(rand.NewPCG(5, 6))
	covered, width := 0, 0.0
	const trials = 120
	for range trials {
		scores, positive := normal(rng, n, 1)
		e, err := AUCInterval(scores, positive, nil)
		if err != nil || e.Lo > e.Mean || e.Mean > e.Hi {
			t.Fatalf("%+v, %v", e, err)
		}
		if e.Lo <= truth && truth <= e.Hi {
			covered++
		}
		width += (e.Hi - e.Lo) / trials
	}
	if covered < trials*88/100 || covered == trials {
		t.Errorf("%d of %d intervals hold the true area", covered, trials)
	}
	q1, q2, m := truth/(2-truth), 2*truth*truth/(1+truth), float64(n/2)
	se := math.Sqrt((truth*(1-truth) + (m-1)*(q1-truth*truth) + (m-1)*(q2-truth*truth)) / (m * m))
	if want := 2 * 1.96 * se; math.Abs(width-want) > .15*want {
		t.Errorf("the mean width is %v, expected %v", width, want)
	}
}

// TestAUCIntervalOfGroups: a case that occurs many times in its group is no more
// evidence than once.
func TestAUCIntervalOfGroups(t *testing.T) {
	scores, positive := normal(rand.New(rand.NewPCG(7, 8)), 60, 1)
	var many []float64
	var kinds []bool
	var group []int
	for i := range scores {
		for range 5 {
			many, kinds, group = append(many, scores[i]), append(kinds, positive[i]), append(group, 1000-i)
		}
	}
	width := func(scores []float64, positive []bool, group []int) (Estimate, float64) {
		t.Helper()
		e, err := AUCInterval(scores, positive, group)
		if err != nil {
			t.Fatal(err)
		}
		return e, e.Hi - e.Lo
	}
	each, w := width(scores, positive, nil)
	grouped, g := width(many, kinds, group)
	_, without := width(many, kinds, nil)
	if math.Abs(grouped.Mean-each.Mean) > 1e-12 || grouped.N != len(scores) {
		t.Fatalf("%+v, once each %+v", grouped, each)
	}
	if g/w < .8 || g/w > 1.25 {
		t.Errorf("%+v by groups, once each %+v", grouped, each)
	}
	if without/w > .6 {
		t.Errorf("%v wide without groups, once each %v: the test shows nothing", without, w)
	}
	if again, _ := width(many, kinds, group); again != grouped {
		t.Errorf("%v the second time, %v the first", again, grouped)
	}
	if _, err := AUCInterval(scores, positive, []int{1}); err == nil {
		t.Error("too few groups were taken")
	}
	one := make([]int, len(scores))
	if e, w := width(scores, positive, one); w != 0 || e.N != 1 {
		t.Errorf("one group: %+v", e)
	}
	// A group that alone holds all positives is missing in 37 of 100 draws, which
	// are drawn again.
	for i, p := range positive {
		if one[i] = i; p {
			one[i] = -1
		}
	}
	if e, _ := width(scores, positive, one); !(e.Lo < each.Mean && each.Mean < e.Hi) {
		t.Errorf("all positives in one group: %+v", e)
	}
}
