package topk

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Tensor is one weight tensor whose support is to be chosen.
type Tensor struct {
	W     *Node       // float32 of any shape
	K     *Node       // scalar int32: the size of the support, an input of the program
	Floor NeuronFloor // entries protected per neuron, for matrices
}

// Selection is the support of one tensor.
type Selection struct {
	Mask   *Node // bool, shape of the tensor: true where the weight stays
	Count  *Node // scalar int32: how many entries of Mask are true
	Finite *Node // scalar bool: no weight is NaN or infinite
}

// Apply keeps w where the mask is true and sets it to +0 elsewhere. No arithmetic
// touches what is dropped: a NaN outside of the mask becomes 0 too.
func (s Selection) Apply(w *Node) *Node {
	return Where(s.Mask, w, ZerosLike(w))
}

// Mask chooses the support of one tensor; see [Masks].
func Mask(w, k *Node, floor NeuronFloor) Selection {
	return Masks([]Tensor{{W: w, K: k, Floor: floor}})[0]
}

// Masks chooses the support of every tensor (Gao et al., §2.4): the floor's entries
// of every neuron are protected, then the K largest |W| of the tensor are taken,
// protected ones before all others, equal magnitudes by lowest flat index.
//
// Exactly min(K, size) entries are selected if all of W is finite. A non-finite
// weight is never selected, nor protected: Finite is false then, and Count is
// min(K, number of finite weights). A K that is negative counts as 0; a K below
// what the floor protects takes the protected entries of lowest flat index
// ([CheckBudget] rules it out beforehand).
//
// The tensors of a step belong into one call: they are concatenated and solved in
// one loop, whose compile time and overhead are then paid once. No gradient flows
// into W. It panics, as graph functions do, if W is not float32 or has no entries, if
// K is not a scalar int32, or if a floor is set on what is not a matrix.
func Masks(tensors []Tensor) []Selection {
	if len(tensors) == 0 {
		return nil
	}
	g := tensors[0].W.Graph()
	keys := make([]*Node, len(tensors)) // shaped as W; W itself, or int32 keys
	ks := make([]*Node, len(tensors))
	for i, t := range tensors {
		if err := t.check(); err != nil {
			panic(err)
		}
		keys[i], ks[i] = StopGradient(t.W), t.K
	}
	floors := protect(tensors, keys)
	p := newGroups(keys)
	p.budget(ks, floors)
	c := p.solve()
	counts := p.taken(c)
	selections := make([]Selection, len(tensors))
	for i, t := range tensors {
		dims, n := t.W.Shape().Dimensions, t.W.Shape().Size()
		pos := Reshape(Iota(g, shapes.Make(dtypes.Int32, n), 0), dims...)
		at := func(v *Node) *Node { return BroadcastToDims(scalarAt(v, i), dims...) }
		selections[i] = Selection{
			Mask:   taken(weightKeys(keys[i]), pos, cut{at(c.key), at(c.pos)}),
			Count:  scalarAt(counts, i),
			Finite: Equal(scalarAt(p.avail, i), Const(g, int32(n))),
		}
	}
	return selections
}

func (t Tensor) check() error {
	if t.W.DType() != dtypes.Float32 {
		return fmt.Errorf("topk: weights must be float32, not %s", t.W.Shape())
	}
	if t.K.DType() != dtypes.Int32 || t.K.Rank() != 0 {
		return fmt.Errorf("topk: K must be a scalar int32, not %s", t.K.Shape())
	}
	if t.W.Shape().Size() == 0 {
		return fmt.Errorf("topk: a tensor %s has nothing to select from", t.W.Shape())
	}
	return CheckBudget(t.W.Shape().Dimensions, t.W.Shape().Size(), t.Floor)
}

func scalarAt(v *Node, i int) *Node { return Reshape(Slice(v, AxisElem(i))) }

// AllFinite is a scalar bool: no entry of x, a float32 of any shape, is NaN or
// infinite. No gradient flows through it.
func AllFinite(x *Node) *Node {
	g, n := x.Graph(), x.Shape().Size()
	if n == 0 {
		return Const(g, true)
	}
	bits := Reshape(magnitude(StopGradient(x)), n)
	// The parts are compared with each other first, which fuses with computing the
	// bits; a reduction alone would store these.
	part := n / folds
	rest := min(part*folds, n-1)
	largest := ReduceAllMax(Slice(bits, AxisRange(rest, n)))
	if part > 0 {
		acc := Slice(bits, AxisRange(0, part))
		for i := 1; i < folds; i++ {
			acc = Max(acc, Slice(bits, AxisRange(i*part, (i+1)*part)))
		}
		largest = Max(largest, ReduceAllMax(acc))
	}
	return LessThan(largest, Const(g, int32(nonFinite)))
}

// protect raises the keys of protected entries above those of all finite weights.
// Neurons of equal length are solved together, whatever tensor they are part of. It
// tells whether there are any.
func protect(tensors []Tensor, keys []*Node) bool {
	batches := map[int][]int{} // length of a neuron → tensors
	var lengths []int
	for i, t := range tensors {
		if neurons, each := t.Floor.neurons(t.W.Shape().Dimensions); neurons*each == 0 {
			continue
		}
		length := t.neuronLength()
		if batches[length] == nil {
			lengths = append(lengths, length)
		}
		batches[length] = append(batches[length], i)
	}
	for _, length := range lengths {
		protectBatch(tensors, keys, batches[length])
	}
	return len(lengths) > 0
}

func (t Tensor) neuronLength() int {
	dims := t.W.Shape().Dimensions
	if t.Floor.Axis == Columns {
		return dims[0]
	}
	return dims[1]
}

func protectBatch(tensors []Tensor, keys []*Node, batch []int) {
	g := keys[batch[0]].Graph()
	neurons := make([]*Node, len(batch)) // [neurons, length] keys
	ks := make([]*Node, len(batch))
	most := 0
	for b, i := range batch {
		keys[i] = weightKeys(keys[i])
		neurons[b] = keys[i]
		if tensors[i].Floor.Axis == Columns {
			neurons[b] = Transpose(keys[i], 0, 1)
		}
		count, each := tensors[i].Floor.neurons(keys[i].Shape().Dimensions)
		ks[b] = BroadcastToDims(Const(g, int32(each)), count)
		most = max(most, each)
	}
	// Keys of the search are not negative. A non-finite weight, of key -1, is the
	// smallest there and may be taken for want of others, but is not protected.
	all := Concatenate(neurons, 0)
	mask := rowMask(Add(all, Const(g, int32(1))), Concatenate(ks, 0), most)
	mask = LogicalAnd(mask, GreaterOrEqual(all, Const(g, int32(0))))
	start := 0
	for b, i := range batch {
		count := neurons[b].Shape().Dimensions[0]
		part := Slice(mask, AxisRange(start, start+count))
		start += count
		if tensors[i].Floor.Axis == Columns {
			part = Transpose(part, 0, 1)
		}
		high := BroadcastToDims(Const(g, int32(protectedKey)), keys[i].Shape().Dimensions...)
		keys[i] = Where(part, high, keys[i])
	}
}
