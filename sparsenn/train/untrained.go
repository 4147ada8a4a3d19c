package train

import (
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
)

// Untrained returns what a run would be without a single step: the initial
// weights of the config's seed, projected onto its final budget. It is a null
// control, since whatever a method finds in it was not learned, and it is made
// anew by every call: nothing is stored.
func Untrained(c Config) (*Result, error) {
	id, err := c.identity(Extension{})
	if err != nil {
		return nil, err
	}
	r := &Result{Config: c, Provenance: artifact.NewProvenance(c.Seed)}
	if r.Name, err = artifact.Name("untrained", id); err != nil {
		return nil, err
	}
	budgets, err := c.Budget()
	if err != nil {
		return nil, err
	}
	values := map[string][]float32{}
	for _, p := range c.Model.Params() {
		values[p.Name] = p.Init(c.Seed)
	}
	for _, b := range budgets {
		project(values[b.Param.Name], b, b.K)
	}
	if r.Model, err = model.FromValues(c.Model, values); err != nil {
		return nil, err
	}
	r.Tokenizer, err = corpus.LoadTokenizer(c.Corpus.Vocab)
	return r, err
}
