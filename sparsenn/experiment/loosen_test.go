package experiment

import (
	"circuitbook/sparsenn/artifact"
	"context"
	"testing"
)

// TestLoosen: a looser criterion leaves no more nodes, meets what it asks for on the select
// split, and changes nothing of the circuit that it began with.
func TestLoosen(t *testing.T) {
	runsIn(t)
	run, c := untrained(t), quick(t)
	f, err := Circuit(context.Background(), run, brackets(), c, artifact.Options{})
	if err != nil || !f.Reached() {
		t.Fatalf("no circuit to begin with: %v", err)
	}
	before := f.Nodes()
	list, err := Loosen(context.Background(), f, c, 1, 1.01, 2)
	if err != nil {
		t.Fatal(err)
	}
	last := before
	for i, l := range list {
		if l.Trial.Nodes > last || l.Trial.Loss > l.Target || l.Alone.N != c.Prove.Examples {
			t.Errorf("at %v: %d nodes after %d, loss %v, %+v", l.Target, l.Trial.Nodes, last, l.Trial.Loss, l.Alone)
		}
		last = list[i].Trial.Nodes
	}
	if len(list) != 3 || last >= before || f.Nodes() != before {
		t.Errorf("%d targets, %d nodes of %d, now %d", len(list), last, before, f.Nodes())
	}
}
