package dilution

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/corpus"
	_ "circuitbook/sparsenn/suitetest"
	"circuitbook/sparsenn/task"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func all() []Filler { return append(fillers(), quotedFiller(), quotedLineFiller()) }

// pieces counts what a filler counts, in the text of a prompt.
func pieces(f Filler, text string) int {
	last := text[strings.LastIndex(text, "\n")+1:]
	switch f.Name {
	case "numbers":
		return 1 + strings.Count(last, ",")
	case "names":
		return strings.Count(last, ",") - 1
	case "words":
		return len(strings.Fields(strings.Split(last, `"`)[1]))
	case "quoted":
		_, inside, _ := strings.Cut(last, `"`)
		return len(strings.Fields(inside))
	}
	return strings.Count(text, "\n") - 1
}

// TestFillers: prompts have as many pieces as asked for, sides differ in what decides
// and in nothing else, and the last pair before the answer is held out of training.
func TestFillers(t *testing.T) {
	tok := tokenizer(t)
	rapid.Check(t, func(t *rapid.T) {
		f, n := rapid.SampledFrom(all()).Draw(t, "filler"), rapid.IntRange(2, 12).Draw(t, "n")
		list, err := f.Task(n).Examples(task.Select, tok, task.Options{N: 2, Seed: rapid.Uint64Range(0, 9).Draw(t, "seed"), MaxTokens: 500})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			text, counter := tok.Decode(e.Prompt), tok.Decode(e.Counter)
			if got := pieces(f, text); got != n {
				t.Fatalf("%d %s in %q, want %d", got, f.Unit, text, n)
			}
			if f.Base == "bracket_counting" {
				if strings.Replace(text, "[[", "[", 1) != counter || strings.Count(text, "[") != 2 || strings.Count(text, "]") != 0 {
					t.Fatalf("%q and %q", text, counter)
				}
			} else if strings.Replace(text, `("`, `('`, 1) != counter || strings.Count(text, `"`) != 1 {
				t.Fatalf("%q and %q", text, counter)
			}
			end := strings.FieldsFunc(text[strings.LastIndexAny(text, "\n")+1:], func(r rune) bool { return strings.ContainsRune(` ,[("=`, r) })
			if k := len(end); !corpus.HeldOut(end[k-2], end[k-1]) {
				t.Fatalf("%q and %q were seen side by side", end[k-2], end[k-1])
			}
		}
	})
}

// TestLinesLeaveTheListAlone: the control is longer, and its list is not.
func TestLinesLeaveTheListAlone(t *testing.T) {
	tok := tokenizer(t)
	for _, f := range []Filler{lineFiller(), quotedLineFiller()} {
		p, err := Report(tok, f, []int{1, 8}, Options{N: 4, Context: 400})
		if err != nil {
			t.Fatal(err)
		}
		if p.Tokens(1) < p.Tokens(0)+7*3 {
			t.Errorf("%s: %v and %v tokens", f.Name, p.Tokens(0), p.Tokens(1))
		}
		for _, list := range p.List {
			for _, e := range list {
				text := tok.Decode(e.Prompt)
				if strings.ContainsAny(text[:strings.LastIndex(text, "\n")+1], "[]\"'") {
					t.Errorf("%q: lines with brackets or quotes", text)
				}
				if n := strings.Count(text[strings.LastIndex(text, "\n"):], ","); f.Name == "lines" && n != 2 {
					t.Errorf("%q: a list with %d commas", text, n)
				}
			}
		}
	}
}

// TestDraw: prompts are those of a seed, the two splits share no filling, and lengths
// end where the context does.
func TestDraw(t *testing.T) {
	tok := tokenizer(t)
	o := Options{N: 8, Context: 64}
	a, err := Report(tok, Numbers(), Lengths(2, 40), o)
	if err != nil {
		t.Fatal(err)
	}
	if !a.Cut || a.Limit != a.Lengths[len(a.Lengths)-1] || len(a.List) != len(a.Lengths) {
		t.Errorf("%v of 2 … 40 fit into 64 tokens, limit %d, cut %v", a.Lengths, a.Limit, a.Cut)
	}
	fillings := map[string]bool{}
	for i, list := range a.List {
		if len(list) != 8 {
			t.Errorf("%d prompts of length %d", len(list), a.Lengths[i])
		}
		for _, e := range list {
			fillings[e.Filling] = true
			if len(e.Prompt) > 64 {
				t.Errorf("a prompt of %d tokens", len(e.Prompt))
			}
		}
	}
	again, _ := Report(tok, Numbers(), Lengths(2, 40), o)
	if d := cmp.Diff(a.List, again.List); d != "" {
		t.Error(d)
	}
	o.Seed = 1
	if other, _ := Report(tok, Numbers(), Lengths(2, 40), o); cmp.Equal(a.List, other.List) {
		t.Error("another seed gives the same prompts")
	}
	sel, err := Select(tok, Numbers(), []int{2, 3, 4}, o)
	if err != nil {
		t.Fatal(err)
	}
	if sel.Cut || sel.Limit != 4 {
		t.Errorf("%+v", sel.Lengths)
	}
	for _, list := range sel.List {
		for _, e := range list {
			if fillings[e.Filling] {
				t.Errorf("%q is in both splits", e.Filling)
			}
		}
	}
}

func TestDrawErrors(t *testing.T) {
	tok := tokenizer(t)
	for _, x := range []struct {
		want    string
		filler  Filler
		lengths []int
		o       Options
	}{
		{"no filler", Filler{}, []int{1}, Options{Context: 64}},
		{"at least 2", Numbers(), []int{1}, Options{N: 1, Context: 64}},
		{"context", Numbers(), []int{1}, Options{}},
		{"different examples", Numbers(), []int{1}, Options{Context: 64}},
		{"must rise", Numbers(), []int{2, 2}, Options{Context: 64}},
		{"must rise", Numbers(), []int{0, 2}, Options{Context: 64}},
		{"no length", Numbers(), []int{60}, Options{Context: 64}},
		{"no length", Numbers(), nil, Options{Context: 64}},
	} {
		if _, err := Select(tok, x.filler, x.lengths, x.o); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%v %+v: %v, want %q", x.lengths, x.o, err, x.want)
		}
	}
}

func TestLengths(t *testing.T) {
	if got := Lengths(6, 33); !slices.Equal(got, []int{6, 7, 8, 10, 12, 14, 16, 18, 20, 22, 24, 28, 32}) {
		t.Error(got)
	}
	if got := fmt.Sprint(Lengths(3, 2)); got != "[]" {
		t.Error(got)
	}
}
