package patch

import (
	"context"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/internal/tinytest"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/verify"
)

// bare is a run whose logits depend on the last residual stream alone.
func bare(t *testing.T) *train.Result {
	return tinytest.Untrained(t, func(c *train.Config) { c.Model.Bigram = false })
}

// whole is every node of some sites.
func whole(t *testing.T, run *train.Result, sites ...model.Site) (nodes []circuit.Node) {
	t.Helper()
	for _, s := range sites {
		w, err := run.Config.Model.Width(s)
		if err != nil {
			t.Fatal(err)
		}
		for i := range w {
			nodes = append(nodes, circuit.Node{Site: string(s), Index: i})
		}
	}
	return nodes
}

// gap is the largest difference of two rows of logits.
func gap(a, b []float32) (most float64) {
	for i := range a {
		most = max(most, math.Abs(float64(a[i]-b[i])))
	}
	return most
}

var three = [][]int32{{3, 4, 5, 6}, {7, 8}, {9, 10, 11}}

// TestTransplantMoves: whoever gets the last residual stream of another sequence
// answers like it; nothing else changes, and at another token nothing does.
func TestTransplantMoves(t *testing.T) {
	run := bare(t)
	nodes := whole(t, run, model.FinalResid)
	before, after, err := Transplant(run.Model, three, nodes, []Move{
		{From: Place{0, 3}, To: Place{1, 1}},
		{From: Place{1, 1}, To: Place{0, 3}},
		{From: Place{0, 0}, To: Place{2, 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if gap(before[0], before[1]) < 0.01 {
		t.Fatal("the sequences are answered alike, so that nothing is tested")
	}
	for i, of := range []int{1, 0, 2} {
		if g := gap(after[i], before[of]); g > 1e-4 {
			t.Errorf("sequence %d is not answered like sequence %d was: %g", i, of, g)
		}
	}
	next, err := run.Model.Next(three)
	if err != nil {
		t.Fatal(err)
	}
	for i := range three {
		if g := gap(before[i], next[i]); g > 1e-4 {
			t.Errorf("before the moves sequence %d is not answered as by Next: %g", i, g)
		}
	}
}

// plain hides what a recorder is.
type plain struct{ model.Recorder }

// TestTransplantRecorders: a model, a part that leaves nothing out, and a
// recorder of neither kind give the same.
func TestTransplantRecorders(t *testing.T) {
	tinytest.Runs(t)
	run := bare(t)
	nodes := whole(t, run, "0.attn.v")
	move := []Move{{From: Place{0, 1}, To: Place{2, 0}}}
	_, want, err := Transplant(run.Model, three, nodes, move)
	if err != nil {
		t.Fatal(err)
	}
	none := tinytest.Every(t, run, 50)
	none.Nodes, none.Edges = nil, nil
	part, err := verify.Without(context.Background(), run, none)
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]model.Recorder{"part": part, "other": plain{run.Model}} {
		before, after, err := Transplant(m, three, nodes, move)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if gap(before[2], after[2]) < 0.01 {
			t.Errorf("%s: the move of the values changes nothing", name)
		}
		for i := range three {
			if g := gap(after[i], want[i]); g > 1e-4 {
				t.Errorf("%s: sequence %d is answered otherwise than in the model: %g", name, i, g)
			}
		}
	}
}

// TestTransplantSites: what one layer adds to the embedding, together with it, is
// the last residual stream; nodes of several sites are moved at once.
func TestTransplantSites(t *testing.T) {
	run := bare(t)
	move := []Move{{From: Place{0, 3}, To: Place{2, 2}}}
	all := whole(t, run, model.Embed, "0.attn.resid_delta", "0.mlp.resid_delta")
	before, after, err := Transplant(run.Model, three, all, move)
	if err != nil {
		t.Fatal(err)
	}
	if g := gap(after[2], before[0]); g > 1e-4 {
		t.Errorf("with all that its last token has moved, sequence 2 is not answered like sequence 0: %g", g)
	}
	_, less, err := Transplant(run.Model, three, whole(t, run, "0.mlp.resid_delta"), move)
	if err != nil {
		t.Fatal(err)
	}
	if gap(less[2], before[0]) < 0.01 || gap(less[2], before[2]) < 0.01 {
		t.Error("one block's share was moved, and the answer is one of the two sequences' own")
	}
	// Further back, a node acts on the last token through attention.
	_, back, err := Transplant(run.Model, three, whole(t, run, model.Embed), []Move{{From: Place{1, 0}, To: Place{2, 0}}})
	if err != nil {
		t.Fatal(err)
	}
	next, err := run.Model.Next([][]int32{{7, 10, 11}})
	if err != nil {
		t.Fatal(err)
	}
	if g := gap(back[2], next[0]); g > 1e-4 {
		t.Errorf("with the first token's embedding moved, the answer is not that to the sequence with the other token: %g", g)
	}
}

// TestTransplantLastMoveCounts: for any moves of the last residual stream, a
// sequence is answered like the source of the last move to its last token.
func TestTransplantLastMoveCounts(t *testing.T) {
	run := bare(t)
	nodes := whole(t, run, model.FinalResid)
	rapid.Check(t, func(t *rapid.T) {
		from := map[int]int{0: 0, 1: 1, 2: 2}
		var moves []Move
		for range rapid.IntRange(0, 6).Draw(t, "moves") {
			a, b := rapid.IntRange(0, 2).Draw(t, "from"), rapid.IntRange(0, 2).Draw(t, "to")
			moves = append(moves, Move{Place{a, len(three[a]) - 1}, Place{b, len(three[b]) - 1}})
			from[b] = a
		}
		before, after, err := Transplant(run.Model, three, nodes, moves)
		if err != nil {
			t.Fatal(err)
		}
		for i := range three {
			if g := gap(after[i], before[from[i]]); g > 1e-4 {
				t.Fatalf("sequence %d is not answered like sequence %d was: %g", i, from[i], g)
			}
		}
	})
}

func TestTransplantErrors(t *testing.T) {
	run := bare(t)
	node := []circuit.Node{{Site: "final_resid", Index: 1}}
	for want, call := range map[string]func() error{
		"no nodes": func() error { _, _, err := Transplant(run.Model, three, nil, nil); return err },
		"no sequences": func() error {
			_, _, err := Transplant(run.Model, nil, node, nil)
			return err
		},
		"sequence 1 is empty": func() error { _, _, err := Transplant(run.Model, [][]int32{{1}, {}}, node, nil); return err },
		"move 1 names token 2 of sequence 1": func() error {
			_, _, err := Transplant(run.Model, three, node, []Move{{}, {From: Place{1, 2}}})
			return err
		},
		"token 0 of sequence 3": func() error {
			_, _, err := Transplant(run.Model, three, node, []Move{{To: Place{3, 0}}})
			return err
		},
		"token -1": func() error {
			_, _, err := Transplant(run.Model, three, node, []Move{{To: Place{0, -1}}})
			return err
		},
		"sequence -1": func() error {
			_, _, err := Transplant(run.Model, three, node, []Move{{To: Place{-1, 0}}})
			return err
		},
		"has 32 channels": func() error {
			_, _, err := Transplant(run.Model, three, []circuit.Node{{Site: "final_resid", Index: 32}}, nil)
			return err
		},
		"-1]: the site": func() error {
			_, _, err := Transplant(run.Model, three, []circuit.Node{{Site: "final_resid", Index: -1}}, nil)
			return err
		},
		`site "9.mlp.act_in"`: func() error {
			_, _, err := Transplant(run.Model, three, []circuit.Node{{Site: "9.mlp.act_in"}}, nil)
			return err
		},
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one with %q", err, want)
		}
	}
}

// TestFromEnd: every token of the shorter side has a partner, as far from the end.
func TestFromEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.IntRange(0, 9).Draw(t, "a"), rapid.IntRange(0, 9).Draw(t, "b")
		pairs := FromEnd(make([]int32, a), make([]int32, b))
		if len(pairs) != min(a, b) {
			t.Fatalf("%d pairs of %d and %d tokens", len(pairs), a, b)
		}
		seen := map[int]bool{}
		for _, p := range pairs {
			if p[0] < 0 || p[1] < 0 || p[0] >= a || p[1] >= b || a-p[0] != b-p[1] || seen[p[0]] {
				t.Fatalf("%v of %d and %d tokens", pairs, a, b)
			}
			seen[p[0]] = true
		}
	})
}

