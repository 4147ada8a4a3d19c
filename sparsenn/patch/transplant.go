package patch

import (
	"fmt"
	"slices"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
)

// Place is a token of one of several sequences.
type Place struct{ Sequence, Token int }

// Move brings what nodes are at one place to another, of the same sequence or
// of another.
type Move struct{ From, To Place }

// Transplant runs sequences twice, as they are and with nodes moved, and returns
// the logits after each of them, [sequence][vocab]. Everything that is moved is
// what the node is in the run as it is, so that moves in both directions
// exchange; of several moves to one place the last one counts. The nodes may be
// of any sites with channels, also of one that circuits do not have, such as
// 1.resid_in.
func Transplant(m model.Recorder, sequences [][]int32, nodes []circuit.Node, moves []Move) (before, after [][]float32, err error) {
	before, each, err := TransplantEach(m, sequences, [][]circuit.Node{nodes}, moves)
	if err != nil {
		return nil, nil, err
	}
	return before, each[0], nil
}

// TransplantEach is [Transplant] of several groups of nodes, each alone: the run
// as it is, is made once for all of them, and one program serves every run. after
// is by group, [group][sequence][vocab].
func TransplantEach(m model.Recorder, sequences [][]int32, groups [][]circuit.Node, moves []Move) (before [][]float32, after [][][]float32, err error) {
	var sites []model.Site
	for _, nodes := range groups {
		if len(nodes) == 0 {
			return nil, nil, fmt.Errorf("transplant: no nodes given")
		}
		for _, n := range nodes {
			if s := model.Site(n.Site); !slices.Contains(sites, s) {
				sites = append(sites, s)
			}
		}
	}
	if len(groups) == 0 {
		return nil, nil, fmt.Errorf("transplant: no nodes given")
	}
	at := groups[0][0]
	padded, last := model.Padded(sequences)
	if i := slices.Index(last, -1); i >= 0 {
		return nil, nil, fmt.Errorf("transplant at %s: sequence %d is empty; give at least one token", at, i)
	}
	if len(padded) == 0 {
		return nil, nil, fmt.Errorf("transplant at %s: no sequences given", at)
	}
	for i, v := range moves {
		for _, p := range []Place{v.From, v.To} {
			if p.Sequence < 0 || p.Sequence >= len(sequences) || p.Token < 0 || p.Token > last[p.Sequence] {
				return nil, nil, fmt.Errorf("transplant at %s: move %d names token %d of sequence %d, which there is not", at, i, p.Token, p.Sequence)
			}
		}
	}
	// A run that changes nothing has the form of those that do.
	changes := make([]model.Intervention, len(sites))
	for k, s := range sites {
		width, err := widthOf(m, s)
		if err != nil {
			return nil, nil, fmt.Errorf("transplant at %s: %w", at, err)
		}
		size := len(padded) * len(padded[0]) * width
		changes[k] = model.Intervention{Site: s, Scale: slices.Repeat([]float32{1}, size), Shift: make([]float32, size)}
	}
	asked := append(slices.Clone(sites), model.Logits)
	ends := func(r *model.Recording) (out [][]float32) {
		for i, end := range last {
			out = append(out, slices.Clone(r.Activations[len(sites)].At(i, end)))
		}
		return out
	}
	first, err := m.Record(padded, asked, changes...)
	if err != nil {
		return nil, nil, fmt.Errorf("transplant at %s: %w", at, err)
	}
	for _, nodes := range groups {
		moved := slices.Clone(changes)
		for k := range moved {
			moved[k].Scale, moved[k].Shift = slices.Clone(moved[k].Scale), slices.Clone(moved[k].Shift)
		}
		for _, n := range nodes {
			k := slices.Index(sites, model.Site(n.Site))
			own := first.Activations[k]
			seq, width := own.Shape[1], own.Shape[2]
			if n.Index < 0 || n.Index >= width {
				return nil, nil, fmt.Errorf("transplant at %s: the site has %d channels", n, width)
			}
			for _, v := range moves {
				i := (v.To.Sequence*seq+v.To.Token)*width + n.Index
				moved[k].Scale[i] = 0
				moved[k].Shift[i] = own.At(v.From.Sequence, v.From.Token)[n.Index]
			}
		}
		second, err := m.Record(padded, asked, moved...)
		if err != nil {
			return nil, nil, fmt.Errorf("transplant at %s: %w", nodes[0], err)
		}
		after = append(after, ends(second))
	}
	return ends(first), after, nil
}

