package charts_test

import (
	"fmt"

	"circuitbook/viz"
	"circuitbook/viz/charts"
)

func ExampleBridgePath() {
	b, err := charts.BridgePath{
		Note:  viz.Note{Title: "Where can the models be switched?"},
		Dense: charts.BridgeLoss{CE: 2.2}, Sparse: charts.BridgeLoss{CE: 2.5, KL: 0.3}, Limit: 2.6,
		Interval: "95 % over 64 streams",
		Boundaries: []charts.BridgeBoundary{
			{Site: "0.resid_in", Encode: 0.36, Decode: 0.21, DenseToSparse: charts.BridgeLoss{CE: 2.5, KL: 0.3, CELo: 2.47, CEHi: 2.53}, SparseToDense: charts.BridgeLoss{CE: 2.28, KL: 0.08}},
			{Site: "0.resid_mid", Encode: 0.3, Decode: 0.25, DenseToSparse: charts.BridgeLoss{CE: 2.43, KL: 0.22}, SparseToDense: charts.BridgeLoss{CE: 2.4, KL: 0.2}},
			{Site: "final_resid", Encode: 0.22, Decode: 0.35, DenseToSparse: charts.BridgeLoss{CE: 2.31, KL: 0.1}, SparseToDense: charts.BridgeLoss{CE: 2.54, KL: 0.33}},
		},
	}.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.Text)
	// Output:
	// Where can the models be switched?
	// ─────────────────────────────────
	//     embedding
	//   0.resid_in   encoder v 0.360  │  |                         ---v---      |  │ 2.50 [2.47, 2.53]
	//                decoder ^ 0.210  │  |       ^                    |         |  │ 2.28
	//     attention 0
	//   0.resid_mid  encoder v 0.300  │  |                     v      |         |  │ 2.43
	//                decoder ^ 0.250  │  |                  ^         |         |  │ 2.40
	//     MLP 0
	//   final_resid  encoder v 0.220  │  |          v                 |         |  │ 2.31
	//                decoder ^ 0.350  │  |                            |   ^     |  │ 2.54
	//     unembedding
	//                                  2.18           cross-entropy            2.62
	//   v dense, then sparse; ^ sparse, then dense; beside it the NMSE of the link
	//   | dense 2.20
	//   | sparse 2.50
	//   | limit 2.60
	//   - Whiskers: 95 % over 64 streams
	//
	// boundary     way             NMSE  cross-entropy  from    to    KL  from  to
	// ───────────  ──────────────  ────  ─────────────  ────  ────  ────  ────  ──
	// 0.resid_in   dense → sparse  0.36           2.50  2.47  2.53  0.30
	// 0.resid_in   sparse → dense  0.21           2.28              0.08
	// 0.resid_mid  dense → sparse  0.30           2.43              0.22
	// 0.resid_mid  sparse → dense  0.25           2.40              0.20
	// final_resid  dense → sparse  0.22           2.31              0.10
	// final_resid  sparse → dense  0.35           2.54              0.33
	//              dense                          2.20              0.00
	//              sparse                         2.50              0.30
	//              limit                          2.60
}