// TestInterchangeAt: at the last token the deciding channel swaps every answer,
// at all others none; what is paired in one pair only swaps that one.
func TestInterchangeAt(t *testing.T) {
	const channel = 5
	run, list := onlyChannel(t, channel)
	node := []circuit.Node{{Site: "final_resid", Index: channel}}
	last := func(prompt, counter []int32) [][2]int { return FromEnd(prompt, counter)[:1] }
	rest := func(prompt, counter []int32) [][2]int { return FromEnd(prompt, counter)[1:] }
	all, err := Interchange(run.Model, list, node[0])
	if err != nil {
		t.Fatal(err)
	}
	at, err := InterchangeAt(run.Model, list, node, last)
	if err != nil {
		t.Fatal(err)
	}
	if at != all {
		t.Errorf("at the last token %+v, at all tokens %+v", at, all)
	}
	none, err := InterchangeAt(run.Model, list, node, rest)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(none.MarginAfter-none.MarginBefore) > 1e-6 || none.After > 1-none.Before {
		t.Errorf("%+v: at the other tokens nothing reaches the answer", none)
	}
	first := true
	one, err := InterchangeAt(run.Model, list, node, func(prompt, counter []int32) [][2]int {
		if !first {
			return nil
		}
		first = false
		return last(prompt, counter)
	})
	if err != nil {
		t.Fatal(err)
	}
	alone, err := InterchangeAt(run.Model, list[:1], node, last)
	if err != nil {
		t.Fatal(err)
	}
	due := (alone.MarginAfter - alone.MarginBefore) / float64(len(list))
	if got := one.MarginAfter - one.MarginBefore; one.N != len(list) || due == 0 || math.Abs(got-due) > 1e-5 {
		t.Errorf("exchanging in one pair of %d moves the margin by %g, in that pair alone by %g of all", len(list), got, due)
	}
	two, err := InterchangeAt(run.Model, list, whole(t, run, model.FinalResid), last)
	if err != nil {
		t.Fatal(err)
	}
	// The other side's whole last residual: every right answer becomes the other's.
	if math.Abs(two.After-two.Before) > 1e-9 || math.Abs(two.MarginAfter+two.MarginBefore) > 1e-4 {
		t.Errorf("%+v: with all of it exchanged the margins change sign", two)
	}
}

