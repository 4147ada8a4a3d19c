package probe

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestAUC: the share of pairs in order, ties counted half, by counting them.
func TestAUC(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "n")
		scores, positive := make([]float64, n), make([]bool, n)
		for i := range scores {
			scores[i] = float64(rapid.IntRange(-3, 3).Draw(t, "score"))
			positive[i] = rapid.Bool().Draw(t, "positive")
		}
		positive[0], positive[1] = true, false
		inOrder, pairs := 0.0, 0.0
		for i, p := range positive {
			for k, q := range positive {
				if p && !q {
					pairs++
					switch {
					case scores[i] > scores[k]:
						inOrder++
					case scores[i] == scores[k]:
						inOrder += 0.5
					}
				}
			}
		}
		got, err := AUC(scores, positive)
		if err != nil || math.Abs(got-inOrder/pairs) > 1e-12 {
			t.Fatalf("%v, %v; want %v", got, err, inOrder/pairs)
		}
	})
}

// TestAUCInterval: it holds the area, is the same every time, and is wider where
// cases come in groups that agree.
func TestAUCInterval(t *testing.T) {
	var scores []float64
	var positive []bool
	var group []int
	for i := range 200 {
		scores = append(scores, float64(i/10%7))
		positive = append(positive, i/10%3 == 0)
		group = append(group, i/10)
	}
	auc, lo, hi, err := AUCInterval(scores, positive, nil)
	if err != nil || lo > auc || auc > hi || lo == hi {
		t.Fatalf("%v in [%v, %v], %v", auc, lo, hi, err)
	}
	if _, l, h, _ := AUCInterval(scores, positive, nil); l != lo || h != hi {
		t.Error("another interval the second time")
	}
	if _, l, h, err := AUCInterval(scores, positive, group); err != nil || h-l <= hi-lo {
		t.Errorf("grouped [%v, %v], single [%v, %v], %v", l, h, lo, hi, err)
	}
}

func TestAUCErrors(t *testing.T) {
	for want, call := range map[string]func() error{
		"2 scores for 1":     func() error { _, err := AUC([]float64{1, 2}, []bool{true}); return err },
		"2 of 2 cases are":   func() error { _, err := AUC([]float64{1, 2}, []bool{true, true}); return err },
		"score 1 is NaN":     func() error { _, err := AUC([]float64{1, math.NaN()}, []bool{true, false}); return err },
		"2 scores in groups": func() error { _, _, _, err := AUCInterval([]float64{1, 2}, []bool{true, false}, []int{1}); return err },
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one with %q", err, want)
		}
	}
}
