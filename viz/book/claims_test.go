package book

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestClaims: several claims are one output, and a mistake in one of them leaves
// nothing shown and no name taken.
func TestClaims(t *testing.T) {
	f := newFake(true)
	l := &ledger{keys: map[string]bool{}}
	for _, bad := range [][]Stated{
		{{Name: "a", Value: 1}, {Name: "a", Value: 2}},
		{{Name: "a", Value: 1}, {Name: "b", Value: []int{2}}},
		{{Name: "a", Value: 1.0, Lo: 2, Hi: 3, N: 4}},
		{{Name: "a", Value: 1.0, Lo: 0, Hi: 3, N: -1}},
		{{Name: "a", Value: "text", Lo: 0, Hi: 3, N: 4}},
		{{Name: "a", Value: 1.0, Lo: 0, Hi: 3, N: 4}, {Name: "a_n", Value: 4}},
	} {
		if err := l.claims(&f.stage, bad...); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
	if err := l.claims(&f.stage); err != nil || len(f.sent) > 0 {
		t.Fatalf("none: %v, %d outputs", err, len(f.sent))
	}
	if err := l.claims(&f.stage, Stated{Name: "a", Value: "<b>"}, Stated{"b", 0.5, 0.25, 0.75, 9}); err != nil {
		t.Fatal(err)
	}
	if len(f.sent) != 1 {
		t.Fatalf("%d outputs", len(f.sent))
	}
	got := f.sent[0].forms
	want := map[string]any{"claims": map[string]any{
		"a": map[string]any{"name": "a", "value": "<b>"},
		"b": map[string]any{"name": "b", "value": 0.5, "lo": 0.25, "hi": 0.75, "n": 9}}}
	if d := cmp.Diff(want, got[mimeClaim]); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if got[mimeText] != "a = <b>\nb = 0.5   [0.25, 0.75], n = 9" {
		t.Errorf("text %q", got[mimeText])
	}
	if h := got[mimeHTML].(string); strings.Count(h, "<div>") != 2 || !strings.Contains(h, "<b>&lt;b&gt;</b>") {
		t.Errorf("HTML %s", h)
	}
	if h := got[mimeHTML].(string); strings.Contains(h, "<details>") {
		t.Errorf("two claims are folded: %s", h)
	}
	var many []Stated
	for _, name := range []string{"p", "q", "r", "s", "t"} {
		many = append(many, Stated{Name: name, Value: 1})
	}
	if err := l.claims(&f.stage, many...); err != nil {
		t.Fatal(err)
	}
	if h := f.sent[1].forms[mimeHTML].(string); !strings.HasPrefix(h, "<details><summary>5 numbers stated</summary>") || strings.Count(h, "<div>") != 5 {
		t.Errorf("five claims: %s", h)
	}
	if err := l.claim(&f.stage, "b_lo", 1); err == nil {
		t.Error("b_lo was free")
	}
}
