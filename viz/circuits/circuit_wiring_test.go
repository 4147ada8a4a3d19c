package circuits

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
)

// paths wires nodes given by path, with edges "from > to".
func paths(t *testing.T, shape circuit.Shape, nodes string, edges ...string) *wiring {
	t.Helper()
	node := func(path string) circuit.Node {
		n, err := circuit.ParseNode(strings.TrimSpace(path))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	var ns []circuit.Node
	for _, f := range strings.Fields(nodes) {
		ns = append(ns, node(f))
	}
	slices.SortFunc(ns, circuit.Node.Compare)
	var es []circuit.Edge
	for _, e := range edges {
		from, to, _ := strings.Cut(e, ">")
		es = append(es, circuit.Edge{From: node(from), To: node(to), Weight: 1})
	}
	return wire(shape, ns, es)
}

var smallShape = circuit.Shape{Layers: 3, DModel: 8, Heads: 2, DHead: 4, DMLP: 32, DPos: 2, Vocab: 16}

// TestStretches: where a channel carries something, in every case of what writes and reads it.
func TestStretches(t *testing.T) {
	for name, c := range map[string]struct{ nodes, want string }{
		"read only":            {"0.mlp.act_in[1]", "embed=stop0 stop0-end"},
		"written only":         {"0.mlp.resid_delta[1]", "embed-stop0 stop0=end"},
		"written, then read":   {"0.mlp.resid_delta[1] 1.attn.act_in[1]", "embed-stop0 stop0=stop1 stop1-end"},
		"read, then written":   {"0.mlp.act_in[1] 0.mlp.resid_delta[1]", "embed=stop0 stop0=stop1 stop1=end"},
		"read twice":           {"0.mlp.act_in[1] 1.mlp.act_in[1]", "embed=stop0 stop0=stop1 stop1-end"},
		"written twice":        {"0.mlp.resid_delta[1] 1.mlp.resid_delta[1] 2.attn.act_in[1]", "embed-stop0 stop0=stop1 stop1=stop2 stop2-end"},
		"named by final_resid": {"0.mlp.resid_delta[1] final_resid[1]", "embed-stop0 stop0=stop1 stop1=end"},
		"not named by it":      {"0.mlp.resid_delta[1] final_resid[2]", "embed-stop0 stop0-end"},
		"position":             {"0.mlp.act_in[9] 1.mlp.act_in[9]", "embed=stop0 stop0=stop1"},
	} {
		w := paths(t, smallShape, c.nodes)
		l := &w.lanes[0]
		var got []string
		for _, s := range w.stretches(l) {
			end := func(i int) string {
				switch i {
				case -1:
					return "embed"
				case len(l.stops):
					return "end"
				}
				return fmt.Sprint("stop", i)
			}
			sign := "-"
			if s.busy {
				sign = "="
			}
			got = append(got, end(s.from)+sign+end(s.to))
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%s: got %s, want %s", name, g, c.want)
		}
	}
}

// TestWire sorts a small circuit by hand.
func TestWire(t *testing.T) {
	w := paths(t, smallShape, "0.attn.act_in[1] 0.attn.q[5] 0.attn.k[5] 0.attn.v[1] 0.attn.v[6] 0.attn.resid_delta[3] 2.mlp.post_act[7] final_resid[3]",
		"0.attn.act_in[1] > 0.attn.v[6]", "0.attn.v[6] > 0.attn.resid_delta[3]")
	var names []string
	for i := range w.blocks {
		names = append(names, w.blocks[i].name)
	}
	if got := strings.Join(names, " "); got != "0.attn 2.mlp final_resid" {
		t.Errorf("blocks %s", got)
	}
	if got := w.blocks[0].heads; len(got) != 2 || got[0].number != 1 || len(got[0].q) != 1 || len(got[0].k) != 1 || len(got[0].v) != 1 || got[1].number != 0 || len(got[1].v) != 1 {
		t.Errorf("heads %+v", got)
	}
	if len(w.blocks[0].mid) != 4 || len(w.blocks[0].in) != 1 || len(w.blocks[0].out) != 1 {
		t.Errorf("block %+v", w.blocks[0])
	}
	if len(w.lanes) != 2 || w.lanes[0].channel != 1 || w.lanes[1].channel != 3 || len(w.lanes[1].stops) != 2 {
		t.Errorf("lanes %+v", w.lanes)
	}
	if len(w.links) != 2 || w.nodes[w.links[1].from].String() != "0.attn.v[6]" || w.nodes[w.links[1].to].String() != "0.attn.resid_delta[3]" {
		t.Errorf("links %+v", w.links)
	}
	if !w.final() || paths(t, smallShape, "0.mlp.act_in[1]").final() {
		t.Error("final_resid is not found where it is")
	}
}

// TestWirePositions: a channel of the positions is no channel of the residual stream.
func TestWirePositions(t *testing.T) {
	w := paths(t, smallShape, "0.mlp.act_in[7] 0.mlp.act_in[8]")
	if w.lanes[0].position || !w.lanes[1].position {
		t.Errorf("lanes %+v of %d channels", w.lanes, smallShape.DModel)
	}
}
