package corpus

import (
	"context"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"circuitbook/sparsenn/corpus/internal/source"
	_ "circuitbook/sparsenn/suitetest"
)

// made returns n short documents whose lengths vary.
func made(t *rapid.T, label string, n int) []source.Doc {
	docs := make([]source.Doc, n)
	for i := range docs {
		size := rapid.IntRange(1, 40).Draw(t, label)
		docs[i] = source.Doc{Name: fmt.Sprint(i), Text: fmt.Sprintf("# %s %d\n%0*d\n", label, i, size, 7)}
	}
	return docs
}

func TestMixHoldsTheWeights(t *testing.T) {
	tok := mustTokenizer(t, 512)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "parts")
		var streams []*stream
		longest := 0
		for i := range n {
			s := &stream{weight: rapid.Float64Range(0.1, 5).Draw(t, "weight")}
			s.docs = made(t, fmt.Sprint("part", i), rapid.IntRange(20, 120).Draw(t, "docs"))
			for _, d := range s.docs {
				longest = max(longest, len(tok.Encode(d.Text))+1)
			}
			streams = append(streams, s)
		}
		tokens, err := mix(context.Background(), tok, streams)
		if err != nil {
			t.Fatal(err)
		}
		sum, weights, lightest := 0, 0.0, math.Inf(1)
		for _, s := range streams {
			sum += s.got
			weights += s.weight
			lightest = min(lightest, s.weight)
		}
		if sum != len(tokens) {
			t.Fatalf("%d tokens, but the parts gave %d", len(tokens), sum)
		}
		// got/weight of any two parts differ by at most one document.
		for _, s := range streams {
			want := float64(len(tokens)) * s.weight / weights
			if math.Abs(float64(s.got)-want) > float64(longest)*s.weight/lightest+1 {
				t.Fatalf("a part of weight %.2f of %.2f gave %d tokens of %d", s.weight, weights, s.got, len(tokens))
			}
		}
		// Every document ends by the end of text.
		ends := 0
		for _, id := range tokens {
			if id == tok.EOT() {
				ends++
			}
		}
		docs, exhausted := 0, false
		for _, s := range streams {
			docs += s.next
			exhausted = exhausted || s.next == len(s.docs)
		}
		if ends != docs || !exhausted || tokens[len(tokens)-1] != tok.EOT() {
			t.Fatalf("%d ends of text for %d documents", ends, docs)
		}
	})
}

func TestMixStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := &stream{weight: 1, docs: []source.Doc{{Name: "a", Text: "a\n"}}}
	if _, err := mix(ctx, mustTokenizer(t, 512), []*stream{s}); err == nil {
		t.Error("a cancelled mix has no error")
	}
}

func TestSplitDocs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs := made(t, "d", rapid.IntRange(2, 60).Draw(t, "n"))
		share := rapid.Float64Range(0.01, 0.5).Draw(t, "share")
		train, valid := splitDocs(docs, share)
		if len(train) == 0 || len(valid) == 0 || len(train)+len(valid) != len(docs) {
			t.Fatalf("%d and %d of %d", len(train), len(valid), len(docs))
		}
		side := map[string]bool{}
		for _, d := range train {
			side[d.Key()] = true
		}
		for _, d := range valid {
			if side[d.Key()] {
				t.Fatal("a document is on both sides")
			}
		}
		// The side does not depend on order.
		shuffle(docs, rapid.Uint64().Draw(t, "seed"), 0)
		_, again := splitDocs(docs, share)
		keys := map[string]bool{}
		for _, d := range valid {
			keys[d.Key()] = true
		}
		for _, d := range again {
			if len(again) != len(valid) || !keys[d.Key()] {
				t.Fatal("another order gives another split")
			}
		}
	})
	one := []source.Doc{{Name: "a", Text: "a\n"}}
	if train, valid := splitDocs(one, 0.5); len(train)+len(valid) != 1 {
		t.Error("one document is not one document any more")
	}
}

func TestSplitShare(t *testing.T) {
	var docs []source.Doc
	for i := range 5000 {
		docs = append(docs, source.Doc{Text: fmt.Sprint("x = ", i, "\n")})
	}
	if _, valid := splitDocs(docs, 0.1); len(valid) < 430 || len(valid) > 570 {
		t.Errorf("%d of 5000 held back, wanted about 500", len(valid))
	}
}

func TestLimit(t *testing.T) {
	docs := []source.Doc{{Text: "12345"}, {Text: "12345"}, {Text: "1"}}
	for bytes, want := range map[int64]int{0: 3, 1: 1, 5: 1, 9: 1, 10: 2, 11: 3, 100: 3} {
		if got := limit(docs, bytes); len(got) != want {
			t.Errorf("limit of %d bytes: %d documents, want %d", bytes, len(got), want)
		}
	}
}
