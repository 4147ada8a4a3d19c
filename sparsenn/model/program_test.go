package model

import "testing"

// TestPaddedLength: prompts of many lengths need few programs.
func TestPaddedLength(t *testing.T) {
	c := NewConfig(16, 1, 16, 100)
	for n, want := range map[int]int{1: 16, 16: 16, 17: 32, 33: 64, 64: 64, 65: 100, 100: 100} {
		if got := c.paddedLength(n); got != want {
			t.Errorf("%d tokens are padded to %d, want %d", n, got, want)
		}
	}
	c.Context = 8
	if got := c.paddedLength(3); got != 8 {
		t.Errorf("with a context of 8, 3 tokens are padded to %d", got)
	}
}

// TestProgramsAreShared: neither the length of a prompt nor the weights make
// another program.
func TestProgramsAreShared(t *testing.T) {
	m, err := New(NewConfig(16, 1, 16, 64), 0)
	if err != nil {
		t.Fatal(err)
	}
	count := func() int {
		programs.Lock()
		defer programs.Unlock()
		return len(programs.m)
	}
	before := count()
	for n := 1; n <= 16; n += 5 {
		if _, err := m.Next([][]int32{make([]int32, n)}); err != nil {
			t.Fatal(err)
		}
	}
	other, err := New(m.Config, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Next([][]int32{{1, 2}}); err != nil {
		t.Fatal(err)
	}
	if got := count() - before; got != 1 {
		t.Errorf("%d programs for prompts of 1 to 16 tokens in two models", got)
	}
}
