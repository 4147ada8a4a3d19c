package steer

import (
	"context"
	"testing"
)

// TestProgramsAreShared: a second bridge between models of the same sizes compiles
// nothing anew, and its weights are its own.
func TestProgramsAreShared(t *testing.T) {
	ctx := context.Background()
	curve := func(s *Steerer) *Curve {
		c, err := s.Curve(ctx, channels(t, s, 3), prompts(t, 4), []float64{0, 2})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := curve(steerer(t, run(t, config(t, 1)), run(t, config(t, 2).Dense())))
	n := programs.Len()
	second := curve(steerer(t, run(t, config(t, 3)), run(t, config(t, 4).Dense())))
	if programs.Len() != n || n == 0 {
		t.Errorf("%d programs after one bridge, %d after two of the same sizes", n, programs.Len())
	}
	for i := range first.Points {
		if first.Points[i].Want == second.Points[i].Want {
			t.Errorf("at strength %v two dense models give the answer the same probability, %v", first.Points[i].Strength, first.Points[i].Want.Mean)
		}
	}
}
