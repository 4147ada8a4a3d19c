package report

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestSeveralClaims: an output that holds several claims counts as each of them
// alone does, and what is wrong with one is told by its name.
func TestSeveralClaims(t *testing.T) {
	r := New()
	if err := r.Add(cell(t, ClaimType, `{"claims":{"b":{"name":"b","value":2},"a":{"name":"a","value":0.5,"lo":0.25,"hi":1,"n":9}}}`)); err != nil {
		t.Fatal(err)
	}
	text, err := r.Encode(Provenance{})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{"a": 0.5, "a_lo": 0.25, "a_hi": 1, "a_n": 9, "b": 2} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	for text, want := range map[string]string{
		`{"claims":{"b":{"name":"b","value":3}}}`:                            "claim b: b is claimed twice",
		`{"claims":{"c":{"name":"c","value":3},"d":{"name":"d"}}}`:           "claim d has no value",
		`{"claims":{"e":7}}`:                                                 "claim e: ",
		`{"claims":{"f":{"claims":{"g":{"name":"g","value":1}}}}}`:           `the name "" is not`,
		`{"claims":{"h":{"name":"h","value":1},"i":{"name":"h","value":1}}}`: "h is claimed twice",
	} {
		if err := r.Add(cell(t, ClaimType, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
