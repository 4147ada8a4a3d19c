package charts

import (
	"circuitbook/viz"
	"strings"
	"testing"
)

func TestBudgetRefuses(t *testing.T) {
	for name, x := range map[string]Tensor{
		"k":        {Name: "w", Shape: []int{2, 2}, K: 5},
		"negative": {Name: "w", Shape: []int{2, 2}, K: -1},
		"count":    {Name: "w", Shape: []int{2, 2}, K: 1, Nonzero: 5},
		"shape":    {Name: "w", Shape: []int{2, 0}},
	} {
		if _, err := Budget(viz.Note{Title: "b"}, []Tensor{x}); err == nil || !strings.Contains(err.Error(), `tensor "w"`) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
}

func TestBudgetTotals(t *testing.T) {
	tab, err := Budget(viz.Note{}, []Tensor{{Name: "a", Shape: []int{4, 5}, K: 2, Nonzero: 2}, {Name: "b", Shape: []int{20}, K: 8, Nonzero: 7}})
	if err != nil {
		t.Fatal(err)
	}
	want := []any{"all", nil, 40, 10, 25.0, nil, 9}
	for i, v := range want {
		if tab.Total[i] != v {
			t.Errorf("total %d is %v, want %v", i, tab.Total[i], v)
		}
	}
}
