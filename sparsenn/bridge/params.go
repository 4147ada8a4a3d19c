package bridge

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"circuitbook/sparsenn/model"
)

// The two halves of a bridge, as the names of their parameters begin.
const (
	encoder = "encoder"
	decoder = "decoder"
)

func weight(part string, i int) string { return fmt.Sprintf("%s.%d.weight", part, i) }
func bias(part string, i int) string   { return fmt.Sprintf("%s.%d.bias", part, i) }

// parameters lists the parameters of a bridge in a fixed order, by boundary:
// encoder.I.weight [d_sparse, d_dense] and .bias [d_sparse], decoder.I.weight
// [d_dense, d_sparse] and .bias [d_dense]. The encoder and decoder of the paper are
// linear; a constant is added, since residual streams do not have a mean of zero.
func parameters(sparse, dense model.Config) []model.Param {
	var out []model.Param
	for i := range Boundaries(sparse) {
		for _, part := range []struct {
			name     string
			to, from int
		}{{encoder, sparse.DModel, dense.DModel}, {decoder, dense.DModel, sparse.DModel}} {
			out = append(out,
				model.Param{Name: weight(part.name, i), Shape: []int{part.to, part.from}, Kind: kindOf},
				model.Param{Name: bias(part.name, i), Shape: []int{part.to}, Kind: kindOf})
		}
	}
	return out
}

// kindOf marks parameters of a bridge: dense, without weight decay.
const kindOf model.Kind = "bridge"

// startsAt is the standard deviation of an untrained model's embedding, which is how
// large its residual stream is at first.
const startsAt = 0.02

// initial is where a bridge that is trained with its sparse model starts: decoders that
// keep the size of what they are given, encoders whose output is as small as the stream
// that they are to meet, biases of zero.
func initial(sparse, dense model.Config, seed uint64) [][]float32 {
	rng := rand.New(rand.NewPCG(seed, 0x627269646765))
	var out [][]float32
	for _, p := range parameters(sparse, dense) {
		v := make([]float32, p.Size())
		if len(p.Shape) == 2 {
			std := 1 / math.Sqrt(float64(p.Shape[1]))
			if strings.HasPrefix(p.Name, encoder) {
				std *= startsAt
			}
			for i := range v {
				v[i] = float32(std * rng.NormFloat64())
			}
		}
		out = append(out, v)
	}
	return out
}
