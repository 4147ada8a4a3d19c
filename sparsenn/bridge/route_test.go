package bridge

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestRoute: a route changes sides at its switches and nowhere else.
func TestRoute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 7).Draw(t, "boundaries")
		r := Route{Start: Side(rapid.Bool().Draw(t, "start"))}
		for i := range n {
			if rapid.Bool().Draw(t, "switch") {
				r.Switches = append(r.Switches, i)
			}
		}
		if err := r.check(n); err != nil {
			t.Fatal(err)
		}
		side, k := r.Start, 0
		for i := range n {
			if k < len(r.Switches) && r.Switches[k] == i {
				side, k = !side, k+1
			}
			if r.At(i) != side {
				t.Fatalf("%s: %s after boundary %d, want %s", r, r.At(i), i, side)
			}
		}
		if r.End() != side {
			t.Fatalf("%s ends in %s, want %s", r, r.End(), side)
		}
		if words := strings.Fields(r.String()); len(words) != 2*len(r.Switches)+1 || words[0] != r.Start.String() || words[len(words)-1] != r.End().String() {
			t.Fatalf("written as %q", r)
		}
	})
}

func TestRouteErrors(t *testing.T) {
	for _, bad := range [][]int{{-1}, {5}, {1, 1}, {2, 1}} {
		if err := (Route{Switches: bad}).check(5); err == nil {
			t.Errorf("switches %v are accepted", bad)
		}
	}
}

// TestRoutes: all mixtures, each once, by the number of their switches.
func TestRoutes(t *testing.T) {
	all := Routes(Sparse, 5)
	seen := map[string]bool{}
	for i, r := range all {
		if err := r.check(5); err != nil {
			t.Error(err)
		}
		if r.Start != Sparse || seen[r.String()] {
			t.Errorf("%s is there twice, or starts elsewhere", r)
		}
		seen[r.String()] = true
		if i > 0 && len(r.Switches) < len(all[i-1].Switches) {
			t.Errorf("%s comes after %s", r, all[i-1])
		}
	}
	if len(all) != 32 {
		t.Errorf("%d routes, want 32", len(all))
	}
	if one := One(Dense, 3); one.String() != "dense 3 sparse" {
		t.Errorf("one switch is %q", one)
	}
}
