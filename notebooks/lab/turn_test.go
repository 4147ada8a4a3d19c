package lab

import (
	"strings"
	"testing"

	"circuitbook/viz"
)

// TestTurn: where nobody can turn a knob every value is drawn once, in order.
func TestTurn(t *testing.T) {
	var drawn []string
	draw := func(s string) viz.Figure {
		drawn = append(drawn, s)
		return viz.Bundle{Text: s + "\n", HTML: s}
	}
	Select("node", []string{"a", "b"}, draw)
	Slider("strength", []float64{0, 0.5}, func(x float64) viz.Figure {
		if x == 0.5 {
			return draw("half")
		}
		return draw("none")
	})
	if strings.Join(drawn, " ") != "a b none half" {
		t.Errorf("drawn: %q", drawn)
	}
	if err := endOf(func() { Slider("strength", nil, nil) }); err == nil || !strings.Contains(err.Error(), "at least one") {
		t.Errorf("without values: %v", err)
	}
}
