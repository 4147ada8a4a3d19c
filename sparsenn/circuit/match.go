package circuit

import (
	"fmt"
)

// Match says whether a circuit is of a model: it compares the weight of every edge,
// and every bias but 0, with the model's, as float32, and names the first that is
// another one there. weight is as for [Build].
//
// It returns the circuit as the model has it: c with all biases, and with all edges
// between its nodes. [Circuit.Lacks] says which of them c does not have.
func (c *Circuit) Match(weight func(tensor string) ([]float32, error)) (*Circuit, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	nodes, edges, err := Build(c.Model, c.Nodes, weight)
	if err != nil {
		return nil, err
	}
	const remedy = "; the circuit is of other weights, or was edited: open the model that it was found in, or find it anew"
	for i, n := range c.Nodes {
		if is := nodes[i].Bias; n.Bias != 0 && float32(n.Bias) != float32(is) {
			return nil, fmt.Errorf("node %s has bias %v in the circuit and %v in the model%s", n, n.Bias, is, remedy)
		}
	}
	whole := *c
	whole.Nodes, whole.Edges = nodes, nil
	merge(c.Edges, edges, Edge.compare, func(x Edge) {
		if err == nil {
			err = fmt.Errorf("edge %s has weight %v in the circuit and none in the model%s", x, x.Weight, remedy)
		}
	}, func(y Edge) {
		whole.Edges = append(whole.Edges, y)
	}, func(x, y Edge) {
		if err == nil && float32(x.Weight) != float32(y.Weight) {
			err = fmt.Errorf("edge %s has weight %v in the circuit and %v in the model%s", x, x.Weight, y.Weight, remedy)
		}
		y.Effect = x.Effect
		whole.Edges = append(whole.Edges, y)
	})
	if err != nil {
		return nil, err
	}
	return &whole, nil
}

// Lacks is an error that names the first edge of whole that c does not have, nil if
// it has all. whole is from [Circuit.Match].
func (c *Circuit) Lacks(whole *Circuit) (err error) {
	merge(c.Edges, whole.Edges, Edge.compare, func(Edge) {}, func(y Edge) {
		if err == nil {
			err = fmt.Errorf("the circuit lacks the edge %s, which has weight %v in the model: take it in; Build finds all", y, y.Weight)
		}
	}, func(Edge, Edge) {})
	return err
}
