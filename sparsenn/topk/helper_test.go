package topk

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"circuitbook/sparsenn/backend"
	"circuitbook/sparsenn/suitetest"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

var openXLA = sync.OnceValues(backend.Open)

// backends runs a test on the pure-Go backend and on XLA, where it can be had.
func backends(t *testing.T, test func(t *testing.T, b compute.Backend)) {
	t.Run("go", func(t *testing.T) { test(t, gobackend.GetBackend()) })
	t.Run("xla", func(t *testing.T) { test(t, xlaOrSkip(t)) })
}

func xlaOrSkip(t testing.TB) compute.Backend {
	t.Helper()
	b, err := openXLA()
	if err != nil {
		t.Fatal(err)
	}
	if isGo(b) {
		t.Skip("XLA cannot be had here")
	}
	return b
}

func isGo(b compute.Backend) bool { return b.Name() == gobackend.GetBackend().Name() }

// program is a graph function that counts how often it is built.
type program struct {
	*graph.Exec
	built int
}

func compile(t testing.TB, b compute.Backend, fn func(in []*graph.Node) []*graph.Node) *program {
	t.Helper()
	p := &program{}
	e, err := graph.NewExec(b, func(in []*graph.Node) []*graph.Node {
		p.built++
		return fn(in)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Finalize)
	p.Exec = e
	return p
}

func (p *program) call(t testing.TB, args ...any) []*tensors.Tensor {
	t.Helper()
	out, err := p.Call(args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func floats(v []float32, dims ...int) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(slices.Clone(v), dims...)
}

func values[T bool | float32 | int32](t *tensors.Tensor) []T { return tensors.MustCopyFlatData[T](t) }

// sample are n values of a kind; all are deterministic in seed.
func sample(kind string, seed uint64, n int) []float32 {
	r := rand.New(rand.NewPCG(seed, 0x70b))
	v := make([]float32, n)
	for i := range v {
		v[i] = drawers[kind](r)
	}
	return v
}

var drawers = map[string]func(r *rand.Rand) float32{
	"normal":  func(r *rand.Rand) float32 { return float32(r.NormFloat64()) },
	"zero":    func(r *rand.Rand) float32 { return 0 },
	"signed0": func(r *rand.Rand) float32 { return pick(r, 0, minus0) },
	"equal":   func(r *rand.Rand) float32 { return pick(r, 1.5, -1.5) },
	"few":     func(r *rand.Rand) float32 { return pick(r, 0, minus0, 1, -1, 2, 3) },
	"sparse": func(r *rand.Rand) float32 {
		return pick(r, 0, 0, 0, 0, 0, 0, float32(r.NormFloat64()))
	},
	// Neighbours differ in the last bit.
	"close": func(r *rand.Rand) float32 { return math.Float32frombits(0x3f800000 + uint32(r.IntN(40))) },
	// Denormals, which XLA's float arithmetic flushes to zero.
	"denormal": func(r *rand.Rand) float32 { return math.Float32frombits(uint32(r.IntN(64)) | uint32(r.IntN(2))<<31) },
	// All magnitudes that float32 has.
	"bits": func(r *rand.Rand) float32 {
		return math.Float32frombits(uint32(r.IntN(nonFinite)) | uint32(r.IntN(2))<<31)
	},
	"skewed": func(r *rand.Rand) float32 { return float32(math.Exp(8 * r.NormFloat64())) },
	"broken": func(r *rand.Rand) float32 { return pick(r, nan, inf, -inf, 1, 0, float32(r.NormFloat64())) },
}

// kinds are the names of all samples, those without non-finite values first.
var kinds = []string{"normal", "zero", "signed0", "equal", "few", "sparse", "close", "denormal", "bits", "skewed", "broken"}

var finiteKinds = kinds[:len(kinds)-1]

func pick(r *rand.Rand, v ...float32) float32 { return v[r.IntN(len(v))] }

func count(b []bool) int32 {
	n := int32(0)
	for _, v := range b {
		if v {
			n++
		}
	}
	return n
}

func allFinite(v []float32) bool {
	return !slices.ContainsFunc(v, func(x float32) bool { return magnitudeBits(x) >= nonFinite })
}

// long reports whether the long forms of tests run.
func long() bool { return suitetest.Long }

var (
	nan    = float32(math.NaN())
	inf    = float32(math.Inf(1))
	minus0 = math.Float32frombits(1 << 31)
)
