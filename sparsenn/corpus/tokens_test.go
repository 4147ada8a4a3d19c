package corpus

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func counting(n int) Tokens {
	t := make(Tokens, n)
	for i := range t {
		t[i] = int32(i)
	}
	return t
}

func TestBatchIsPureAndInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 500).Draw(t, "tokens")
		seed := rapid.Uint64().Draw(t, "seed")
		step := rapid.IntRange(0, 1<<30).Draw(t, "step")
		batch, seq := rapid.IntRange(1, 6).Draw(t, "batch"), rapid.IntRange(1, 60).Draw(t, "seq")
		tokens := counting(n)
		got := tokens.Batch(seed, step, batch, seq)
		if len(got) != batch*seq || !cmp.Equal(got, tokens.Batch(seed, step, batch, seq)) {
			t.Fatal("another length, or another result the second time")
		}
		for b := range batch {
			for i := 1; i < seq; i++ {
				if got[b*seq+i] != (got[b*seq+i-1]+1)%int32(n) {
					t.Fatalf("row %d is no window: %v", b, got[b*seq:(b+1)*seq])
				}
			}
			if seq <= n && int(got[b*seq])+seq > n {
				t.Fatalf("row %d goes around the end although it need not", b)
			}
		}
	})
}

func TestBatchVaries(t *testing.T) {
	tokens := counting(1 << 20)
	seen := map[int32]bool{}
	for step := range 200 {
		for b := range 4 {
			seen[tokens.Batch(1, step, 4, 8)[b*8]] = true
		}
	}
	if len(seen) < 795 {
		t.Errorf("800 draws hit %d places of a million", len(seen))
	}
	if cmp.Equal(tokens.Batch(1, 5, 4, 8), tokens.Batch(2, 5, 4, 8)) {
		t.Error("the seed does not matter")
	}
}

// Every place is equally likely, the first and the last window too.
func TestBatchIsUniform(t *testing.T) {
	tokens := counting(20)
	count := make([]int, 11)
	for step := range 11000 {
		count[tokens.Batch(3, step, 1, 10)[0]]++
	}
	for at, n := range count {
		if n < 850 || n > 1150 {
			t.Errorf("place %d was drawn %d times of about 1000", at, n)
		}
	}
}

// Batches are part of what a run is: these numbers must never change.
func TestBatchGolden(t *testing.T) {
	got := counting(1_000_000).Batch(42, 7, 3, 2)
	want := []int32{629343, 629344, 242078, 242079, 601822, 601823}
	if !cmp.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestWindows(t *testing.T) {
	tokens := counting(100)
	for _, c := range []struct {
		n, seq int
		starts []int32
	}{
		{1, 10, []int32{0}},
		{3, 10, []int32{0, 45, 90}},
		{4, 25, []int32{0, 25, 50, 75}},
		{2, 100, []int32{0, 0}},
		{2, 120, []int32{0, 0}},
	} {
		got := tokens.Windows(c.n, c.seq)
		if len(got) != c.n*c.seq {
			t.Fatalf("%d windows of %d: %d tokens", c.n, c.seq, len(got))
		}
		for i, s := range c.starts {
			for j := range c.seq {
				if got[i*c.seq+j] != (s+int32(j))%100 {
					t.Fatalf("%d windows of %d: window %d is %v", c.n, c.seq, i, got[i*c.seq:(i+1)*c.seq])
				}
			}
		}
	}
}

func TestNoWindows(t *testing.T) {
	for _, got := range [][]int32{
		Tokens(nil).Batch(1, 1, 2, 3), Tokens(nil).Windows(2, 3), counting(5).Batch(1, 1, 0, 3),
		counting(5).Batch(1, 1, 2, -1), counting(5).Windows(-1, 2), counting(5).Windows(1, 0),
	} {
		if got != nil {
			t.Errorf("windows out of nothing: %v", got)
		}
	}
}
