package main

import "testing"

func TestParseLoad(t *testing.T) {
	for text, want := range map[string]float64{
		"0.52 0.58 0.59 1/1211 4242\n": 0.52, "17": 17,
		"": -1, "x": -1, "-3 1": -1, "NaN": -1, "1e300": -1,
	} {
		if got := parseLoad(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestNewMachine(t *testing.T) {
	m := newMachine()
	if m.Cores < 1 || m.System == "" || m.Started.IsZero() {
		t.Errorf("%+v", m)
	}
}
