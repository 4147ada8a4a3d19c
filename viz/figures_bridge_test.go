package viz_test

import (
	"fmt"
	"math"

	"circuitbook/viz"
	"circuitbook/viz/charts"
)

// bridgeFigures are small instances of paths through two models: of two layers with intervals, and
// of sixteen without.
func bridgeFigures() map[string]viz.Figure {
	two := bridgePath(2)
	two.Caption, two.Interval = "Late boundaries carry over better.", "95 % over 64 streams"
	two.Limit = 2.53
	deep := bridgePath(16)
	deep.Dense, deep.Sparse = charts.BridgeLoss{CE: 2.232}, charts.BridgeLoss{CE: 2.467, KL: 0.247}
	deep.Boundaries[7].Encode = 1.4
	for i := range deep.Boundaries {
		b := &deep.Boundaries[i]
		for _, l := range []*charts.BridgeLoss{&b.DenseToSparse, &b.SparseToDense} {
			*l = charts.BridgeLoss{CE: l.CE, KL: l.KL}
		}
	}
	return map[string]viz.Figure{"bridge_path": two, "bridge_path_deep": deep}
}

// bridgePath makes a path of so many layers whose errors fall with depth.
func bridgePath(layers int) charts.BridgePath {
	p := charts.BridgePath{
		Note:   viz.Note{Title: "The path through both models", Provenance: "seed 7"},
		Dense:  charts.BridgeLoss{CE: 2.232, CELo: 2.221, CEHi: 2.243},
		Sparse: charts.BridgeLoss{CE: 2.467, KL: 0.247, CELo: 2.455, CEHi: 2.479, KLLo: 0.241, KLHi: 0.253},
	}
	loss := func(kl float64) charts.BridgeLoss {
		ce := 2.225 + kl
		return charts.BridgeLoss{CE: ce, KL: kl, CELo: ce - 0.015, CEHi: ce + 0.015, KLLo: kl * 0.93, KLHi: kl * 1.08}
	}
	round := func(v float64) float64 { return math.Round(1000*v) / 1000 }
	n := 2*layers + 1
	for i := range n {
		depth := float64(i) / float64(n-1)
		site := fmt.Sprintf("%d.resid_in", i/2)
		switch {
		case i == n-1:
			site = "final_resid"
		case i%2 == 1:
			site = fmt.Sprintf("%d.resid_mid", i/2)
		}
		p.Boundaries = append(p.Boundaries, charts.BridgeBoundary{
			Site: site, Encode: round(0.36 - 0.14*depth), Decode: round(0.21 + 0.14*depth*depth),
			DenseToSparse: loss(round(0.27 - 0.17*depth)), SparseToDense: loss(round(0.08 + 0.31*math.Sqrt(depth)*(1-0.3*depth))),
		})
	}
	return p
}
