package ablate

// columns is a linear map as its nonzero weights, by input, with its bias.
type columns struct {
	out   int
	start []int32 // [inputs + 1], where the weights of an input begin
	row   []int32
	value []float32
	bias  []float32 // [out]
}

// columnsOf takes weights [out, in] apart; bias may be nil.
func columnsOf(w, bias []float32, out, in int) columns {
	c := columns{out: out, bias: bias}
	if len(w) != out*in { // the caller reports why there are no weights
		return c
	}
	if bias == nil {
		c.bias = make([]float32, out)
	}
	for i := range in {
		c.start = append(c.start, int32(len(c.row)))
		for j := range out {
			if x := w[j*in+i]; x != 0 {
				c.row, c.value = append(c.row, int32(j)), append(c.value, x)
			}
		}
	}
	c.start = append(c.start, int32(len(c.row)))
	return c
}

// add adds what input i at x contributes to y [out].
func (c *columns) add(y []float32, i int32, x float32) {
	from, to := c.start[i], c.start[i+1]
	rows, values := c.row[from:to], c.value[from:to]
	for k, j := range rows {
		y[j] += values[k] * x
	}
}

// held is the output for inputs that are mostly 0.
func (c *columns) held(inputs []float32) []float32 {
	y := make([]float32, c.out)
	copy(y, c.bias)
	for i, x := range inputs {
		if x != 0 {
			c.add(y, int32(i), x)
		}
	}
	return y
}
