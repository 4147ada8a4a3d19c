package probe

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"

	"pgregory.net/rapid"
)

// TestCutAndJoin: every token of a stream belongs to one window, which has it in
// its place, and joined values lie where they were.
func TestCutAndJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stream := corpus.Tokens(rapid.SliceOfN(rapid.Int32Range(0, 99), 1, 80).Draw(t, "stream"))
		length := rapid.IntRange(1, 20).Draw(t, "length")
		fresh := rapid.IntRange(1, length).Draw(t, "fresh")
		windows, err := Cut(stream, length, fresh)
		if err != nil {
			t.Fatal(err)
		}
		values := make([][]float32, len(windows))
		for i, w := range windows {
			if len(w.Tokens) != len(windows[0].Tokens) {
				t.Fatalf("window %d has %d tokens, the first %d", i, len(w.Tokens), len(windows[0].Tokens))
			}
			for _, id := range w.Tokens {
				values[i] = append(values[i], float32(id))
			}
		}
		of, err := Join(windows, values, len(stream))
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range of {
			if x != float64(stream[i]) {
				t.Fatalf("token %d is %v, want %d", i, x, stream[i])
			}
		}
	})
}

// TestScan: the values are those that the model records, window by window, over
// more windows than one call takes.
func TestScan(t *testing.T) {
	m, err := model.New(model.NewConfig(64, 1, 32, 16), 1)
	if err != nil {
		t.Fatal(err)
	}
	var stream corpus.Tokens
	for i := range 8*scanBatch + 40 {
		stream = append(stream, int32(i*7%64))
	}
	windows, err := Cut(stream, 16, 8)
	if err != nil || len(windows) <= scanBatch {
		t.Fatalf("%d windows, %v", len(windows), err)
	}
	nodes := []circuit.Node{{Site: "0.mlp.post_act", Index: 5}, {Site: "0.resid_in", Index: 3}, {Site: "0.mlp.post_act", Index: 9}}
	done := 0
	got, err := Scan(t.Context(), m, windows, nodes, func(d, all int) {
		if d <= done || all != len(windows) {
			t.Errorf("progress %d of %d after %d", d, all, done)
		}
		done = d
	})
	if err != nil || done != len(windows) {
		t.Fatalf("%d done, %v", done, err)
	}
	for _, w := range []int{0, scanBatch, len(windows) - 1} {
		rec, err := m.Record([][]int32{windows[w].Tokens}, []model.Site{"0.mlp.post_act", "0.resid_in"})
		if err != nil {
			t.Fatal(err)
		}
		for i, n := range nodes {
			a, err := rec.Get(model.Site(n.Site))
			if err != nil {
				t.Fatal(err)
			}
			for k := range windows[w].Tokens {
				if d := math.Abs(float64(got[i][w][k] - a.At(0, k)[n.Index])); d > 1e-5 {
					t.Fatalf("%s, window %d, token %d: off by %g", n, w, k, d)
				}
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Scan(ctx, m, windows, nodes, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestScanErrors(t *testing.T) {
	m, err := model.New(model.NewConfig(64, 1, 32, 16), 1)
	if err != nil {
		t.Fatal(err)
	}
	windows, err := Cut(corpus.Tokens{1, 2, 3}, 3, 3)
	if err != nil {
		t.Fatal(err)
	}
	node := func(site string, i int) []circuit.Node { return []circuit.Node{{Site: site, Index: i}} }
	for want, call := range map[string]func() error{
		"0 nodes in 1":        func() error { _, err := Scan(t.Context(), m, windows, nil, nil); return err },
		"1 nodes in 0":        func() error { _, err := Scan(t.Context(), m, nil, node("0.attn.q", 0), nil); return err },
		"node 0.attn.q[32]":   func() error { _, err := Scan(t.Context(), m, windows, node("0.attn.q", 32), nil); return err },
		"layers 0 to 0":       func() error { _, err := Scan(t.Context(), m, windows, node("3.attn.q", 0), nil); return err },
		"the stream is empty": func() error { _, err := Cut(nil, 4, 2); return err },
		"5 fresh ones":        func() error { _, err := Cut(corpus.Tokens{1}, 4, 5); return err },
		"1 windows with":      func() error { _, err := Join(windows, nil, 3); return err },
		"tokens 0 to 3 of 2":  func() error { _, err := Join(windows, [][]float32{{1, 2, 3}}, 2); return err },
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one with %q", err, want)
		}
	}
}
