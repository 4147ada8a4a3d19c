package train

import (
	"context"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/tensorfile"
)

// TestOpenRefuses: weights that are no numbers, or of other shapes, are named when a
// run is opened, before anything is computed from them or memory taken for them.
func TestOpenRefuses(t *testing.T) {
	runsIn(t)
	c := small()
	c.Steps = 1
	r, err := Run(context.Background(), c, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	own, err := artifact.OpenDir(r.Dir)
	if err != nil {
		t.Fatal(err)
	}
	checkpoint, _, err := own.Latest()
	if err != nil {
		t.Fatal(err)
	}
	id, err := c.identity(Extension{})
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		say    string
		damage func(s *tensorfile.State)
	}{
		"as it was":        {"", func(*tensorfile.State) {}},
		"NaN, sparse":      {`value 3 is NaN`, func(s *tensorfile.State) { s.Sparse[1].Values[3] = float32(math.NaN()) }},
		"-Inf, sparse":     {`value 0 is -Inf`, func(s *tensorfile.State) { s.Sparse[0].Values[0] = float32(math.Inf(-1)) }},
		"Inf, dense":       {`value 1 is +Inf`, func(s *tensorfile.State) { s.Dense[0].Data.([]float32)[1] = float32(math.Inf(1)) }},
		"NaN in half":      {`value 0 is NaN`, func(s *tensorfile.State) { half(s, 0x7e00) }},
		"a shape of 2⁶⁰":   {"of shape", func(s *tensorfile.State) { s.Sparse[0].Shape = []int{1 << 30, 1 << 30} }},
		"a tensor too few": {"holds no", func(s *tensorfile.State) { s.Sparse = s.Sparse[1:] }},
		"one too many": {"tensors, the model has", func(s *tensorfile.State) {
			s.Sparse = append(s.Sparse, tensorfile.Sparse{Name: "more", Shape: []int{1 << 30, 1 << 20}})
		}},
	} {
		s, err := checkpoint.ReadState(modelFile)
		if err != nil {
			t.Fatal(err)
		}
		x.damage(&s)
		root := t.TempDir()
		a, err := artifact.Lock(root, kind, id)
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]func(io.Writer) error{modelFile: s.Write}
		for _, file := range []string{metricsFile, provenanceFile} {
			text, err := checkpoint.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			files[file] = writeBytes(text)
		}
		if err := a.Save(1, true, files); err != nil {
			t.Fatal(err)
		}
		a.Close()
		t.Setenv(artifact.RootVariable, root)
		_, err = Open(c)
		if (x.say == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), x.say) {
			t.Errorf("%s: %v, want %q", name, err, x.say)
		}
	}
}

// half makes the first dense tensor one of 16 bits, all the same.
func half(s *tensorfile.State, bits uint16) {
	d := &s.Dense[0]
	d.Data, d.DType = slices.Repeat([]uint16{bits}, len(d.Data.([]float32))), tensorfile.F16
}
