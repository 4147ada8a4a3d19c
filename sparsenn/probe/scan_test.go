package probe

import (
	"context"
	"errors"
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/train"
)

func untrained(t testing.TB) *train.Result {
	t.Helper()
	c, err := train.Scale("tiny", 1)
	if err != nil {
		t.Fatal(err)
	}
	run, err := train.Untrained(c)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// counted is a recorder that counts the calls and checks their size.
type counted struct {
	*model.Model
	calls, size int
	cancel      func()
}

func (c *counted) Record(tokens [][]int32, sites []model.Site, changes ...model.Intervention) (*model.Recording, error) {
	if c.calls++; c.calls == 2 && c.cancel != nil {
		c.cancel()
	}
	c.size = len(tokens)
	return c.Model.Record(tokens, sites, changes...)
}

// TestScan: what it finds is what recording one window alone finds.
func TestScan(t *testing.T) {
	run := untrained(t)
	stream := corpus.Tokens(run.Tokenizer.Encode(strings.Repeat("print(\"one\", 'two')\nfor x in y:\n    pass\n", 30)))
	windows, err := Cut(stream, 16, 4)
	if err != nil {
		t.Fatal(err)
	}
	if len(windows) <= 2*scanBatch || len(windows)%scanBatch == 0 {
		t.Fatalf("%d windows show nothing", len(windows))
	}
	nodes := []circuit.Node{{Site: "0.mlp.resid_delta", Index: 3}, {Site: "0.attn.v", Index: 17}, {Site: "0.mlp.resid_delta", Index: 0}, {Site: "final_resid", Index: 5}}
	m := &counted{Model: run.Model}
	last := 0
	values, err := Scan(t.Context(), m, windows, nodes, func(done, all int) {
		if done <= last || all != len(windows) || done > all {
			t.Errorf("progress %d of %d after %d", done, all, last)
		}
		last = done
	})
	if err != nil {
		t.Fatal(err)
	}
	if last != len(windows) || m.calls != (len(windows)+scanBatch-1)/scanBatch || m.size != scanBatch {
		t.Errorf("progress ends at %d, %d calls, the last of %d windows", last, m.calls, m.size)
	}
	moved := false
	for w := 0; w < len(windows); w += 13 {
		for i, n := range nodes {
			rec, err := run.Model.Record([][]int32{windows[w].Tokens}, []model.Site{model.Site(n.Site)})
			if err != nil {
				t.Fatal(err)
			}
			for at, got := range values[i][w] {
				want := rec.Activations[0].At(0, at)[n.Index]
				if d := got - want; d > 1e-5 || d < -1e-5 {
					t.Fatalf("%s, window %d, token %d: %v, alone %v", n, w, at, got, want)
				}
				moved = moved || want != values[i][0][0]
			}
		}
	}
	if !moved {
		t.Error("all is equal; the test shows nothing")
	}
	few, err := Scan(t.Context(), m, windows[:3], nodes[:1], nil)
	if err != nil || len(few[0]) != 3 || m.size != 3 {
		t.Errorf("three windows: %v, %v, in batches of %d", few, err, m.size)
	}
}

func TestScanStops(t *testing.T) {
	run := untrained(t)
	windows, err := Cut(make(corpus.Tokens, 16+5*scanBatch), 16, 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	m := &counted{Model: run.Model, cancel: cancel}
	if _, err := Scan(ctx, m, windows, []circuit.Node{{Site: "0.attn.q"}}, nil); !errors.Is(err, context.Canceled) || m.calls != 2 {
		t.Errorf("%v after %d calls", err, m.calls)
	}
}

func TestScanRefuses(t *testing.T) {
	run := untrained(t)
	windows := []Window{{Tokens: []int32{1, 2}}}
	for want, c := range map[string]struct {
		windows []Window
		node    string
		index   int
	}{
		"in 0 windows":            {nil, "0.attn.q", 0},
		"windows 0 to 0: record:": {windows, "3.attn.q", 0},
		"there is no node 0.attn.q[999]: the site has 32 channels": {windows, "0.attn.q", 999},
		"node 0.attn.q[-1]":              {windows, "0.attn.q", -1},
		"its last axis must be channels": {windows, "0.attn.pattern", 0},
		"windows 0 to 1:":                {append(windows, Window{Tokens: []int32{1}}), "0.attn.q", 0},
	} {
		if _, err := Scan(t.Context(), run.Model, c.windows, []circuit.Node{{Site: c.node, Index: c.index}}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := Scan(t.Context(), run.Model, windows, nil, nil); err == nil {
		t.Error("no nodes were taken")
	}
}
