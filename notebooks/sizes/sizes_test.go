package sizes

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/notebooks/lab/celltest"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMatching: the comparison of notebook 05, from the committed rows.
func TestMatching(t *testing.T) {
	x := Matching{Scale: "laptop", Seeds: 3, Trials: 5}
	states := map[string]any{}
	for _, r := range []cell.Result{x.Models(), x.Tasks(), x.Circuits(), x.Ratio(), x.Targets(), x.Mixing(), x.Others(false)} {
		celltest.Shown(t, r)
		for name, v := range celltest.Claimed(t, r) {
			if _, ok := states[name]; ok {
				t.Errorf("%s is stated twice", name)
			}
			states[name] = v
		}
	}
	if d := states["valid_difference_seed0"].(float64); math.Abs(d) > 0.02 {
		t.Errorf("the losses of a pair differ by %v", d)
	}
	if states["tasks_both"] != 11 || states["missed_sparse"] != 0 || states["match_l0_tasks"] != 6 {
		t.Errorf("%v tasks, %v missed, %v of as many weights", states["tasks_both"], states["missed_sparse"], states["match_l0_tasks"])
	}
	if r := states["edges_ratio"].(float64); r < states["edges_ratio_without_one_lowest"].(float64) || r > states["edges_ratio_without_one_highest"].(float64) {
		t.Errorf("the ratio %v is not among those with a task left out", r)
	}
	path := filepath.Join(t.TempDir(), "rows.csv")
	x.Write(path)
	if text, err := os.ReadFile(path); err != nil || strings.Count(string(text), "\n") != 51 {
		t.Errorf("a table of %d lines, %v", strings.Count(string(text), "\n"), err)
	}
	if r := (Matching{Scale: "laptop", Seeds: 1, Trials: 4}).Others(false); len(r.Numbers) > 6 || !strings.Contains(celltest.Shown(t, r), "not at hand") {
		t.Errorf("what is not there was made: %v", r.Numbers)
	}
}

// TestFrontier: the grid of notebook 06, from the committed rows.
func TestFrontier(t *testing.T) {
	f := Frontier{Scale: "laptop"}
	states := map[string]any{}
	for _, r := range []cell.Result{f.Models(), f.Front(), f.Wider(), f.Recipe()} {
		celltest.Shown(t, r)
		for name, v := range celltest.Claimed(t, r) {
			states[name] = v
		}
	}
	if states["models"] != 20 || states["front"] != 3 || states["width_steps"] != 12 || states["ends"] != 4 {
		t.Errorf("%v models, %v on the front, %v steps, %v ends", states["models"], states["front"], states["width_steps"], states["ends"])
	}
	if states["recipe_whole_difference"] != 0.0 || states["recipe_plain_rate_difference"].(float64) < 0.1 {
		t.Errorf("the recipe differs from itself by %v, without its factor by %v", states["recipe_whole_difference"], states["recipe_plain_rate_difference"])
	}
	path := filepath.Join(t.TempDir(), "rows.json")
	f.Write(path)
	if info, err := os.Stat(path); err != nil || info.Size() < 10000 {
		t.Errorf("%v", err)
	}
}

// TestPlans: both sweeps can be planned at every scale, that of a GPU too, which no other test
// gets to: every model can be built and every circuit looked up, and nothing is made.
func TestPlans(t *testing.T) {
	for scale, want := range map[string][2]int{"tiny": {11, 15}, "laptop": {15, 277}, "paper": {14, 277}} {
		for i, p := range []Plan{(Matching{scale, 3, 5}).Plan(), (Frontier{scale, 0}).Plan()} {
			if p.Points != want[i] || scale == "laptop" && p.Missing != 0 || scale == "paper" && p.Missing != p.Points {
				t.Errorf("%s: %+v, %d points wanted", scale, p, want[i])
			}
			celltest.Shown(t, p)
		}
	}
}
