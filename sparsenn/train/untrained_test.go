package train

import "testing"

// TestUntrained: initial weights under the final budget, the same every time.
func TestUntrained(t *testing.T) {
	c, err := Scale("tiny", 3)
	if err != nil {
		t.Fatal(err)
	}
	a, err := Untrained(c)
	if err != nil {
		t.Fatal(err)
	}
	budgets, err := c.Budget()
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range budgets {
		v, err := a.Model.Values(b.Param.Name)
		if err != nil {
			t.Fatal(err)
		}
		initial, n := b.Param.Init(c.Seed), 0
		for i, x := range v {
			if x != 0 {
				n++
				if x != initial[i] {
					t.Fatalf("%s[%d] is %v, initially %v", b.Param.Name, i, x, initial[i])
				}
			}
		}
		if n > b.K || len(b.Param.Shape) == 2 && n != b.K {
			t.Errorf("%s has %d nonzeros, its budget is %d", b.Param.Name, n, b.K)
		}
	}
	again, err := Untrained(c)
	if err != nil || again.Name != a.Name {
		t.Errorf("the second time it is %v, %v", again, err)
	}
	c.Seed++
	if other, err := Untrained(c); err != nil || other.Name == a.Name {
		t.Errorf("another seed gives %v, %v", other, err)
	}
	c.Steps = 0
	if _, err := Untrained(c); err == nil {
		t.Error("a broken config was taken")
	}
}
