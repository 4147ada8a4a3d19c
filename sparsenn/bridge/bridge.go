package bridge

import (
	"fmt"
	"slices"

	"circuitbook/sparsenn/backend"
	"circuitbook/sparsenn/internal/compiled"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/train"

	"github.com/gomlx/gomlx/core/graph"
)

// programs are those of hybrids and measurements compiled so far. Weights are inputs, so
// that bridges between models of the same sizes share them.
var programs compiled.Programs

// key is what of a bridge shapes its programs.
func (b *Bridge) key() string {
	s := b.Sparse.Config.Model
	return fmt.Sprintf("%+v %+v %d", s, b.Dense.Config.Model, b.Config.keep(s))
}

// Bridge is a finished bridge between two models.
type Bridge struct {
	Config        Config
	Name, Dir     string // of its run on the disk
	Sparse, Dense *train.Result
	// Metrics are those of its training, one a step; their Terms are named by [Terms].
	Metrics []train.Metric
	// Seconds is the time that it took to make.
	Seconds float64

	values map[string][]float32
	inputs []any
}

func newBridge(r, sparse, dense *train.Result, c Config) (*Bridge, error) {
	b := &Bridge{Config: c, Name: r.Name, Dir: r.Dir, Sparse: sparse, Dense: dense,
		Metrics: r.Metrics, Seconds: r.Provenance.WallSeconds, values: r.Extra}
	for _, p := range parameters(sparse.Config.Model, dense.Config.Model) {
		v := b.values[p.Name]
		for i, x := range v {
			if x-x != 0 {
				return nil, fmt.Errorf("bridge %s: %s[%d] is %v; the run is damaged: remove %s and make it again", b.Name, p.Name, i, x, b.Dir)
			}
		}
		on, err := backend.Tensor(v, p.Shape...)
		if err != nil {
			return nil, fmt.Errorf("bridge %s: %s: %w", b.Name, p.Name, err)
		}
		b.inputs = append(b.inputs, on)
	}
	return b, nil
}

// Boundaries is the number of boundaries that the bridge spans.
func (b *Bridge) Boundaries() int { return Boundaries(b.Sparse.Config.Model) }

// Decoder returns the row of a channel of the sparse residual stream in the decoder
// at a boundary, [d_dense]: what one unit of the channel adds to the dense residual
// stream there.
func (b *Bridge) Decoder(boundary, channel int) ([]float32, error) {
	s, d := b.Sparse.Config.Model.DModel, b.Dense.Config.Model.DModel
	if boundary < 0 || boundary >= b.Boundaries() || channel < 0 || channel >= s {
		return nil, fmt.Errorf("bridge: no channel %d at boundary %d; there are boundaries 0 to %d and channels 0 to %d", channel, boundary, b.Boundaries()-1, s-1)
	}
	w := b.values[weight(decoder, boundary)]
	row := make([]float32, d)
	for i := range row {
		row[i] = w[i*s+channel]
	}
	return row, nil
}

// ReadSite says which boundary the norm before a read site reads: 2l for
// "L.attn.act_in", 2l+1 for "L.mlp.act_in". Any other site is an error.
func (b *Bridge) ReadSite(site model.Site) (boundary int, err error) {
	for l := range b.Sparse.Config.Model.Layers {
		i := slices.Index([]model.Site{model.At(l, model.AttnActIn), model.At(l, model.MLPActIn)}, site)
		if i >= 0 {
			return 2*l + i, nil
		}
	}
	return 0, fmt.Errorf("bridge: %q is no read site of the models; these are \"L.attn.act_in\" and \"L.mlp.act_in\", L from 0 to %d", site, b.Sparse.Config.Model.Layers-1)
}

// args are the inputs that the bridge's programs begin with: the sparse model's
// parameters, the dense one's, the bridge's.
func (b *Bridge) args(more ...any) []any {
	return slices.Concat(b.Sparse.Model.Inputs(), b.Dense.Model.Inputs(), b.inputs, more)
}

// unpack is the reverse of args, inside of a graph.
func (b *Bridge) unpack(in []*graph.Node) (sparse, dense model.Vars, m crossing, rest []*graph.Node) {
	s, d := b.Sparse.Config.Model, b.Dense.Config.Model
	sparse, rest = s.Vars(in)
	dense, rest = d.Vars(rest)
	return sparse, dense, newCrossing(s, d, rest, b.Config.keep(s)), rest[len(b.inputs):]
}
