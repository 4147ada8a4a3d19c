package task

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"circuitbook/sparsenn/corpus"
)

func tokenizer(t testing.TB, vocab int) *corpus.Tokenizer {
	t.Helper()
	tok, err := corpus.LoadTokenizer(vocab)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// all returns the examples of every split under one seed, by split.
func all(t fataler, task Task, tok *corpus.Tokenizer, o Options) [3][]Example {
	a, err := task.Examples(Fit, tok, o)
	if err != nil {
		t.Fatalf("fit: %v", err)
	}
	b, err := task.Examples(Select, tok, o)
	if err != nil {
		t.Fatalf("select: %v", err)
	}
	c, err := task.Report(tok, o)
	if err != nil {
		t.Fatalf("report: %v", err)
	}
	if c.Len() != len(c.ForMeasuring()) {
		t.Fatalf("report has %d examples and says %d", len(c.ForMeasuring()), c.Len())
	}
	return [3][]Example{a, b, c.ForMeasuring()}
}

type fataler interface{ Fatalf(string, ...any) }

// What holds for the examples of every task.
func TestExamples(t *testing.T) {
	for _, task := range All() {
		t.Run(task.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				vocab := rapid.SampledFrom(corpus.Vocabs).Draw(t, "vocabulary")
				tok, err := corpus.LoadTokenizer(vocab)
				if err != nil {
					t.Fatal(err)
				}
				o := Options{N: rapid.IntRange(1, 12).Draw(t, "n"), Seed: rapid.Uint64().Draw(t, "seed"),
					MaxTokens: rapid.SampledFrom([]int{0, 40, 64, 128}).Draw(t, "most")}
				most := o.MaxTokens
				if most == 0 {
					most = DefaultMaxTokens
				}
				for _, list := range all(t, task, tok, o) {
					if len(list) != o.N {
						t.Fatalf("%d examples, want %d", len(list), o.N)
					}
					seen := map[string]bool{}
					for _, e := range list {
						if len(e.Prompt) == 0 || len(e.Prompt) > most || len(e.Counter) == 0 || len(e.Counter) > most {
							t.Fatalf("prompts of %d and %d tokens, at most %d", len(e.Prompt), len(e.Counter), most)
						}
						if e.Target == e.Alt || cmp.Equal(e.Prompt, e.Counter) || e.Filling == "" {
							t.Fatalf("%v has no contrast", e)
						}
						if seen[fmt.Sprint(e.Prompt)] {
							t.Fatal("an example occurs twice")
						}
						seen[fmt.Sprint(e.Prompt)] = true
					}
				}
			})
		})
	}
}

func TestExamplesAreDeterministic(t *testing.T) {
	tok := tokenizer(t, 512)
	for _, task := range All() {
		a := all(t, task, tok, Options{N: 20, Seed: 1})
		if !cmp.Equal(a, all(t, task, tok, Options{N: 20, Seed: 1})) {
			t.Errorf("%s: other examples the second time", task.Name)
		}
		b := all(t, task, tok, Options{N: 20, Seed: 2})
		for split := range a {
			if cmp.Equal(a[split], b[split]) {
				t.Errorf("%s: the seed does not matter in split %d", task.Name, split)
			}
		}
		// More examples begin with the same ones.
		if more := all(t, task, tok, Options{N: 30, Seed: 1}); !cmp.Equal(more[0][:20], a[0]) {
			t.Errorf("%s: the number of examples changes the first ones", task.Name)
		}
	}
}

// No filling is in two splits, under any seeds.
func TestSplitsShareNoFilling(t *testing.T) {
	tok := tokenizer(t, 1024)
	for _, task := range All() {
		split := map[string]int{}
		for seed := range uint64(4) {
			for i, list := range all(t, task, tok, Options{N: 200, Seed: seed}) {
				for _, e := range list {
					if was, ok := split[e.Filling]; ok && was != i {
						t.Errorf("%s: %q is in splits %d and %d", task.Name, e.Filling, was, i)
					}
					split[e.Filling] = i
				}
			}
		}
	}
}

