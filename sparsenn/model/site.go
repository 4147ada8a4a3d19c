package model

import (
	"fmt"
	"strconv"
	"strings"
)

// Site is a named point of the forward pass, with the name that OpenAI's hooks
// use: "0.mlp.act_in". A node of a circuit is a site and an index.
type Site string

// The sites of a layer, to be prefixed with its number: see [At].
const (
	ResidIn        = "resid_in"         // the residual stream before attention; [batch, seq, DModel]
	AttnActIn      = "attn.act_in"      // after norm, positions and AbsTopK; [batch, seq, ReadWidth]
	AttnQuery      = "attn.q"           // after AbsTopK, before the head split; [batch, seq, AttnWidth]
	AttnKey        = "attn.k"           // same
	AttnValue      = "attn.v"           // same
	AttnPattern    = "attn.pattern"     // attention weights; [batch, head, seq, 1+seq] with a sink (its column first), else [batch, head, seq, seq]
	AttnY          = "attn.y"           // concatenated head outputs; [batch, seq, AttnWidth]
	AttnResidDelta = "attn.resid_delta" // what attention adds to the residual stream; [batch, seq, DModel]
	ResidMid       = "resid_mid"        // the residual stream between attention and MLP
	MLPActIn       = "mlp.act_in"       // after norm, positions and AbsTopK; [batch, seq, ReadWidth]
	MLPPostAct     = "mlp.post_act"     // after the activation function and AbsTopK; [batch, seq, DMLP]
	MLPResidDelta  = "mlp.resid_delta"  // what the MLP adds to the residual stream
)

// The sites outside the layers.
const (
	Embed      Site = "embed"       // token embeddings; [batch, seq, DModel]
	FinalResid Site = "final_resid" // the residual stream before the last norm
	Logits     Site = "logits"      // [batch, seq, Vocab]
)

var layerSites = []string{ResidIn, AttnActIn, AttnQuery, AttnKey, AttnValue, AttnPattern, AttnY,
	AttnResidDelta, ResidMid, MLPActIn, MLPPostAct, MLPResidDelta}

// At names a site of a layer: At(0, MLPActIn) is "0.mlp.act_in".
func At(layer int, name string) Site { return Site(strconv.Itoa(layer) + "." + name) }

// Sites lists every site of the model in the order of the forward pass.
func (c Config) Sites() []Site {
	sites := []Site{Embed}
	for l := range c.Layers {
		for _, s := range layerSites {
			sites = append(sites, At(l, s))
		}
	}
	return append(sites, FinalResid, Logits)
}

// Width is the size of the last axis of a site: the number of its nodes. The
// attention pattern has no fixed width and is an error, as is an unknown site.
func (c Config) Width(s Site) (int, error) {
	switch s {
	case Embed, FinalResid:
		return c.DModel, nil
	case Logits:
		return c.Vocab, nil
	}
	head, name, ok := strings.Cut(string(s), ".")
	layer, err := strconv.Atoi(head)
	if !ok || err != nil || strconv.Itoa(layer) != head {
		return 0, fmt.Errorf("site %q is not known; sites are written like %q, or are %q, %q, %q",
			s, At(0, MLPActIn), Embed, FinalResid, Logits)
	}
	if layer < 0 || layer >= c.Layers {
		return 0, fmt.Errorf("site %q: the model has layers 0 to %d", s, c.Layers-1)
	}
	switch name {
	case ResidIn, ResidMid, AttnResidDelta, MLPResidDelta:
		return c.DModel, nil
	case AttnActIn, MLPActIn:
		return c.ReadWidth(), nil
	case AttnQuery, AttnKey, AttnValue, AttnY:
		return c.AttnWidth(), nil
	case MLPPostAct:
		return c.DMLP, nil
	case AttnPattern:
		return 0, fmt.Errorf("site %q has no channels: it holds attention weights; it can be recorded, not changed", s)
	}
	return 0, fmt.Errorf("site %q is not known; a layer's sites are %s", s, strings.Join(layerSites, ", "))
}

// has says whether s can be recorded.
func (c Config) has(s Site) error {
	_, err := c.Width(s)
	if err != nil && isPattern(s) {
		head, _, _ := strings.Cut(string(s), ".")
		if l, e := strconv.Atoi(head); e == nil && l >= 0 && l < c.Layers {
			return nil
		}
	}
	return err
}

func isPattern(s Site) bool { return strings.HasSuffix(string(s), "."+AttnPattern) }
