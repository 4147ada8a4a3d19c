package circuit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// npGraph is as much of Neuronpedia's schema of attribution graphs as is needed.
type npGraph struct {
	Metadata npMetadata `json:"metadata"`
	QParams  struct{}   `json:"qParams"`
	Nodes    []npNode   `json:"nodes"`
	Links    []npLink   `json:"links"`
}

type npMetadata struct {
	Slug         string   `json:"slug"`
	Scan         string   `json:"scan"`
	PromptTokens []string `json:"prompt_tokens"`
	Prompt       string   `json:"prompt"`
	Info         npInfo   `json:"info"`
}

type npInfo struct {
	Description string      `json:"description"`
	Generator   npGenerator `json:"generator"`
}

type npGenerator struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type npNode struct {
	NodeID      string `json:"node_id"`
	Feature     int    `json:"feature"`
	Layer       string `json:"layer"`
	CtxIdx      int    `json:"ctx_idx"`
	FeatureType string `json:"feature_type"`
	JSNodeID    string `json:"jsNodeId"`
	Clerp       string `json:"clerp"`
}

type npLink struct {
	Source string  `json:"source"`
	Target string  `json:"target"`
	Weight float64 `json:"weight"`
}

var slugs = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// Neuronpedia writes a circuit as an attribution graph in Neuronpedia's schema, for
// its upload dialog. slug names the graph (letters, digits, - and _), prompt and
// tokens are an example of the task.
//
// The two kinds of picture differ, and the export is honest about it:
//   - a link is an edge of the circuit with its weight, not an attribution; lanes and
//     heads are left out, so that the graph falls into one piece for each block;
//   - a node of the circuit stands for all tokens; it is drawn at the last one, where
//     the answer is;
//   - the viewer's "layer" is the place of the site among [Shape.Sites], counted from
//     1, so that every site has a row of its own. The label is the node's path.
//
// A circuit without nodes and a prompt without tokens are errors: the viewer draws
// neither.
func Neuronpedia(c *Circuit, slug, prompt string, tokens []string) ([]byte, error) {
	fail := func(format string, a ...any) ([]byte, error) {
		return nil, fmt.Errorf("neuronpedia: "+format, a...)
	}
	if err := c.Check(); err != nil {
		return fail("%w", err)
	}
	if !slugs.MatchString(slug) {
		return fail("slug %q; it must be of letters, digits, - and _", slug)
	}
	if len(tokens) == 0 {
		return fail("the prompt has no tokens; give those of an example of the task")
	}
	if len(c.Nodes) == 0 {
		return fail("the circuit has no nodes")
	}
	for _, s := range append([]string{prompt}, tokens...) {
		if !utf8.ValidString(s) {
			return fail("%q in the prompt is not UTF-8", s)
		}
	}
	g := npGraph{Metadata: npMetadata{Slug: slug, Scan: c.Run, PromptTokens: tokens, Prompt: prompt,
		Info: npInfo{
			Description: fmt.Sprintf("Circuit of task %s: %d nodes, %d edges. Links are weights.", c.Task, len(c.Nodes), len(c.Edges)),
			Generator:   npGenerator{"circuitbook", fmt.Sprintf("%s %d", Format, c.version())},
		}},
		Nodes: []npNode{}, Links: []npLink{}}
	sites := c.Model.Sites()
	last := len(tokens) - 1
	id := map[Node]string{}
	for _, n := range c.Nodes {
		row := slices.Index(sites, n.Site) + 1
		id[n.Node] = fmt.Sprintf("%d_%d_%d", row, n.Index, last)
		label := n.String()
		if n.Effect != nil {
			label += fmt.Sprintf(", effect %.3g nats", *n.Effect)
		}
		g.Nodes = append(g.Nodes, npNode{NodeID: id[n.Node], Feature: n.Index, Layer: fmt.Sprint(row), CtxIdx: last,
			FeatureType: strings.Trim(n.Block()+" "+n.Kind(), " "), JSNodeID: fmt.Sprintf("%d_%d-%d", row, n.Index, last), Clerp: label})
	}
	for _, e := range c.Edges {
		g.Links = append(g.Links, npLink{id[e.From], id[e.To], e.Weight})
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(g); err != nil {
		return fail("%w", err)
	}
	return text.Bytes(), nil
}
