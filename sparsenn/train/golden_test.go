package train

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"testing"
)

var regen = flag.Bool("regen", false, "rewrite testdata/losses.json")

// TestGoldenLosses holds the maths of a step fixed: ten losses of a sparse and
// of a dense run. Where it fails on purpose, raise recipeVersion and run it with
// -regen; bits may differ between machines, so that a part in a thousand is
// allowed.
func TestGoldenLosses(t *testing.T) {
	type golden struct {
		Recipe int                  `json:"recipe"`
		Losses map[string][]float64 `json:"losses"`
	}
	got := golden{recipeVersion, map[string][]float64{}}
	for name, c := range map[string]Config{"sparse": small(), "dense": small().Dense()} {
		tr, err := newTrainer(c, Extension{})
		if err != nil {
			t.Fatal(err)
		}
		// The second half of the anneal, where projections bite.
		tr.step = c.Steps / 4
		for range 10 {
			m, err := tr.do(tokensFor(c, tr.step))
			if err != nil {
				t.Fatal(err)
			}
			got.Losses[name] = append(got.Losses[name], m.Loss)
		}
	}
	const path = "testdata/losses.json"
	if *regen {
		data, err := json.MarshalIndent(got, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want golden
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	if want.Recipe != recipeVersion {
		t.Fatalf("%s is of recipe %d, the code is at %d: run this test with -regen", path, want.Recipe, recipeVersion)
	}
	for name, losses := range got.Losses {
		if len(want.Losses[name]) != len(losses) {
			t.Fatalf("%s: %d losses, want %d", name, len(losses), len(want.Losses[name]))
		}
		for i, x := range losses {
			if w := want.Losses[name][i]; !(math.Abs(x-w) <= 1e-3*w) {
				t.Errorf("%s, step %d: loss %v, want %v: raise recipeVersion if the maths was meant to change", name, i, x, w)
			}
		}
	}
}
