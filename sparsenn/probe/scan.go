package probe

import (
	"context"
	"fmt"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
)

// scanBatch is how many windows a call of Record takes; always as many, so that
// one program serves them all.
const scanBatch = 32

// Scan says what nodes are at every token of every window:
// [node][window][token]. A node may be of any site with channels, also of one
// that circuits do not have, such as 1.resid_in. progress, which may be nil, is
// called with the number of windows done. When ctx is cancelled, Scan stops
// within a batch.
func Scan(ctx context.Context, m model.Recorder, windows []Window, nodes []circuit.Node, progress func(done, all int)) ([][][]float32, error) {
	if len(windows) == 0 || len(nodes) == 0 {
		return nil, fmt.Errorf("probe: %d nodes in %d windows; give at least one of each", len(nodes), len(windows))
	}
	var sites []model.Site
	at := map[model.Site]int{}
	for _, n := range nodes {
		site := model.Site(n.Site)
		if _, ok := at[site]; !ok {
			at[site] = len(sites)
			sites = append(sites, site)
		}
	}
	out := make([][][]float32, len(nodes))
	for i := range out {
		out[i] = make([][]float32, len(windows))
	}
	for from := 0; from < len(windows); from += scanBatch {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		batch := make([][]int32, min(scanBatch, len(windows)))
		for i := range batch {
			batch[i] = windows[min(from+i, len(windows)-1)].Tokens
		}
		rec, err := m.Record(batch, sites)
		if err != nil {
			return nil, fmt.Errorf("probe: windows %d to %d: %w", from, min(from+scanBatch, len(windows))-1, err)
		}
		for i, n := range nodes {
			a := rec.Activations[at[model.Site(n.Site)]]
			if len(a.Shape) == 3 && n.Index >= a.Shape[2] {
				return nil, fmt.Errorf("probe: there is no node %s: the site has %d channels, counted from 0", n, a.Shape[2])
			}
			if len(a.Shape) != 3 || n.Index < 0 || n.Index >= a.Shape[2] {
				return nil, fmt.Errorf("probe: node %s: the site is of shape %v; its last axis must be channels, of which the node is one", n, a.Shape)
			}
			for b := from; b < min(from+len(batch), len(windows)); b++ {
				v := make([]float32, len(windows[b].Tokens))
				for t := range v {
					v[t] = a.At(b-from, t)[n.Index]
				}
				out[i][b] = v
			}
		}
		if progress != nil {
			progress(min(from+len(batch), len(windows)), len(windows))
		}
	}
	return out, nil
}
