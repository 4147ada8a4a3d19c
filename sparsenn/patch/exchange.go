package patch

import (
	"math"
	"slices"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/probe"
	"circuitbook/sparsenn/task"
)

// Exchange is [InterchangeEach] over any number of examples, a batch at a time.
// It is empty where there are no groups.
func Exchange(m model.Recorder, list []task.Example, at Pairing, groups ...[]circuit.Node) ([]Swap, error) {
	out := make([]Swap, len(groups))
	if len(groups) == 0 {
		return out, nil
	}
	for part := range slices.Chunk(list, probe.PairsAtOnce) {
		swaps, err := InterchangeEach(m, part, groups, at)
		if err != nil {
			return nil, err
		}
		for i, s := range swaps {
			w, sum := float64(s.N)/float64(len(list)), &out[i]
			sum.Node, sum.N = s.Node, sum.N+s.N
			sum.Before, sum.After = sum.Before+w*s.Before, sum.After+w*s.After
			sum.MarginBefore, sum.MarginAfter = sum.MarginBefore+w*s.MarginBefore, sum.MarginAfter+w*s.MarginAfter
		}
	}
	return out, nil
}

// Apart makes a group of every node, for [Exchange] to exchange each alone.
func Apart(nodes []circuit.Node) (groups [][]circuit.Node) {
	for _, n := range nodes {
		groups = append(groups, []circuit.Node{n})
	}
	return groups
}

// Most is the index of the group whose exchange turns the answers of examples most, by the
// margin; -1 where there are no groups. It is a choice: the examples are to be of the
// select split.
func Most(m model.Recorder, list []task.Example, at Pairing, groups ...[]circuit.Node) (int, error) {
	best, least := -1, math.Inf(1)
	swaps, err := Exchange(m, list, at, groups...)
	for i, s := range swaps {
		if s.MarginAfter-s.MarginBefore < least {
			best, least = i, s.MarginAfter-s.MarginBefore
		}
	}
	return best, err
}

// LookingBack is the head of a circuit whose values, exchanged at the opening token alone,
// turn the answers of examples most, with those of its values that the circuit has. ok is
// false where no head has any. It is a choice, as that of [Most] is.
func LookingBack(m model.Recorder, c *circuit.Circuit, list []task.Example) (head circuit.Head, values []circuit.Node, ok bool, err error) {
	least := math.Inf(1)
	for _, h := range c.Heads() {
		v := c.OfHead(h, circuit.Value)
		if len(v) == 0 {
			continue
		}
		s, err := Exchange(m, list, Opening, v)
		if err != nil {
			return head, nil, false, err
		}
		if d := s[0].MarginAfter - s[0].MarginBefore; d < least {
			head, values, least, ok = h, v, d, true
		}
	}
	return head, values, ok, nil
}
