package task

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// somePairs are pairs of brackets and braces, each with a filling of its own.
func somePairs(n int) []Pair {
	var pairs []Pair
	for i := range n {
		x := fmt.Sprint(i)
		pairs = append(pairs, Pair{Context: []string{"a = 1\n"}, Prompt: "x = [" + x, Counter: "x = {" + x, Target: ",", Alt: ":", Filling: x})
	}
	return pairs
}

func fromPairs(t testing.TB, pairs []Pair) Task {
	t.Helper()
	mine, err := FromPairs("mine", "", pairs)
	if err != nil {
		t.Fatal(err)
	}
	return mine
}

// TestListIsUsedUp: of 200 pairs every split gives what it has where more is
// asked for, each example once, and together they give all.
func TestListIsUsedUp(t *testing.T) {
	tok := tokenizer(t, 512)
	total := map[string]int{}
	for split, list := range all(t, fromPairs(t, somePairs(200)), tok, Options{N: 1024}) {
		if want := [3]int{100, 50, 50}[split]; len(list) < want-25 || len(list) > want+25 {
			t.Errorf("split %d has %d of 200 pairs", split, len(list))
		}
		for _, e := range list {
			total[e.Filling]++
			if want := "a = 1\nx = [" + e.Filling; tok.Decode(e.Prompt) != want || e.Target == Any || e.Alt == Any {
				t.Errorf("%q, want %q", tok.Decode(e.Prompt), want)
			}
		}
	}
	for i := range 200 {
		if total[fmt.Sprint(i)] != 1 {
			t.Errorf("pair %d is there %d times", i, total[fmt.Sprint(i)])
		}
	}
}

// TestListOrder: the seed chooses, more examples begin with the same ones, and a
// pair keeps its split whatever is added or left out.
func TestListOrder(t *testing.T) {
	tok := tokenizer(t, 512)
	mine := fromPairs(t, somePairs(200))
	a := all(t, mine, tok, Options{N: 10, Seed: 1})
	for split, list := range all(t, mine, tok, Options{N: 20, Seed: 1}) {
		if !cmp.Equal(list[:10], a[split]) {
			t.Errorf("the number of examples changes the first ones of split %d", split)
		}
	}
	for split, list := range all(t, mine, tok, Options{N: 10, Seed: 2}) {
		if cmp.Equal(list, a[split]) {
			t.Errorf("the seed does not matter in split %d", split)
		}
	}
	was := map[string]int{}
	for split, list := range all(t, mine, tok, Options{N: 200}) {
		for _, e := range list {
			was[e.Filling] = split
		}
	}
	for split, list := range all(t, fromPairs(t, somePairs(300)[60:]), tok, Options{N: 300}) {
		for _, e := range list {
			if old, ok := was[e.Filling]; ok && old != split {
				t.Errorf("%s went from split %d to %d", e.Filling, old, split)
			}
		}
	}
}

// TestListSplits: whatever the fillings, no filling and no side is in two splits.
func TestListSplits(t *testing.T) {
	tok := tokenizer(t, 512)
	rapid.Check(t, func(t *rapid.T) {
		var l list
		fillings := rapid.IntRange(10, 40).Draw(t, "fillings")
		for i, p := range somePairs(120) {
			p.Filling = ""
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				p.Filling = fmt.Sprint("f", i%fillings)
			case 1:
				p.Counter = "x = {" + fmt.Sprint(rapid.IntRange(0, 20).Draw(t, "shared"))
			}
			_ = l.add(p, fmt.Sprint(i)) // what may not be in the list is left out
		}
		sides, of := map[string]Split{}, map[string]Split{}
		for split := range Split(3) {
			o := Options{N: 120, MaxTokens: 64}
			got, err := (Task{Name: "mine", list: &pairList{pairs: l.pairs}}).examples(tok, o, split)
			if err != nil {
				continue // too few in this split
			}
			for _, e := range got {
				for _, s := range []string{tok.Decode(e.Prompt), tok.Decode(e.Counter)} {
					if was, ok := sides[s]; ok && was != split {
						t.Fatalf("%q is in splits %d and %d", s, was, split)
					}
					sides[s] = split
				}
				if was, ok := of[e.Filling]; ok && was != split {
					t.Fatalf("filling %q is in splits %d and %d", e.Filling, was, split)
				}
				of[e.Filling] = split
			}
		}
	})
}

