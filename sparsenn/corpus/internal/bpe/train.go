// Package bpe trains and stores the ranks of the byte-level BPE.
package bpe

import (
	"fmt"
	"sort"

	"github.com/dlclark/regexp2"
)

// Pieces counts the pieces of text under Pattern into counts. Invalid UTF-8
// must have been dropped before.
func Pieces(text string, counts map[string]int) error {
	re, err := regexp2.Compile(Pattern, regexp2.None)
	if err != nil {
		return err
	}
	m, err := re.FindStringMatch(text)
	for m != nil && err == nil {
		counts[m.String()]++
		m, err = re.FindNextMatch(m)
	}
	return err
}

// Merge splits piece by the ranks as tiktoken does: the whole piece where it is
// a token, else from single bytes, the pair of lowest rank merged first.
func Merge(piece string, ranks map[string]int) []string {
	if _, ok := ranks[piece]; ok {
		return []string{piece}
	}
	parts := make([]string, len(piece))
	for i := range parts {
		parts[i] = piece[i : i+1]
	}
	for {
		best, at := -1, -1
		for i := 0; i+1 < len(parts); i++ {
			if r, ok := ranks[parts[i]+parts[i+1]]; ok && (best < 0 || r < best) {
				best, at = r, i
			}
		}
		if at < 0 {
			return parts
		}
		parts[at] += parts[at+1]
		parts = append(parts[:at+1], parts[at+2:]...)
	}
}

// Train learns n tokens from the counted pieces: 256 bytes, the kept units,
// then the most frequent allowed pairs, ties to the pair that sorts first. The
// list for a smaller n is a prefix of the list for a larger one.
func Train(counts map[string]int, n int) ([]string, error) {
	tokens := make([]string, 0, n)
	ranks := make(map[string]int, n)
	add := func(t string) {
		ranks[t] = len(tokens)
		tokens = append(tokens, t)
	}
	for b := range 256 {
		add(string([]byte{byte(b)}))
	}
	for _, k := range Kept() {
		if _, dup := ranks[k]; dup {
			return nil, fmt.Errorf("kept unit %q is listed twice or is a single byte", k)
		}
		add(k)
	}
	if len(tokens) > n {
		return nil, fmt.Errorf("%d bytes and kept units do not fit in %d tokens", len(tokens), n)
	}

	type word struct {
		text  string
		count int
		parts []string
	}
	pieces := make([]string, 0, len(counts))
	for p := range counts {
		pieces = append(pieces, p)
	}
	sort.Strings(pieces)
	type pair struct{ a, b string }
	var list []word
	pairs := map[pair]int{}
	where := map[pair]map[int]bool{}
	count := func(i, sign int) {
		w := list[i]
		for j := 0; j+1 < len(w.parts); j++ {
			p := pair{w.parts[j], w.parts[j+1]}
			pairs[p] += sign * w.count
			if pairs[p] == 0 {
				delete(pairs, p)
			}
			if sign > 0 {
				if where[p] == nil {
					where[p] = map[int]bool{}
				}
				where[p][i] = true
			}
		}
	}
	for _, p := range pieces {
		parts := Merge(p, ranks)
		if len(parts) > 1 {
			list = append(list, word{p, counts[p], parts})
			count(len(list)-1, +1)
		}
	}
	for len(tokens) < n {
		var best pair
		most := 0
		for p, c := range pairs {
			if c < most || c == most && (p.a+p.b > best.a+best.b || p.a+p.b == best.a+best.b && p.a >= best.a) {
				continue
			}
			if Allowed(p.a + p.b) {
				best, most = p, c
			}
		}
		if most == 0 {
			return nil, fmt.Errorf("the text gives only %d tokens of %d: train on more", len(tokens), n)
		}
		// Another pair may give the same text: look at every piece where a pair
		// spells the new token.
		token := best.a + best.b
		touched := map[int]bool{}
		for cut := 1; cut < len(token); cut++ {
			for i := range where[pair{token[:cut], token[cut:]}] {
				touched[i] = true
			}
		}
		add(token)
		for i := range touched {
			count(i, -1)
			list[i].parts = Merge(list[i].text, ranks)
			count(i, +1)
		}
	}
	return tokens, nil
}
