package circuit_test

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"testing"

	. "circuitbook/sparsenn/circuit"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCSV(t *testing.T) {
	for _, c := range []struct {
		write func(*Circuit) ([]byte, error)
		want  string
	}{
		{EdgesCSV, "from,to,tensor,row,col,weight,effect\n" +
			"0.attn.act_in[4],0.attn.v[3],transformer.h.0.attn.c_attn.weight,11,4,0.10000000149011612,\n" +
			"0.attn.v[3],0.attn.resid_delta[2],transformer.h.0.attn.c_proj.weight,2,3,-3,0.25\n"},
		{NodesCSV, "node,site,index,layer,block,kind,head,channel,mean,bias,gate,effect\n" +
			"0.attn.act_in[4],0.attn.act_in,4,0,attn,act_in,,,0.3333333333333333,0,0.5,\n" +
			"0.attn.v[3],0.attn.v,3,0,attn,v,1,1,0,-2.5,-0.25,0\n" +
			"0.attn.resid_delta[2],0.attn.resid_delta,2,0,attn,resid_delta,,,5e-324,1e+300,0,0.5\n" +
			"final_resid[2],final_resid,2,,,final_resid,,,-0.125,0,0,-0.001\n"},
	} {
		got, err := c.write(full())
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, string(got)); d != "" {
			t.Error(d)
		}
		broken := full()
		broken.Ablation = ""
		_, err = c.write(broken)
		mustContain(t, err, "as CSV: ablation")
	}
}

// TestCSVReadsBack: a spreadsheet has the numbers of the circuit.
func TestCSVReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genCircuit().Draw(t, "circuit")
		read := func(text []byte, err error) [][]string {
			if err != nil {
				t.Fatal(err)
			}
			rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			return rows[1:]
		}
		float := func(s string) float64 {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		optional := func(s string) *float64 {
			if s == "" {
				return nil
			}
			return pointer(float(s))
		}
		var nodes []Kept
		for _, r := range read(NodesCSV(c)) {
			nodes = append(nodes, Kept{Node: node(r[0]), Mean: float(r[8]), Bias: float(r[9]), Gate: float(r[10]), Effect: optional(r[11])})
		}
		var edges []Edge
		for _, r := range read(EdgesCSV(c)) {
			edges = append(edges, Edge{From: node(r[0]), To: node(r[1]), Weight: float(r[5]), Effect: optional(r[6])})
		}
		if d := cmp.Diff(c.Nodes, nodes, equateEmpty) + cmp.Diff(c.Edges, edges, equateEmpty); d != "" {
			t.Error(d)
		}
	})
}
