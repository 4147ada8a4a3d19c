package circuits_test

import (
	"fmt"

	"circuitbook/sparsenn/circuit"
	"circuitbook/viz/circuits"
)

// The quote circuit of the paper's figure 4, as text; its SVG is the picture.
func ExampleCircuit() {
	c, err := circuit.Load("../testdata/quotes.circuit.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := circuits.Circuit{Circuit: c, Labels: map[string]string{"0.mlp.post_act[863]": "double quote"}}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text)
	// Output:
	// Circuit of single_double_quote
	// ──────────────────────────────
	// 12 nodes, 9 edges; in the order of the forward pass; under each node the edges into it
	// 0.mlp
	//   act_in
	//     [205]   mean 0
	//     [207]   mean 0
	//   post_act
	//     [863]   mean 0  “double quote”
	//           -0.100 ← act_in[207]
	//     [2790]  mean 0
	//           -0.200 ← act_in[205]
	//   resid_delta
	//     [460]   mean 0
	//           +0.180 ← post_act[863]
	//           -0.230 ← post_act[2790]
	//     [985]   mean 0
	//           -0.150 ← post_act[863]
	//           -0.150 ← post_act[2790]
	// 10.attn
	//   act_in
	//     [460]   mean 0
	//     [985]   mean 0
	//   q
	//     [657]   head 82 channel 1  bias +4  mean 0
	//   k
	//     [657]   head 82 channel 1  bias +6  mean 0
	//            +1.56 ← act_in[985]
	//   v
	//     [656]   head 82 channel 0  bias +0.200  mean 0
	//            -2.50 ← act_in[460]
	//   resid_delta
	//     [83]    mean 0
	//               +1 ← v[656]
	//
	// Faithfulness, nats per example
	// loss of       mean  95 % from  to  n  over
	// ────────────  ────  ─────────  ──  ─  ────
	// not measured
	// Faithfulness was not measured.
	// ablation mean · note weight of v → resid_delta, means and effects are not given there; the
	// weight is set to 1 · run published model csp_yolo1 · source Gao et al. 2025, figure 4
}

func ExampleCircuitBlocks() {
	c, err := circuit.Load("../testdata/brackets.circuit.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := circuits.CircuitBlocks{Circuit: c, Top: 3}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text)
	// Output:
	// Circuit of bracket_counting
	// ───────────────────────────
	// 33 nodes, 29 edges, by blocks in the order of the forward pass
	// 0.attn
	//     act_in 5 → 9 edges → q k v 7 → 5 edges → resid_delta 2
	//     head 2: q 1, k 1, v 2
	//     head 5: q 1, k 1, v 1
	//     reads 5 channels of embed
	// 0.mlp
	//     act_in 2 → 4 edges → post_act 3 → 4 edges → resid_delta 2
	//     reads 2 channels of 0.attn
	// 1.attn
	//     act_in 2 → 2 edges → q k v 3 → 1 edge → resid_delta 1
	//     head 6: q 1, k 1, v 1
	//     reads 1 channel of 0.attn
	//     reads 1 channel of 0.mlp
	// 1.mlp
	//     act_in 1 → 2 edges → post_act 2 → 2 edges → resid_delta 1
	//     reads 1 channel of 0.mlp
	//     reads 1 channel of 1.attn
	// final_resid
	//     2 nodes
	//     reads 1 channel of 0.mlp
	//     reads 1 channel of 1.attn
	//     reads 1 channel of 1.mlp
	// largest effects of ablating a node, nats per example
	//     0.attn.resid_delta[12]     ██████████   0.660
	//     final_resid[3]             ██████████   0.660
	//     1.mlp.resid_delta[3]       █████████▊   0.640
	//
	// Faithfulness, nats per example
	// loss of                    mean  95 % from      to    n  over
	// ───────────────────────  ──────  ─────────  ──────  ───  ────────
	// whole model              0.0210     0.0120  0.0340  512  prompts
	// circuit alone            0.1420     0.1180  0.1690  512  prompts
	// circuit removed          0.7120     0.6900  0.7330  512  prompts
	// random circuits alone    0.6940     0.6810  0.7090   32  circuits
	// random circuits removed  0.0260     0.0210  0.0330   32  circuits
	// Loss in nats per example: whole model 0.021 (0.012 to 0.034, n = 512 prompts); circuit alone
	// 0.142 (0.118 to 0.169, n = 512 prompts); circuit removed 0.712 (0.690 to 0.733, n = 512
	// prompts); random circuits alone 0.694 (0.681 to 0.709, n = 32 circuits); random circuits removed
	// 0.026 (0.021 to 0.033, n = 32 circuits).
	// ablation mean · data made up for tests · run sample · seed 7 · steps 800
}

func ExampleCircuitDiff() {
	shape := circuit.Shape{Layers: 1, DModel: 8, Heads: 1, DHead: 8, DMLP: 32, Vocab: 16}
	read, one, two := circuit.Node{Site: "0.mlp.act_in", Index: 3}, circuit.Node{Site: "0.mlp.post_act", Index: 7}, circuit.Node{Site: "0.mlp.post_act", Index: 20}
	a := &circuit.Circuit{Run: "seed 0", Model: shape, Ablation: circuit.MeanAblation,
		Nodes: []circuit.Kept{{Node: read}, {Node: one}}, Edges: []circuit.Edge{{From: read, To: one, Weight: 0.5}}}
	b := &circuit.Circuit{Run: "seed 1", Model: shape, Ablation: circuit.MeanAblation,
		Nodes: []circuit.Kept{{Node: read}, {Node: one}, {Node: two}}, Edges: []circuit.Edge{{From: read, To: one, Weight: 0.75}, {From: read, To: two, Weight: -1}}}
	d, err := circuits.CircuitDiff{A: a, B: b, NameA: "before", NameB: "after"}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(d.Text)
	// Output:
	// before and after
	// ────────────────
	// 2 nodes in both, 0 only in before, 1 only in after (67 % shared); 1 edge in both, 0 only in before, 1 only in after (50 % shared)
	// = both   < only before   > only after
	// 0.mlp.act_in
	//   = [3]
	// 0.mlp.post_act
	//   = [7]
	//       = +0.500 / +0.750 ← act_in[3]
	//   > [20]
	//       > -1 ← act_in[3]
	//
	// Nodes by site
	// site            before  after  both  only before  only after
	// ──────────────  ──────  ─────  ────  ───────────  ──────────
	// 0.mlp.act_in         1      1     1            0           0
	// 0.mlp.post_act       1      2     1            0           1
	// ──────────────  ──────  ─────  ────  ───────────  ──────────
	// all                  2      3     2            0           1
	// before: Faithfulness was not measured. after: Faithfulness was not measured.
	// after seed 1 · before seed 0
}
