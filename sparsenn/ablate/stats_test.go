package ablate

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/train/traintest"
)

// TestMeasure: means and deviations are those of the recorded activations over
// the same windows; the second call loads what the first measured.
func TestMeasure(t *testing.T) {
	t.Setenv(artifact.RootVariable, t.TempDir())
	run := untrained(t)
	s, err := Measure(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	data, err := corpus.Open(context.Background(), run.Config.Corpus, nil)
	if err != nil {
		t.Fatal(err)
	}
	n := run.Config.SeqLen
	windows := data.Train.Windows(statsWindows, n)
	if s.Tokens != len(windows) {
		t.Errorf("%d tokens, want %d", s.Tokens, len(windows))
	}
	sites := []model.Site{"0.attn.act_in", "0.attn.y", "0.mlp.post_act", "0.mlp.resid_delta", model.FinalResid}
	rec, err := run.Model.Record(slices.Collect(slices.Chunk(windows, n)), sites)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range rec.Activations {
		w := a.Shape[2]
		for ch := range w {
			sum, squares := 0.0, 0.0
			for i := ch; i < len(a.Data); i += w {
				sum += float64(a.Data[i])
				squares += float64(a.Data[i]) * float64(a.Data[i])
			}
			mean := sum / float64(s.Tokens)
			dev := math.Sqrt(max(0, squares/float64(s.Tokens)-mean*mean))
			if m := float64(s.Mean[string(a.Site)][ch]); math.Abs(m-mean) > 1e-4*(1+math.Abs(mean)) {
				t.Fatalf("%s[%d]: mean %v, want %v", a.Site, ch, m, mean)
			}
			if d := float64(s.Dev[string(a.Site)][ch]); math.Abs(d-dev) > 1e-3*(1+dev) {
				t.Fatalf("%s[%d]: deviation %v, want %v", a.Site, ch, d, dev)
			}
		}
	}

	run.Config.Corpus = corpus.Config{} // whatever needs the text now fails
	again, err := Measure(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	for site, v := range s.Mean {
		if !slices.Equal(v, again.Mean[site]) || !slices.Equal(s.Dev[site], again.Dev[site]) {
			t.Errorf("%s is loaded otherwise", site)
		}
	}
	sp, err := NewSpace(run.Config.Model, true)
	if err != nil {
		t.Fatal(err)
	}
	if f := s.Flat(sp); len(f) != sp.Len() || f[0] != s.Mean["0.attn.act_in"][0] {
		t.Errorf("the flat means are %d of %d", len(f), sp.Len())
	}
	live := s.Live(sp)
	for i, d := range flat(s.Dev, sp) {
		if live[i] != (d > 0) {
			t.Fatalf("%s with deviation %v: live is %v", sp.Node(i), d, live[i])
		}
	}
}

func TestMeasureStops(t *testing.T) {
	t.Setenv(artifact.RootVariable, t.TempDir())
	run := untrained(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Measure(ctx, run); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("%v", err)
	}
	root, err := artifact.Root()
	if err != nil {
		t.Fatal(err)
	}
	if files, _ := filepath.Glob(filepath.Join(root, "*", "checkpoint-*")); len(files) > 0 {
		t.Errorf("it left %v", files)
	}
}

// TestMeasureDamage: a damaged artifact is measured anew.
func TestMeasureDamage(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(artifact.RootVariable, dir)
	run := untrained(t)
	want, err := Measure(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, statsKind+"-*", "checkpoint-*", statsFile))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	if err := os.Truncate(files[0], 100); err != nil {
		t.Fatal(err)
	}
	got, err := Measure(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Mean["0.attn.q"], want.Mean["0.attn.q"]) {
		t.Error("other means after the damage")
	}
}

// TestMeasureIsOfTheWeights: means belong to the weights they were measured on, not
// to whatever has the run's name.
func TestMeasureIsOfTheWeights(t *testing.T) {
	t.Setenv(artifact.RootVariable, t.TempDir())
	run := untrained(t)
	before, err := Measure(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	after, err := Measure(context.Background(), traintest.Moved(t, run, "transformer.wte.weight"))
	if err != nil {
		t.Fatal(err)
	}
	if slices.Equal(before.Mean["0.attn.act_in"], after.Mean["0.attn.act_in"]) {
		t.Error("the means of other weights were loaded")
	}
}
