package circuit

import "slices"

// Lane is a channel of the residual stream as a circuit uses it. A lane is no edge
// and has no weight: what a writer adds stays in the channel, and every reader
// after it reads the sum, scaled by the norm. The embedding of the token writes
// every channel, too, and the readout reads every channel after the last norm;
// neither is a node.
type Lane struct {
	Channel int    `json:"channel"`
	Writers []Node `json:"writers"` // resid_delta[Channel], in the order of the forward pass
	Readers []Node `json:"readers"` // act_in[Channel] and final_resid[Channel], likewise
}

// Lanes lists the channels with at least one kept node, by channel. The position
// channels at the end of act_in are no lanes: nothing writes to them.
func (c *Circuit) Lanes() []Lane {
	at := map[int]*Lane{}
	for _, n := range c.Nodes {
		kind := n.Kind()
		if kind != ResidDelta && kind != ActIn && kind != FinalResid || n.Index >= c.Model.DModel {
			continue
		}
		l := at[n.Index]
		if l == nil {
			l = &Lane{Channel: n.Index}
			at[n.Index] = l
		}
		if kind == ResidDelta {
			l.Writers = append(l.Writers, n.Node)
		} else {
			l.Readers = append(l.Readers, n.Node)
		}
	}
	var lanes []Lane
	for _, l := range at {
		slices.SortFunc(l.Writers, Node.Compare)
		slices.SortFunc(l.Readers, Node.Compare)
		lanes = append(lanes, *l)
	}
	slices.SortFunc(lanes, func(a, b Lane) int { return a.Channel - b.Channel })
	return lanes
}

// After lists the readers that a writer reaches: those later in the forward pass.
// What the attention of layer L writes is read from L.mlp.act_in on, what its MLP
// writes from L+1.attn.act_in on.
func (l Lane) After(writer Node) []Node {
	return filter(l.Readers, func(r Node) bool { return CompareSites(r.Site, writer.Site) > 0 })
}
