package topk

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

var openXLA = sync.OnceValues(func() (compute.Backend, error) { return xla.New("cpu") })

// backends runs the test on XLA and on the pure-Go backend.
func backends(t *testing.T, test func(t *testing.T, b compute.Backend)) {
	t.Run("go", func(t *testing.T) { test(t, gobackend.GetBackend()) })
	t.Run("xla", func(t *testing.T) {
		b, err := openXLA()
		if err != nil {
			t.Skip("no XLA plugin:", err)
		}
		test(t, b)
	})
}

func mustExec[F graph.ExecGraphFn](t testing.TB, b compute.Backend, fn F) *graph.Exec {
	t.Helper()
	e, err := graph.NewExec(b, fn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Finalize)
	return e
}

func call(t testing.TB, e *graph.Exec, args ...any) []*tensors.Tensor {
	t.Helper()
	out, err := e.Call(args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func tensorOf[T interface{ float32 | int32 }](v []T, dims ...int) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(v, dims...)
}

func bools(t *tensors.Tensor) []bool { return tensors.MustCopyFlatData[bool](t) }

// normals are n standard normal values.
func normals(seed uint64, n int) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

var (
	nan    = float32(math.NaN())
	inf    = float32(math.Inf(1))
	tiny   = math.Float32frombits(1) // the smallest denormal
	minus0 = math.Float32frombits(1 << 31)
)