// TestInterchangeEach: several groups, of one site and of several, give what each
// gives alone: none sees what another exchanged.
func TestInterchangeEach(t *testing.T) {
	run, list := onlyChannel(t, 5)
	groups := [][]circuit.Node{
		whole(t, run, model.FinalResid),
		{{Site: "final_resid", Index: 5}},
		{{Site: "0.attn.resid_delta", Index: 5}, {Site: "final_resid", Index: 4}},
		{{Site: "final_resid", Index: 4}},
		{{Site: "final_resid", Index: 5}},
	}
	each, err := InterchangeEach(run.Model, list, groups, FromEnd)
	if err != nil {
		t.Fatal(err)
	}
	for i, nodes := range groups {
		alone, err := InterchangeAt(run.Model, list, nodes, FromEnd)
		if err != nil {
			t.Fatal(err)
		}
		got := each[i]
		if got.Node != nodes[0] || got.N != len(list) || got.Before != alone.Before || got.After != alone.After || math.Abs(got.MarginBefore-alone.MarginBefore) > 1e-5 || math.Abs(got.MarginAfter-alone.MarginAfter) > 1e-5 {
			t.Errorf("group %d: %+v, alone %+v", i, got, alone)
		}
	}
	if each[1] != each[4] || math.Abs(each[0].MarginAfter-each[3].MarginAfter) < 1e-3 {
		t.Errorf("%+v: equal groups differ, or unequal ones do not: the test shows nothing", each)
	}
	for _, bad := range [][][]circuit.Node{nil, {groups[0], nil}} {
		if _, err := InterchangeEach(run.Model, list, bad, FromEnd); err == nil || err.Error() != "interchange: no nodes given" {
			t.Errorf("groups %v: error %v", bad, err)
		}
	}
}

func TestInterchangeAtErrors(t *testing.T) {
	run, list := onlyChannel(t, 5)
	node := []circuit.Node{{Site: "final_resid", Index: 5}}
	one := append([]task.Example{}, list...)
	one[0].Alt = task.Any
	for want, call := range map[string]func() error{
		"no nodes":    func() error { _, err := InterchangeAt(run.Model, list, nil, FromEnd); return err },
		"no examples": func() error { _, err := InterchangeAt(run.Model, nil, node, FromEnd); return err },
		"has one":     func() error { _, err := InterchangeAt(run.Model, one, node, FromEnd); return err },
		"names token 400": func() error {
			_, err := InterchangeAt(run.Model, list, node, func(_, _ []int32) [][2]int { return [][2]int{{0, 400}} })
			return err
		},
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one with %q", err, want)
		}
	}
}
