package compiled

import (
	"sync"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// TestGet: one program a key, whoever asks first, and one that runs.
func TestGet(t *testing.T) {
	var p Programs
	twice := func(in []*graph.Node) []*graph.Node { return []*graph.Node{graph.MulScalar(in[0], 2)} }
	thrice := func(in []*graph.Node) []*graph.Node { return []*graph.Node{graph.MulScalar(in[0], 3)} }
	got := make([]*graph.Exec, 8)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			var err error
			if got[i], err = p.Get("twice", twice); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, e := range got {
		if e == nil || e != got[0] {
			t.Fatal("two programs of one key")
		}
	}
	other, err := p.Get("thrice", thrice)
	if err != nil {
		t.Fatal(err)
	}
	if p.Len() != 2 {
		t.Errorf("%d programs", p.Len())
	}
	for e, want := range map[*graph.Exec]float32{got[0]: 14, other: 21} {
		out, err := e.Call(float32(7))
		if err != nil {
			t.Fatal(err)
		}
		if x := tensors.ToScalar[float32](out[0]); x != want {
			t.Errorf("%v, want %v", x, want)
		}
	}
}
