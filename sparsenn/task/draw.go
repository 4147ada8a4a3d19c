package task

import (
	"math/rand/v2"
	"strings"

	"circuitbook/sparsenn/corpus"
)

// Draw is what a task draws its pairs from.
type Draw struct {
	*rand.Rand
	// Tokenizer lets a task choose names that are single tokens.
	Tokenizer *corpus.Tokenizer
}

// Pick returns one of the words.
func (d *Draw) Pick(words ...string) string { return words[d.IntN(len(words))] }

// Between is uniform on lo..hi, both included.
func (d *Draw) Between(lo, hi int) int { return lo + d.IntN(hi-lo+1) }

// Chance is true with probability percent/100.
func (d *Draw) Chance(percent int) bool { return d.IntN(100) < percent }

// split makes a pool of words.
func split(s string) []string { return strings.Fields(s) }

var (
	phraseWords = split("file value name user list data node number text error time key word line path size " +
		"red green blue small large first last next old new open closed ready good bad empty full high low " +
		"input output table color point task team book car house city water day night world game play " +
		"page order price total server letter garden music window season")
	phraseStarts = split("Invalid Missing Hello Loading Done Total The No User New Found Project Please Cannot Welcome Enter")
	variables    = split("count size index level width height limit score number depth name title text label color owner value data key")
	functions    = split("prepare measure collect compare process convert select handle finish begin report arrange")
	sequences    = split("values numbers items points scores rows results lines")
	// Lists that end in the answer have names that the synthetic programs do not use.
	listNames = split("samples amounts totals levels weights codes grades limits counts sizes")
)

// phrase returns n words of which the last pair (or, for one word, the callee
// and the word) is held out of the synthetic text.
func (d *Draw) phrase(callee string, n int) string {
	for {
		words := make([]string, n)
		prev, novel := callee, false
		for i := range words {
			words[i] = d.Pick(phraseWords...)
			if i == 0 && d.Chance(50) {
				words[i] = d.Pick(phraseStarts...)
			}
			novel = corpus.HeldOut(prev, words[i])
			prev = words[i]
		}
		if novel {
			return strings.Join(words, " ")
		}
	}
}
