package probe

import (
	"errors"
	"fmt"
	"slices"

	"circuitbook/sparsenn/corpus"
)

// A Closing is a place of a stream at which a string ends: the text before it and how it ends,
// 0 by the token that ends one in double quotes, 1 by that of single ones.
type Closing struct {
	Before []int32
	Kind   int
}

// Closings lists where a stream goes on with double inside a string in double quotes, or with
// single inside one in single quotes: the first n of each kind, with at most length tokens
// before them, all of the same document. endOfText is the token between documents.
func (l *Labels) Closings(stream corpus.Tokens, double, single, endOfText int32, n, length int) (list []Closing, number [2]int) {
	for i := 1; i < len(stream); i++ {
		k := -1
		switch {
		case stream[i] == double && l.Of[i-1] == Double:
			k = 0
		case stream[i] == single && l.Of[i-1] == Single:
			k = 1
		}
		if k < 0 || number[k] >= n {
			continue
		}
		from := max(0, i-length)
		for j := i - 1; j >= from; j-- {
			if stream[j] == endOfText {
				from = j + 1
			}
		}
		number[k]++
		list = append(list, Closing{stream[from:i], k})
	}
	return list, number
}

// Predictor says what follows sequences: the logits after each of them, [sequence][vocab].
type Predictor interface {
	Next(sequences [][]int32) ([][]float32, error)
}

// Closed is how often a model that is to choose between the two tokens closes strings as the
// text does: the share of each kind. Both kinds have to occur.
func Closed(m Predictor, list []Closing, double, single int32) (share [2]float64, err error) {
	var number [2]float64
	for _, x := range list {
		number[x.Kind]++
	}
	if number[0] == 0 || number[1] == 0 {
		return share, errors.New("probe: strings of one kind only are closed here; both are needed")
	}
	for part := range slices.Chunk(list, 2*PairsAtOnce) {
		var sequences [][]int32
		for _, x := range part {
			sequences = append(sequences, x.Before)
		}
		next, err := m.Next(sequences)
		if err != nil {
			return share, fmt.Errorf("close strings: %w", err)
		}
		for i, l := range next {
			if k := part[i].Kind; (l[double] > l[single]) == (k == 0) {
				share[k] += 1 / number[k]
			}
		}
	}
	return share, nil
}
