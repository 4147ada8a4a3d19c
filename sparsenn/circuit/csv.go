package circuit

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
)

// EdgesCSV writes a line for each edge, after a header: from, to, tensor, row, col,
// weight, effect. Row and col are the weight's place in the tensor ([Shape.Place]);
// effect, in nats per example, is empty where it was not measured.
func EdgesCSV(c *Circuit) ([]byte, error) {
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("edges as CSV: %w", err)
	}
	rows := [][]string{{"from", "to", "tensor", "row", "col", "weight", "effect"}}
	for _, e := range c.Edges {
		tensor, row, col, err := c.Model.Place(e.From, e.To)
		if err != nil {
			return nil, fmt.Errorf("edges as CSV: %w", err)
		}
		rows = append(rows, []string{e.From.String(), e.To.String(), tensor, strconv.Itoa(row), strconv.Itoa(col),
			number(e.Weight), optional(e.Effect)})
	}
	return writeCSV(rows)
}

// NodesCSV writes a line for each node, after a header: node, site, index, layer,
// block, kind, head, channel, mean, bias, gate, effect. Layer and block are empty
// for final_resid, head and channel for all but q, k and v, effect, in nats per
// example, where it was not measured.
func NodesCSV(c *Circuit) ([]byte, error) {
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("nodes as CSV: %w", err)
	}
	rows := [][]string{{"node", "site", "index", "layer", "block", "kind", "head", "channel", "mean", "bias", "gate", "effect"}}
	for _, n := range c.Nodes {
		var layer, head, channel string
		if l := n.Layer(); l != NoLayer {
			layer = strconv.Itoa(l)
		}
		if h, ch, ok := c.Model.Head(n.Node); ok {
			head, channel = strconv.Itoa(h), strconv.Itoa(ch)
		}
		rows = append(rows, []string{n.String(), n.Site, strconv.Itoa(n.Index), layer, n.Block(), n.Kind(), head, channel,
			number(n.Mean), number(n.Bias), number(n.Gate), optional(n.Effect)})
	}
	return writeCSV(rows)
}

func writeCSV(rows [][]string) ([]byte, error) {
	var text bytes.Buffer
	if err := csv.NewWriter(&text).WriteAll(rows); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

// number is the shortest text that reads back as v.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func optional(v *float64) string {
	if v == nil {
		return ""
	}
	return number(*v)
}
