package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// Location is a place in the forward pass where AbsTopK may keep only the
// largest entries of every activation vector. The names are those of the
// paper's configuration files (Gao et al., §1.3 of the released code).
type Location string

// The eight locations, in the order in which a layer meets them.
const (
	AttnIn    Location = "attn_in"    // after the norm, before c_attn; width DModel (+DPos)
	AttnQ     Location = "attn_q"     // the whole query vector, all heads jointly; width Heads·DHead
	AttnK     Location = "attn_k"     // the whole key vector
	AttnV     Location = "attn_v"     // the whole value vector
	AttnOut   Location = "attn_out"   // after attn.c_proj, before the residual add; width DModel
	MLPIn     Location = "mlp_in"     // after the norm, before c_fc; width DModel (+DPos)
	MLPNeuron Location = "mlp_neuron" // after the activation function; width DMLP
	MLPOut    Location = "mlp_out"    // after mlp.c_proj, before the residual add; width DModel
)

// AllLocations lists the eight locations in the order of the forward pass.
func AllLocations() []Location {
	return []Location{AttnIn, AttnQ, AttnK, AttnV, AttnOut, MLPIn, MLPNeuron, MLPOut}
}

// Activation names of [Config.Activation].
const (
	GELU = "gelu" // exact, with the error function
	ReLU = "relu"
)

// RMSEps is added to the mean square in every RMSNorm: the machine epsilon of
// float32, which is what torch's nn.RMSNorm uses when none is given.
const RMSEps = 1.1920929e-07

// The bounds of a Config's sizes, so that a slip of the keyboard is an error
// and not a list of a billion layers.
const (
	maxLayers = 1 << 10
	maxDim    = 1 << 20
)

// Config is the architecture: a GPT-2-style pre-norm decoder with RMSNorm
// (Gao et al., §2 and appendix A). A dense twin is the same code with another
// Config: whether weights are sparse is the business of training, whether
// activations are is AFrac.
//
// The JSON names are those of OpenAI's configuration files where they have one.
type Config struct {
	Vocab  int `json:"vocab_size"`
	Layers int `json:"n_layer"`
	DModel int `json:"d_model"`
	Heads  int `json:"n_head"`
	DHead  int `json:"d_head"`
	DMLP   int `json:"d_mlp"`
	// Context is the longest sequence, in tokens.
	Context int `json:"block_size"`
	// DPos is the width of the learned position vectors that are concatenated,
	// after a norm of their own, to the input of every attention and MLP block
	// and that nothing writes to. 0 means no positions at all.
	DPos int `json:"d_pos_emb,omitempty"`
	// AFrac is the fraction that AbsTopK keeps, 0 for no AbsTopK. A vector of
	// width w keeps int(AFrac·w) entries.
	AFrac float64 `json:"afrac,omitempty"`
	// ALocations says where AbsTopK acts; it is empty exactly if AFrac is 0.
	ALocations []Location `json:"afrac_loctypes,omitempty"`
	// Sink gives every head one learned logit that takes part in its softmax
	// and stands for a key with a zero value.
	Sink bool `json:"sink"`
	// Bigram adds a dense [Vocab, Vocab] table's row of the current token to
	// the logits.
	Bigram bool `json:"enable_bigram_table"`
	// Bias gives c_attn, c_fc and both c_proj a bias.
	Bias bool `json:"bias"`
	// Activation is "gelu" or "relu".
	Activation string `json:"activation_type"`
}

// NewConfig returns the usual Config of a model of that size: heads of 16 channels,
// an MLP of 4·dModel, sinks, a bigram table, biases, exact GELU, no positions,
// and AbsTopK keeping a quarter at all eight locations.
func NewConfig(vocab, layers, dModel, context int) Config {
	return Config{
		Vocab: vocab, Layers: layers, DModel: dModel, Context: context,
		Heads: max(1, dModel/16), DHead: 16, DMLP: 4 * dModel,
		AFrac: 0.25, ALocations: AllLocations(),
		Sink: true, Bigram: true, Bias: true, Activation: GELU,
	}
}

// Dense returns the config of the dense twin: the same sizes, no AbsTopK.
func (c Config) Dense() Config {
	c.AFrac, c.ALocations = 0, nil
	return c
}

// Validate says what is wrong with a Config and which field to change.
func (c Config) Validate() error {
	for _, f := range []struct {
		name   string
		v, max int
	}{{"vocab_size", c.Vocab, maxDim}, {"n_layer", c.Layers, maxLayers}, {"d_model", c.DModel, maxDim}, {"n_head", c.Heads, maxDim},
		{"d_head", c.DHead, maxDim}, {"d_mlp", c.DMLP, maxDim}, {"block_size", c.Context, maxDim}} {
		if f.v <= 0 || f.v > f.max {
			return fmt.Errorf("model config: %s is %d; it must be from 1 to %d", f.name, f.v, f.max)
		}
	}
	if c.DPos < 0 || c.DPos > maxDim {
		return fmt.Errorf("model config: d_pos_emb is %d; it must be from 0, for no positions, to %d", c.DPos, maxDim)
	}
	if c.Activation != GELU && c.Activation != ReLU {
		return fmt.Errorf("model config: activation_type is %q; it must be %q or %q", c.Activation, GELU, ReLU)
	}
	if c.AFrac < 0 || c.AFrac > 1 || c.AFrac != c.AFrac {
		return fmt.Errorf("model config: afrac is %v; it must lie in [0, 1], 0 for no AbsTopK", c.AFrac)
	}
	if (c.AFrac == 0) != (len(c.ALocations) == 0) {
		return fmt.Errorf("model config: afrac is %v with %d locations; give both or neither", c.AFrac, len(c.ALocations))
	}
	seen := map[Location]bool{}
	for _, l := range c.ALocations {
		if !slices.Contains(AllLocations(), l) {
			return fmt.Errorf("model config: afrac_loctypes has %q; the locations are %v", l, AllLocations())
		}
		if seen[l] {
			return fmt.Errorf("model config: afrac_loctypes names %q twice", l)
		}
		seen[l] = true
		if c.Keep(l) < 1 {
			return fmt.Errorf("model config: afrac %v keeps no entry of the %d at %q; raise afrac", c.AFrac, c.locationWidth(l), l)
		}
	}
	return nil
}

// ParseConfig reads a Config from JSON, refusing fields that it does not know.
func ParseConfig(data []byte) (Config, error) {
	var c Config
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimLeft(data, "\ufeff"))) // some editors put a mark there
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("model config: %w", err)
	}
	return c, c.Validate()
}

// AttnWidth is the width of q, k, v and of the concatenated head outputs.
func (c Config) AttnWidth() int { return c.Heads * c.DHead }

// ReadWidth is the width of what a block reads: DModel and the position channels.
func (c Config) ReadWidth() int { return c.DModel + c.DPos }

func (c Config) locationWidth(l Location) int {
	switch l {
	case AttnIn, MLPIn:
		return c.ReadWidth()
	case AttnQ, AttnK, AttnV:
		return c.AttnWidth()
	case MLPNeuron:
		return c.DMLP
	}
	return c.DModel
}

// Keep is the number of entries that AbsTopK keeps of a vector at l, where it
// acts: int(AFrac·width).
func (c Config) Keep(l Location) int { return int(c.AFrac * float64(c.locationWidth(l))) }

func (c Config) sparseAt(l Location) bool { return slices.Contains(c.ALocations, l) }
