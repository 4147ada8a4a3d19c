package model

import "slices"

// Recorder is a model, or a piece of one, that can be recorded and changed; see
// [Model.Record].
type Recorder interface {
	Record(tokens [][]int32, sites []Site, changes ...Intervention) (*Recording, error)
}

// Padded brings sequences to one length, filled up behind their end with token 0, and says
// which token each ends with; -1 for an empty one. Attention looks back only, so that what is
// behind the end changes nothing before it.
func Padded(sequences [][]int32) (tokens [][]int32, last []int) {
	longest := 0
	for _, s := range sequences {
		longest = max(longest, len(s))
	}
	for _, s := range sequences {
		tokens = append(tokens, append(slices.Clone(s), make([]int32, longest-len(s))...))
		last = append(last, len(s)-1)
	}
	return tokens, last
}
