package brackets

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"circuitbook/notebooks/lab"
	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/contrast"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/verify"
	"circuitbook/viz"
	"circuitbook/viz/book"
	"circuitbook/viz/circuits"
	"circuitbook/viz/tokenview"
)

// A MainPath is the way through a circuit that counts most, from the embedding to what attention
// writes, and three of its nodes by what they may be: a reading, to be tested.
type MainPath struct {
	Circuit  *lab.Circuit
	Mark     string    // in the token that opens what the answer closes; "" is where the sides differ first
	Sides    [2]string // names for the two sides of a pair
	Nodes    []string
	Depth    string // the last: of all that attention writes, what the circuit misses most
	Value    string // the value of a head that Depth gets most from
	Detector string // the first neuron on the way; Value where there is none
	Head     circuit.Head
}

// MainPathOf finds it by effects on prompts for selecting. mark is what the token has in it that
// opens what the answer closes, such as "[": the last such token of a prompt is looked at, and
// with "" the first token in which the two sides differ. prompt and counter are names for them.
func MainPathOf(c *lab.Circuit, mark, prompt, counter string) MainPath {
	w := MainPath{Circuit: c, Mark: mark, Sides: [2]string{prompt, counter}}
	nodes := c.Chosen().MainPath()
	if len(nodes) == 0 {
		return w
	}
	w.Nodes = pathsOf(nodes)
	value := nodes[len(nodes)-2]
	w.Depth, w.Value, w.Detector = nodes[len(nodes)-1].String(), value.String(), value.String()
	head, _, _ := c.Data().Model.Head(value)
	w.Head = circuit.Head{Layer: value.Layer(), Head: head}
	for _, n := range nodes {
		if n.Kind() == circuit.PostAct {
			w.Detector = n.String()
			break
		}
	}
	return w
}

// Found is false where attention writes nothing in the circuit: then there is no way.
func (w MainPath) Found() bool { return len(w.Nodes) > 0 }

func (w MainPath) none() cell.Result {
	return cell.Nothing("in this circuit attention writes nothing: there is no way to follow")
}

func nodeOf(path string) circuit.Node { return cell.Must(circuit.ParseNode(path)) }

func (w MainPath) task() task.Task { return w.Circuit.Task() }

func (w MainPath) open() contrast.Opening {
	return contrast.LastWith(w.Circuit.Model().Run().Tokenizer, w.Mark)
}

// pairs are n held-out pairs of at most so many tokens, and their two sides.
func (w MainPath) pairs(n, maxTokens int) (list []task.Example, sides [2]contrast.Side) {
	list = w.Circuit.Model().HeldOut(w.task(), n, maxTokens)
	sides[0], sides[1] = contrast.Sides(list, w.open())
	return list, sides
}

// mostNodes is how many nodes are tabulated.
const mostNodes = 60

// Bundle says what every node of the circuit is at the token that opens and at the last one,
// on both sides, and which embeddings write the channels that are read: the way's nodes have a
// star.
func (w MainPath) Bundle() (viz.Bundle, error) {
	if !w.Found() {
		return w.none().Bundle()
	}
	c := w.Circuit
	run, data := c.Model().Run(), c.Data()
	list, sides := w.pairs(64, 64)
	kept := slices.Clone(c.Chosen().Nodes)
	slices.SortStableFunc(kept, func(a, b circuit.Kept) int { return cmp.Compare(b.Importance(), a.Importance()) })
	kept = kept[:min(len(kept), mostNodes)]
	slices.SortFunc(kept, func(a, b circuit.Kept) int { return a.Compare(b.Node) })
	var nodes []circuit.Node
	for _, k := range kept {
		nodes = append(nodes, k.Node)
	}
	alone := cell.Interruptible(func(ctx context.Context) (*verify.Submodel, error) { return verify.Alone(ctx, run, data) })
	var at [2][2][][]float64 // [side][opening, last][node][prompt]
	for s, side := range sides {
		for k, where := range [][]int{side.Open, nil} {
			_, values, err := contrast.Look(alone, side.Prompts, list[0], nodes, where, nil)
			if err != nil {
				return viz.Bundle{}, err
			}
			at[s][k] = values
		}
	}
	t := viz.Table{Note: c.Note("What the nodes are", fmt.Sprintf("The way that counts most (*): %s. Means over %d held-out pairs in the circuit alone. Effects: nats per example, of held-out pairs too; the way was chosen by those of pairs for selecting. At most %d nodes.", strings.Join(w.Nodes, " → "), len(list), mostNodes)),
		Columns: []viz.Column{{Name: "node"}, {Name: "effect", Format: "%.3f", Bar: true}, {Name: "mean in training text", Format: "%.2f"}}}
	for _, where := range []string{"at the opening", "at the end"} {
		for _, side := range w.Sides {
			t.Columns = append(t.Columns, viz.Column{Name: where + ", " + side, Format: "%.2f"})
		}
	}
	t.Columns = append(t.Columns, viz.Column{Name: "embeddings that write it"})
	embedding := cell.Must(run.Model.Values("transformer.wte.weight"))
	for i, k := range kept {
		if of, ok := data.Find(k.Node); ok {
			k = of // with its effect on held-out pairs
		}
		name := k.Node.String()
		if slices.Contains(w.Nodes, name) {
			name += " *"
		}
		row := []any{name, k.Importance(), k.Mean}
		for k := range 2 {
			for s := range 2 {
				row = append(row, stat.Mean(at[s][k][i]).Mean)
			}
		}
		var writes []string
		if k.Kind() == circuit.ActIn && k.Index < data.Model.DModel {
			v := cell.Must(tokenview.TokenColumn(embedding, data.Model.DModel, k.Index, w.token))
			slices.SortStableFunc(v, func(a, b tokenview.TokenWeight) int { return cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)) })
			for _, x := range v[:min(4, len(v))] {
				writes = append(writes, fmt.Sprintf("%q %+.1f", x.Token, x.Weight))
			}
		}
		t.Rows = append(t.Rows, append(row, strings.Join(writes, ", ")))
	}
	return t.Bundle()
}

func (w MainPath) token(id int) string {
	return cell.Must(w.Circuit.Model().Run().Tokenizer.Token(int32(id)))
}

// answer names an answer in a figure, without the end of its line.
func (w MainPath) answer(token int32) string { return strings.TrimSpace(w.token(int(token))) }

// Claims are depth_node, detector_node, value_node and way.
func (w MainPath) Claims() []book.Stated {
	return []book.Stated{{Name: "depth_node", Value: w.Depth}, {Name: "detector_node", Value: w.Detector}, {Name: "value_node", Value: w.Value}, {Name: "way", Value: strings.Join(w.Nodes, " ")}}
}

func (w MainPath) Empty() bool { return !w.Found() }

// Picture draws the circuit with the names of the way's nodes.
func (w MainPath) Picture(title string) circuits.Circuit {
	return w.Circuit.Picture(title, w.Depth, "depth", w.Value, "value", w.Detector, "detector")
}

// pathsOf are nodes by their paths.
func pathsOf(nodes []circuit.Node) (out []string) {
	for _, n := range nodes {
		out = append(out, n.String())
	}
	return out
}
