package backend_test

import (
	"sync"
	"testing"

	"circuitbook/sparsenn/backend"

	"github.com/gomlx/gomlx/core/graph"
)

// TestTensor: a tensor lies where programs take it from before any of them does, so
// that many may take it first at once.
func TestTensor(t *testing.T) {
	b, err := backend.Open()
	if err != nil {
		t.Fatal(err)
	}
	sum, err := graph.NewExec(b, func(x *graph.Node) *graph.Node { return graph.ReduceAllSum(x) })
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		x, err := backend.Tensor([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
		if err != nil {
			t.Fatal(err)
		}
		if !x.IsOnDevice(0) {
			t.Fatal("it is not on the device")
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				out, err := sum.Call(x)
				if err != nil {
					t.Error(err)
				} else if got := out[0].Value(); got != float32(21) {
					t.Errorf("the sum is %v", got)
				}
			})
		}
		all.Wait()
	}
	if _, err := backend.Tensor([]float32{1, 2, 3}, 2, 2); err == nil {
		t.Error("three values for four places")
	}
}
