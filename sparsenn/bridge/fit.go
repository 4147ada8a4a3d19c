package bridge

import (
	"context"
	"fmt"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/train"

	"github.com/gomlx/gomlx/core/tensors"
)

// The kinds of bridges on the disk.
const (
	kindFit   = "bridge"
	kindTrain = "jointbridge"
)

// identity is what names a bridge beside the config of train.
type identity struct {
	Recipe int    `json:"recipe"`
	Sparse string `json:"sparse,omitempty"` // the training run; none where it is trained with the bridge
	Dense  string `json:"dense"`
	// Digests of the parents' models.
	SparseWeights string `json:"sparse_weights,omitempty"`
	DenseWeights  string `json:"dense_weights"`
	Config        Config `json:"config"`
}

// Fit returns the bridge between two trained models, which stay as they are:
// loaded if it is there, resumed if it is half done, made otherwise, as train.Run
// does it, under its options. Models that differ in depth or tokenizer, and a
// config that is wrong, are errors.
func Fit(ctx context.Context, sparse, dense *train.Result, c Config, o artifact.Options) (*Bridge, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if err := compatible(sparse.Config, dense); err != nil {
		return nil, err
	}
	if least := min(sparse.Config.Model.Context, dense.Config.Model.Context); c.SeqLen > least {
		return nil, fmt.Errorf("bridge config: seq_len is %d; the models have a context of %d", c.SeqLen, least)
	}
	t := sparse.Config
	t.Steps, t.Batch, t.SeqLen, t.LR, t.Seed = max(1, c.Steps), c.Batch, c.SeqLen, c.LR, c.Seed
	t.Density, t.Schedule, t.WeightDecay = train.Density{Matrix: 1, Embedding: 1, Bias: 1}, train.Constant, 0
	if c.Steps == 0 {
		t.LR = 1e-30 // the regression alone: a step that changes nothing
	}
	x := extension(c, t.Model, dense)
	x.Kind, x.Frozen, x.Rate = kindFit, sparse.Model, 1
	x.Identity = identity{recipeVersion, sparse.Name, dense.Name, sparse.Model.Digest(), dense.Model.Digest(), c}
	x.Parents["sparse"] = sparse.Name
	x.Loss = c.loss(t.Model, dense.Config.Model, false)
	x.Start = func() ([][]float32, error) {
		data, err := corpus.Open(ctx, t.Corpus, o.Log)
		if err != nil {
			return nil, err
		}
		return ridge(ctx, sparse.Model, dense.Model, data.Train, c)
	}
	r, err := train.RunWith(ctx, t, x, o)
	if err != nil {
		return nil, err
	}
	return newBridge(r, sparse, dense, c)
}

// Train returns the bridge to a dense model that is trained together with its
// sparse model, of which s is the config, in one program (Gao et al., §6.1): the
// bridge's Sparse is that model. It is an artifact as in [Fit].
func Train(ctx context.Context, s train.Config, dense *train.Result, c Config, o artifact.Options) (*Bridge, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if err := compatible(s, dense); err != nil {
		return nil, err
	}
	if s.SeqLen > dense.Config.Model.Context {
		return nil, fmt.Errorf("bridge: the sparse config's seq_len is %d; the dense model has a context of %d", s.SeqLen, dense.Config.Model.Context)
	}
	// What only a fit uses does not name this bridge.
	fit := DefaultConfig()
	c.Ridge, c.RidgeTokens, c.Steps, c.Batch, c.SeqLen, c.LR = fit.Ridge, fit.RidgeTokens, fit.Steps, fit.Batch, fit.SeqLen, fit.LR
	x := extension(c, s.Model, dense)
	x.Kind, x.Rate = kindTrain, c.Rate
	x.Identity = identity{recipeVersion, "", dense.Name, "", dense.Model.Digest(), c}
	x.Loss = c.loss(s.Model, dense.Config.Model, true)
	x.Start = func() ([][]float32, error) { return initial(s.Model, dense.Config.Model, c.Seed), nil }
	r, err := train.RunWith(ctx, s, x, o)
	if err != nil {
		return nil, err
	}
	return newBridge(r, r, dense, c)
}

func extension(c Config, sparse model.Config, dense *train.Result) train.Extension {
	x := train.Extension{
		Program: fmt.Sprintf("bridge %v %v %d %+v", c.Weights.DenseToSparse > 0, c.Weights.SparseToDense > 0, c.keep(sparse), dense.Config.Model),
		Params:  parameters(sparse, dense.Config.Model),
		Parents: map[string]string{"dense": dense.Name},
	}
	for _, w := range dense.Model.Inputs() {
		x.Fixed = append(x.Fixed, w.(*tensors.Tensor))
	}
	x.Fixed = append(x.Fixed, c.Weights.inputs())
	return x
}

// compatible says why no bridge can lie between two models.
func compatible(sparse train.Config, dense *train.Result) error {
	s, d := sparse.Model, dense.Config.Model
	switch {
	case s.Layers != d.Layers:
		return fmt.Errorf("bridge: the sparse model has %d layers, the dense one %d; boundaries are matched one to one, so give models of one depth", s.Layers, d.Layers)
	case s.Vocab != d.Vocab || sparse.Corpus.Vocab != dense.Config.Corpus.Vocab:
		return fmt.Errorf("bridge: the sparse model has a tokenizer of %d tokens, the dense one of %d; give models of one tokenizer", s.Vocab, d.Vocab)
	}
	return nil
}