// widthOf is the number of channels of a site.
func widthOf(m model.Recorder, s model.Site) (int, error) {
	switch m := m.(type) {
	case *model.Model:
		return m.Config.Width(s)
	case interface{ Width(model.Site) (int, error) }:
		return m.Width(s)
	}
	rec, err := m.Record([][]int32{{0}}, []model.Site{s})
	if err != nil {
		return 0, err
	}
	shape := rec.Activations[0].Shape
	return shape[len(shape)-1], nil
}

// Pairing says which tokens of a prompt and of its counterpart stand for each
// other: pairs of places, in the prompt and in the counterpart.
type Pairing func(prompt, counter []int32) [][2]int

// FromEnd pairs all tokens of the shorter side with those of the other that are
// as far from the end.
func FromEnd(prompt, counter []int32) [][2]int {
	var out [][2]int
	for back := 1; back <= min(len(prompt), len(counter)); back++ {
		out = append(out, [2]int{len(prompt) - back, len(counter) - back})
	}
	return out
}

// InterchangeAt exchanges nodes between the two prompts of every pair, all of
// them at once, at the tokens that at pairs and at no others, and counts how the
// answers swap. Where at pairs nothing, nothing is exchanged in that pair, which
// counts all the same. Swap.Node is the first of the nodes. Examples of a task
// with one answer are an error.
func InterchangeAt(m model.Recorder, examples []task.Example, nodes []circuit.Node, at Pairing) (Swap, error) {
	s, err := InterchangeEach(m, examples, [][]circuit.Node{nodes}, at)
	if err != nil {
		return Swap{N: len(examples)}, err
	}
	return s[0], nil
}

// InterchangeEach is [InterchangeAt] of several groups of nodes, each alone, in
// little more than half of the time that one after the other takes.
func InterchangeEach(m model.Recorder, examples []task.Example, groups [][]circuit.Node, at Pairing) ([]Swap, error) {
	for _, nodes := range groups {
		if len(nodes) == 0 {
			return nil, fmt.Errorf("interchange: no nodes given")
		}
	}
	if len(groups) == 0 {
		return nil, fmt.Errorf("interchange: no nodes given")
	}
	if len(examples) == 0 {
		return nil, fmt.Errorf("interchange at %s: no examples given", groups[0][0])
	}
	var sequences [][]int32
	var moves []Move
	for i, e := range examples {
		if e.Alt == task.Any {
			return nil, fmt.Errorf("interchange at %s: example %d has one answer only; the task must have two", groups[0][0], i)
		}
		sequences = append(sequences, e.Prompt, e.Counter)
		for _, p := range at(e.Prompt, e.Counter) {
			a, b := Place{2 * i, p[0]}, Place{2*i + 1, p[1]}
			moves = append(moves, Move{a, b}, Move{b, a})
		}
	}
	before, after, err := TransplantEach(m, sequences, groups, moves)
	if err != nil {
		return nil, err
	}
	calibration := ablate.Plain
	if p, ok := m.(interface{ Calibration() ablate.Calibration }); ok {
		calibration = p.Calibration()
	}
	n := float64(len(sequences))
	out := make([]Swap, len(groups))
	for g, nodes := range groups {
		s := Swap{N: len(examples), Node: nodes[0]}
		for i := range sequences {
			e := examples[i/2]
			margin := func(l []float32) float64 {
				d := calibration.Scale*float64(l[e.Target]-l[e.Alt]) + calibration.Shift
				if i%2 == 1 {
					d = -d
				}
				return d
			}
			was, is := margin(before[i]), margin(after[g][i])
			s.MarginBefore += was / n
			s.MarginAfter += is / n
			if was > 0 {
				s.Before += 1 / n
			}
			if is < 0 {
				s.After += 1 / n
			}
		}
		out[g] = s
	}
	return out, nil
}
