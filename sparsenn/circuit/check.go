package circuit

import (
	"circuitbook/sparsenn/stat"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"unicode/utf8"
)

// Check says what is wrong with a circuit, nil if nothing is:
//   - Model is possible and every node is one of it;
//   - nodes and edges are sorted, and none is there twice;
//   - every edge joins two nodes of Nodes that a weight can join, and is not 0;
//   - every number is finite; a bias belongs to a node that a linear map makes, a
//     mean to mean ablation;
//   - every estimate has lo ≤ mean ≤ hi, and is over something;
//   - Ablation is known, text is UTF-8, and provenance holds only strings, booleans
//     and numbers that survive JSON: whole ones up to 2⁵³;
//   - Weights is a digest, or empty.
//
// [Encode] writes no circuit that breaks this, [Decode] returns none.
func (c *Circuit) Check() error {
	if c == nil {
		return errors.New("there is no circuit")
	}
	if err := c.Model.Check(); err != nil {
		return err
	}
	if c.Ablation != MeanAblation && c.Ablation != ZeroAblation {
		return fmt.Errorf("ablation is %q; it must be %q or %q", c.Ablation, MeanAblation, ZeroAblation)
	}
	for _, f := range []struct{ name, text string }{{"task", c.Task}, {"run", c.Run}} {
		if !utf8.ValidString(f.text) {
			return fmt.Errorf("%s %q is not UTF-8", f.name, f.text)
		}
	}
	if c.Weights != "" && !digest.MatchString(c.Weights) {
		return fmt.Errorf("weights is %q; it must be the digest of a model, 32 hexadecimal digits", c.Weights)
	}
	for _, f := range []struct {
		name string
		v    float64
	}{{"target", c.Target}, {"logit_scale", c.LogitScale}, {"logit_shift", c.LogitShift}} {
		if !finite(f.v) {
			return fmt.Errorf("%s is %v; it must be finite", f.name, f.v)
		}
	}
	if c.Target < 0 {
		return fmt.Errorf("target is %v; a loss is not negative", c.Target)
	}
	if err := c.checkNodes(); err != nil {
		return err
	}
	if err := c.checkEdges(); err != nil {
		return err
	}
	if err := c.Proof.check(); err != nil {
		return err
	}
	return checkProvenance(c.Provenance)
}

// digest is what model.Digest returns.
var digest = regexp.MustCompile(`^[0-9a-f]{32}$`)

func (c *Circuit) checkNodes() error {
	for i, n := range c.Nodes {
		if err := c.Model.has(n.Node); err != nil {
			return err
		}
		if i > 0 {
			if err := inOrder("node", c.Nodes[i-1], n, c.Nodes[i-1].Compare(n.Node)); err != nil {
				return err
			}
		}
		for _, f := range []struct {
			name string
			v    float64
		}{{"mean", n.Mean}, {"bias", n.Bias}, {"gate", n.Gate}, {"effect", value(n.Effect)}} {
			if !finite(f.v) {
				return fmt.Errorf("node %s: %s is %v; it must be finite", n, f.name, f.v)
			}
		}
		if n.Mean != 0 && c.Ablation == ZeroAblation {
			return fmt.Errorf("node %s: mean is %v; under %s ablation it is 0", n, n.Mean, ZeroAblation)
		}
		if n.Bias != 0 {
			if _, _, ok := maker(n.Site); !ok {
				return fmt.Errorf("node %s: bias is %v; no linear map makes such a node, so it is 0", n, n.Bias)
			}
		}
	}
	return nil
}

func (c *Circuit) checkEdges() error {
	kept := make(map[Node]bool, len(c.Nodes))
	for _, n := range c.Nodes {
		kept[n.Node] = true
	}
	for i, e := range c.Edges {
		for _, end := range []Node{e.From, e.To} {
			if !kept[end] {
				return fmt.Errorf("edge %s: %s is not one of the circuit's nodes", e, end)
			}
		}
		if _, _, _, err := c.Model.Place(e.From, e.To); err != nil {
			return err
		}
		if i > 0 {
			if err := inOrder("edge", c.Edges[i-1], e, c.Edges[i-1].compare(e)); err != nil {
				return err
			}
		}
		if !finite(e.Weight) || e.Weight == 0 {
			return fmt.Errorf("edge %s: weight is %v; it must be finite and not 0", e, e.Weight)
		}
		if !finite(value(e.Effect)) {
			return fmt.Errorf("edge %s: effect is %v; it must be finite", e, *e.Effect)
		}
	}
	return nil
}

// inOrder judges a comparison of an element with the one after it.
func inOrder(what string, a, b fmt.Stringer, order int) error {
	switch {
	case order == 0:
		return fmt.Errorf("%s %s is there twice", what, b)
	case order > 0:
		return fmt.Errorf("%s %s comes after %s; call Sort", what, b, a)
	}
	return nil
}

func (p *Proof) check() error {
	if p == nil {
		return nil
	}
	for _, f := range []struct {
		name string
		*stat.Estimate
	}{{"full", &p.Full}, {"alone", &p.Alone}, {"removed", &p.Removed},
		{"random_alone", &p.RandomAlone}, {"random_removed", &p.RandomRemoved}, {"raw", p.Raw}, {"faithfulness", p.Faithfulness}} {
		if f.Estimate == nil {
			continue
		}
		switch e := *f.Estimate; {
		case !finite(e.Mean) || !finite(e.Lo) || !finite(e.Hi):
			return fmt.Errorf("proof: %s is %v in [%v, %v]; all three must be finite", f.name, e.Mean, e.Lo, e.Hi)
		case e.Lo > e.Mean || e.Mean > e.Hi:
			return fmt.Errorf("proof: %s is %v, outside its interval [%v, %v]", f.name, e.Mean, e.Lo, e.Hi)
		case e.N < 0 || e.N == 0 && e != (stat.Estimate{}):
			return fmt.Errorf("proof: %s is an estimate over n = %d", f.name, e.N)
		}
	}
	return nil
}

// maxWhole is the largest number up to which float64, and so JSON as most
// programs read it, holds every whole number.
const maxWhole = 1 << 53

func checkProvenance(p map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(p)) {
		if !utf8.ValidString(key) {
			return fmt.Errorf("provenance: key %q is not UTF-8", key)
		}
		ok, whole := true, false
		switch v := p[key].(type) {
		case string:
			if !utf8.ValidString(v) {
				return fmt.Errorf("provenance: %s is %q, which is not UTF-8", key, v)
			}
		case bool, int8, int16, int32, uint8, uint16, uint32:
		case int:
			ok, whole = -maxWhole <= v && v <= maxWhole, true
		case int64:
			ok, whole = -maxWhole <= v && v <= maxWhole, true
		case uint:
			ok, whole = v <= maxWhole, true
		case uint64:
			ok, whole = v <= maxWhole, true
		case float32:
			ok = finite(float64(v))
		case float64:
			ok = finite(v)
		default:
			return fmt.Errorf("provenance: %s is a %T; it must be a string, a number or a boolean", key, v)
		}
		if !ok && whole {
			return fmt.Errorf("provenance: %s is %v, which JSON readers round; give it as a string", key, p[key])
		}
		if !ok {
			return fmt.Errorf("provenance: %s is %v; it must be finite", key, p[key])
		}
	}
	return nil
}

// value is 0 for what was not measured.
func value(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}