// TestListTooSmall: fewer than 8 examples of a split are an error, unless fewer
// are asked for; it says what was too long.
func TestListTooSmall(t *testing.T) {
	tok := tokenizer(t, 512)
	// Fillings by the split that they fall into.
	var of [3][]Pair
	for _, p := range somePairs(200) {
		split := splitOf("mine", p.Filling)
		of[split] = append(of[split], p)
	}
	eight := fromPairs(t, append(of[Select][:8:8], of[Fit]...))
	if list, err := eight.Examples(Select, tok, Options{N: 64}); err != nil || len(list) != 8 {
		t.Errorf("8 of select: %d, %v", len(list), err)
	}
	seven := fromPairs(t, append(of[Select][:7:7], of[Fit]...))
	if list, err := seven.Examples(Select, tok, Options{N: 7}); err != nil || len(list) != 7 {
		t.Errorf("7 of 7: %d, %v", len(list), err)
	}
	for want, f := range map[string]func() error{
		"task mine: 7 different examples in the select split, which needs 8 (pairs in all: " + fmt.Sprint(7+len(of[Fit])) + ", in this split: 7): add pairs with other fillings": func() error {
			_, err := seven.Examples(Select, tok, Options{N: 64})
			return err
		},
		"0 different examples in the report split, which needs 3 (pairs in all: " + fmt.Sprint(7+len(of[Fit])) + ", in this split: 0): add pairs with other fillings": func() error {
			_, err := seven.Report(tok, Options{N: 3})
			return err
		},
		"in this split: " + fmt.Sprint(len(of[Fit])) + ", longer than 3 tokens of them: " + fmt.Sprint(len(of[Fit])) + "): raise MaxTokens, shorten them, or add pairs": func() error {
			_, err := seven.Examples(Fit, tok, Options{N: 9, MaxTokens: 3})
			return err
		},
		"0 different examples in the fit split, which needs 8 (pairs in all: 1, in this split: 0): add pairs": func() error {
			_, err := fromPairs(t, of[Select][:1]).Examples(Fit, tok, Options{N: 8})
			return err
		},
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestListWithoutContext: pairs that differ in nothing but a context that does not
// fit are one example.
func TestListWithoutContext(t *testing.T) {
	tok := tokenizer(t, 512)
	pairs := somePairs(60)
	for _, p := range somePairs(60) {
		p.Context = []string{"b = 2\n"}
		pairs = append(pairs, p)
	}
	mine := fromPairs(t, pairs)
	whole, cut := all(t, mine, tok, Options{N: 120}), all(t, mine, tok, Options{N: 120, MaxTokens: 6})
	for split := range whole {
		if len(whole[split]) != 2*len(cut[split]) {
			t.Errorf("split %d: %d examples with context, %d without", split, len(whole[split]), len(cut[split]))
		}
	}
	// With another counterpart it is another example.
	pairs = somePairs(60)
	for _, p := range somePairs(60) {
		p.Counter = "y = {" + p.Filling
		pairs = append(pairs, p)
	}
	total := 0
	for _, list := range all(t, fromPairs(t, pairs), tok, Options{N: 120}) {
		total += len(list)
	}
	if total != 120 {
		t.Errorf("%d examples of 60 prompts with two counterparts each", total)
	}
}

func TestFromPairs(t *testing.T) {
	a := Pair{Prompt: "x = [1", Counter: "x = {1", Target: ",", Alt: ":"}
	if _, err := FromPairs("", "", []Pair{a}); err == nil || !strings.Contains(err.Error(), "needs a name") {
		t.Errorf("a task without a name: %v", err)
	}
	if _, err := FromPairs("mine", "", nil); err == nil || !strings.Contains(err.Error(), "task mine: there are no pairs") {
		t.Errorf("no pairs: %v", err)
	}
	if _, err := FromPairs("mine", "", []Pair{a, {}}); err == nil || !strings.Contains(err.Error(), "task mine: pair 1: prompt is missing") {
		t.Errorf("an empty pair: %v", err)
	}
	// The list is copied: what its owner does to it later changes nothing.
	pairs := somePairs(100)
	mine := fromPairs(t, pairs)
	tok := tokenizer(t, 512)
	before := all(t, mine, tok, Options{N: 10})
	for i := range pairs {
		pairs[i].Prompt, pairs[i].Context[0] = "changed", "c = 3\n"
	}
	if d := cmp.Diff(before, all(t, mine, tok, Options{N: 10})); d != "" {
		t.Error(d)
	}
}

// TestDefaultFilling: the prompt, or what an earlier pair with the same text has;
// a pair between two that have other fillings is refused.
func TestDefaultFilling(t *testing.T) {
	var l list
	add := func(prompt, counter string) error {
		return l.add(Pair{Prompt: prompt, Counter: counter, Target: ","}, prompt+counter)
	}
	for _, c := range []struct{ prompt, counter, want string }{
		{"a", "b", "a"}, {"a", "c", "a"}, {"d", "c", "a"}, {"d", "e", "a"}, {"f", "g", "f"},
	} {
		if err := add(c.prompt, c.counter); err != nil {
			t.Fatal(err)
		}
		if got := l.pairs[len(l.pairs)-1].Filling; got != c.want {
			t.Errorf("%s and %s: filling %q, want %q", c.prompt, c.counter, got, c.want)
		}
	}
	if err := add("e", "g"); err == nil || !strings.Contains(err.Error(), `"g" is also in fg, whose filling is "f" and not "a"`) {
		t.Errorf("a bridge: %v", err)
	}
	if n := len(l.pairs); n != 5 {
		t.Errorf("%d pairs after one was refused", n)
	}
}

// TestShuffledList: a list is shuffled by the same coins as drawn pairs are.
func TestShuffledList(t *testing.T) {
	tok := tokenizer(t, 512)
	s := Shuffled(fromPairs(t, somePairs(200)))
	swapped, n := 0, 0
	for _, list := range all(t, s, tok, Options{N: 200}) {
		for _, e := range list {
			n++
			if brace := strings.Contains(tok.Decode(e.Prompt), "{"); brace != coin(e.Filling) {
				t.Errorf("%q under a coin of %v", tok.Decode(e.Prompt), coin(e.Filling))
			} else if brace {
				swapped++
			}
		}
	}
	if n != 200 || swapped < 60 || swapped > 140 {
		t.Errorf("%d of %d pairs are swapped", swapped, n)
	}
}
