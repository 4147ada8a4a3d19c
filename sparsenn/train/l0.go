package train

import "fmt"

// L0 is the largest number of nonzero weights that a model of the config has at the
// end: its budgets, and all of the parameters that are not projected. As
// everywhere, the bigram table is left out.
func (c Config) L0() (int, error) {
	budgets, err := c.Budget()
	if err != nil {
		return 0, err
	}
	n := c.Model.Size(false)
	for _, b := range budgets {
		n += b.K - b.Param.Size()
	}
	return n, nil
}

// AtL0 returns the config with densities at which its L0 is as near to a number as
// counts allow, below it: matrices, embeddings and biases keep the proportions
// that their densities have to each other, those that are 1 stay so. It is what
// models of several sizes and one L0 are made by (Gao et al., Fig 3). A number
// that does not fit the sizes is an error that says what does.
func (c Config) AtL0(l0 int) (Config, error) {
	base := c.Density
	if c.IsDense() {
		return c, fmt.Errorf("train config: L0 of %d asked of a dense model, which has %d; give densities below 1 to keep the proportions of", l0, c.Model.Size(false))
	}
	at := func(factor float64) Config {
		scaled := c
		for _, f := range []struct{ to, from *float64 }{{&scaled.Density.Matrix, &base.Matrix}, {&scaled.Density.Embedding, &base.Embedding}, {&scaled.Density.Bias, &base.Bias}} {
			if *f.from < 1 {
				*f.to = min(1, *f.from*factor)
			}
		}
		return scaled
	}
	// The floor is for Validate to judge, at what was found.
	count := func(factor float64) int {
		free := at(factor)
		free.Density.Floor = 0
		n, err := free.L0()
		if err != nil {
			return 0
		}
		return n
	}
	lo, hi := 0.0, 1.0
	for count(hi) < l0 {
		if hi > 1e6 {
			return c, fmt.Errorf("train config: L0 of %d asked of a model of %d weights; make it larger or ask for less", l0, c.Model.Size(false))
		}
		lo, hi = hi, 2*hi
	}
	for range 60 {
		if mid := (lo + hi) / 2; count(mid) > l0 {
			hi = mid
		} else {
			lo = mid
		}
	}
	out := at(lo)
	if lo == 0 || out.Density.Matrix == 1 || out.Density.Embedding == 1 && base.Embedding < 1 {
		return c, fmt.Errorf("train config: L0 of %d does not fit a model of %d weights with these proportions of densities; ask for another number", l0, c.Model.Size(false))
	}
	return out, out.Validate()
}