func TestSplitsHaveTheirShares(t *testing.T) {
	var count [3]int
	for i := range 4000 {
		count[splitOf("t", fmt.Sprint("filling ", i))]++
	}
	for split, want := range [3]int{2000, 1000, 1000} {
		if count[split] < want-150 || count[split] > want+150 {
			t.Errorf("split %d has %d of 4000 fillings, want about %d", split, count[split], want)
		}
	}
}

// constant returns a task that draws one text with a running number as filling.
func constant(p Pair) Task {
	return Task{Name: "mine", Draw: func(d *Draw) Pair {
		q := p
		q.Filling = fmt.Sprint(d.Uint64())
		q.Prompt = strings.ReplaceAll(q.Prompt, "N", fmt.Sprint(d.IntN(1000)))
		q.Counter = strings.ReplaceAll(q.Counter, "N", fmt.Sprint(d.IntN(1000)))
		return q
	}}
}

func TestUserTask(t *testing.T) {
	tok := tokenizer(t, 512)
	mine := constant(Pair{Context: []string{"a = 1\n", "b = 2\n"}, Prompt: "x = [N", Counter: "x = {N", Target: ",", Alt: ":"})
	list, err := mine.Examples(Fit, tok, Options{N: 5, MaxTokens: 14})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if text := tok.Decode(e.Prompt); !strings.HasPrefix(text, "b = 2\nx = [") || len(e.Prompt) > 14 {
			t.Errorf("%q: the context was not cut to its last chunk", text)
		}
	}
	one := constant(Pair{Prompt: "x = [N", Counter: "x = {N", Target: ","})
	if list, err = one.Examples(Fit, tok, Options{N: 1}); err != nil || list[0].Alt != Any {
		t.Errorf("%v, %v", list, err)
	}
}

func TestErrorsNameTheTask(t *testing.T) {
	tok := tokenizer(t, 512)
	good := Pair{Prompt: "x = [N", Counter: "x = {N", Target: ",", Alt: ":"}
	with := func(change func(*Pair)) Task {
		p := good
		change(&p)
		return constant(p)
	}
	for want, c := range map[string]struct {
		task Task
		o    Options
	}{
		`task mine: target "zebra": corpus: "zebra" is not a single token`: {with(func(p *Pair) { p.Target = "zebra" }), Options{N: 1}},
		`task mine: target "]x": corpus`:                                   {with(func(p *Pair) { p.Alt = "]x" }), Options{N: 1}},
		`task mine: both answers are ","`:                                  {with(func(p *Pair) { p.Alt = "," }), Options{N: 1}},
		"task mine: the prompt":                                            {with(func(p *Pair) { p.Prompt, p.Counter = "x = {1", "x = {1" }), Options{N: 1}},
		`after "x = ]" the answer "]\n" is not a token of its own`:         {constant(Pair{Prompt: "x = ]", Counter: "x = N", Target: "]\n", Alt: ":"}), Options{N: 1}},
		"task mine: 0 examples asked for":                                  {constant(good), Options{}},
		"task mine: MaxTokens is -1":                                       {constant(good), Options{N: 1, MaxTokens: -1}},
		"were longer than 3 tokens":                                        {constant(good), Options{N: 1, MaxTokens: 3}},
		"only 1 different examples of 2":                                   {constant(Pair{Prompt: "a", Counter: "b", Target: ",", Alt: ":"}), Options{N: 2}},
		`task "": Draw is nil`:                                             {Task{}, Options{N: 1}},
	} {
		_, err := c.task.Examples(Fit, tok, c.o)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q in it", err, want)
		}
	}
	if _, err := constant(good).Report(nil, Options{N: 1}); err == nil || !strings.Contains(err.Error(), "no tokenizer") {
		t.Errorf("without tokenizer: %v", err)
	}
}

func TestByName(t *testing.T) {
	for _, want := range All() {
		if got, err := ByName(want.Name); err != nil || got.Name != want.Name || got.Contrast == "" {
			t.Errorf("%s: %v, %v", want.Name, got, err)
		}
	}
	if _, err := ByName("brackets"); err == nil || !strings.Contains(err.Error(), "bracket_counting") {
		t.Errorf("%v", err)
	}
}
