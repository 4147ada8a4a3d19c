package task

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/suitetest"
)

func TestSeenShareAgainstASearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.Int32Range(0, 2)
		stream := rapid.SliceOfN(id, 0, 300).Draw(t, "stream")
		side := rapid.SliceOfN(id, 0, 15)
		examples := make([]Example, rapid.IntRange(1, 5).Draw(t, "n"))
		found := 0
		for i := range examples {
			examples[i] = Example{Prompt: side.Draw(t, "prompt"), Counter: side.Draw(t, "counter")}
			for _, s := range [][]int32{examples[i].Prompt, examples[i].Counter} {
				gram := s[max(0, len(s)-SeenLength):]
				for at := 0; len(gram) > 0 && at+len(gram) <= len(stream); at++ {
					if slices.Equal(stream[at:at+len(gram)], gram) {
						found++
						break
					}
				}
			}
		}
		want := float64(found) / float64(2*len(examples))
		if got := SeenShare(examples, stream); got != want {
			t.Fatalf("%v, a search finds %v", got, want)
		}
	})
	if SeenShare(nil, []int32{1}) != 0 {
		t.Error("no examples, yet a share")
	}
}

// The synthetic programs and the tasks share no template: what stands before an
// answer never occurs in the programs, and of all 12-grams of the prompts hardly
// any does.
func TestPromptsAreNewToTheSyntheticText(t *testing.T) {
	bytes := int64(800_000)
	if suitetest.Long {
		bytes = 16 << 20
	}
	for _, v := range []int{512, 2048} {
		tok := tokenizer(t, v)
		var stream []int32
		for i, sum := uint64(0), int64(0); sum < bytes; i++ {
			text := corpus.Synthetic(1, i)
			sum += int64(len(text))
			stream = append(append(stream, tok.Encode(text)...), tok.EOT())
		}
		type gram [SeenLength]int32
		programs := map[gram]bool{}
		for i := 0; i+SeenLength <= len(stream); i++ {
			programs[gram(stream[i:i+SeenLength])] = true
		}
		for _, task := range All() {
			grams, shared := 0, 0
			for _, list := range all(t, task, tok, Options{N: 300}) {
				if share := SeenShare(list, stream); share > 0 {
					t.Errorf("%s at %d tokens: %.3f of the prompts end as a synthetic program does somewhere", task.Name, v, share)
				}
				for _, e := range list {
					for i := 0; i+SeenLength <= len(e.Prompt); i++ {
						grams++
						if programs[gram(e.Prompt[i:i+SeenLength])] {
							shared++
						}
					}
				}
			}
			if share := float64(shared) / float64(grams); share > 0.02 {
				t.Errorf("%s at %d tokens: %.3f of the 12-grams occur in synthetic programs", task.Name, v, share)
			}
		}
	}
}
