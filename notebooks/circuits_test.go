package notebooks

import (
	"math"
	"testing"
)

// A promise is a bound that a claim of an executed notebook is to keep.
type promise struct {
	file, claim string
	least, most float64 // the bound; one side may be infinite
	// miss is the value of a claim that is known to break its bound, with some room
	// for the next execution; 0 where the bound is kept. A claim that breaks its
	// bound and does not stand here as a miss is red, and so is a miss that keeps it
	// by now, or that grew.
	miss float64
}

func atMost(file, claim string, most float64) promise {
	return promise{file: file, claim: claim, least: math.Inf(-1), most: most}
}

func atLeast(file, claim string, least float64) promise {
	return promise{file: file, claim: claim, least: least, most: math.Inf(1)}
}

// missing marks a promise that is known to be broken.
func (p promise) missing(by float64) promise {
	p.miss = by
	return p
}

const (
	quotesResults   = "02_quotes.results.json"
	bracketsResults = "03_brackets.results.json"
	typesResults    = "04_variable_type.results.json"

	targetLoss  = 0.15 // of a circuit alone, held out, nats per example
	removedLoss = 0.5  // at least, of a sparse model without its circuit
	searchLimit = 300  // seconds of search a task
)

// promises is what circuits of the three tasks are to be like.
var promises = []promise{
	atMost(quotesResults, "quotes_seed0_loss_alone", targetLoss), atLeast(quotesResults, "quotes_seed0_loss_removed", removedLoss),
	atMost(quotesResults, "quotes_seed1_loss_alone", targetLoss), atLeast(quotesResults, "quotes_seed1_loss_removed", removedLoss),
	atMost(quotesResults, "quotes_seed2_loss_alone", targetLoss), atLeast(quotesResults, "quotes_seed2_loss_removed", removedLoss),
	atMost(quotesResults, "quotes_loss_alone", targetLoss), atLeast(quotesResults, "quotes_loss_removed", removedLoss),
	atMost(quotesResults, "quotes_best_nodes", 12), atMost(quotesResults, "quotes_best_edges", 9),
	atMost(quotesResults, "quotes_median_nodes", 24), atMost(quotesResults, "quotes_median_edges", 25),
	atLeast(quotesResults, "quotes_seeds_reached", 3),
	atMost(quotesResults, "quotes_search_seconds", searchLimit),
	// The dense twin meets the target on the split that its circuit was chosen on,
	// and not on the one held out.
	atMost(quotesResults, "quotes_twin_loss_alone", targetLoss).missing(0.17),

	atMost(bracketsResults, "brackets_loss_alone", targetLoss), atLeast(bracketsResults, "brackets_loss_removed", removedLoss),
	atMost(bracketsResults, "brackets_seed1_loss_alone", targetLoss), atLeast(bracketsResults, "brackets_seed1_loss_removed", removedLoss),
	atMost(bracketsResults, "brackets_seed2_loss_alone", targetLoss), atLeast(bracketsResults, "brackets_seed2_loss_removed", removedLoss),
	atLeast(bracketsResults, "brackets_seeds_reached", 3),
	atMost(bracketsResults, "brackets_search_seconds", searchLimit),
	// The feasibility study had 14 nodes and 11 edges at best.
	atMost(bracketsResults, "brackets_nodes_best", 14).missing(29), atMost(bracketsResults, "brackets_edges_best", 11).missing(28),
	atMost(bracketsResults, "brackets_dense_loss_alone", targetLoss).missing(0.23),

	atMost(typesResults, "types_loss_alone", targetLoss), atLeast(typesResults, "types_loss_removed", removedLoss),
	atMost(typesResults, "types_seed2_loss_alone", targetLoss), atLeast(typesResults, "types_seed2_loss_removed", removedLoss),
	atMost(typesResults, "types_edges_best", 100),
	atMost(typesResults, "types_search_seconds", searchLimit),
	// The model of seed 1 did not learn the task: it has no circuit.
	atMost(typesResults, "types_seed1_loss_alone", targetLoss).missing(0.69), atLeast(typesResults, "types_seeds_reached", 3).missing(2),
}

// reported are claims that stand beside those, whatever they are.
var reported = map[string][]string{
	quotesResults:   {"quotes_loss_random_alone", "quotes_loss_random_removed", "quotes_twin_loss_removed", "quotes_twin_loss_random_removed", "quotes_twin_nodes", "quotes_twin_edges"},
	bracketsResults: {"brackets_loss_random_alone", "brackets_loss_random_removed", "brackets_dense_loss_removed", "brackets_dense_loss_random_removed", "brackets_dense_nodes", "brackets_dense_edges"},
	typesResults:    {"types_loss_random_alone", "types_loss_random_removed"},
}

// TestCircuits: the circuits of the executed notebooks are as small and as faithful
// as promised, but for the misses that are listed.
func TestCircuits(t *testing.T) {
	files := map[string]results{}
	for file, claims := range reported {
		files[file] = read(t, file)
		for _, c := range claims {
			files[file].number(c, "%v")
		}
	}
	for _, p := range promises {
		if problem := p.broken(files[p.file].value(p.claim)); problem != "" {
			t.Errorf("%s: %s is %v, %s", p.file, p.claim, files[p.file].value(p.claim), problem)
		}
	}
}

// broken says what is wrong with a claim; nothing where a bound is kept, or missed as
// listed.
func (p promise) broken(v float64) string {
	kept := v >= p.least && v <= p.most
	worse := v > p.miss
	if math.IsInf(p.most, 1) {
		worse = v < p.miss
	}
	switch {
	case p.miss == 0 && !kept:
		return "outside of its bound, and not listed as a miss"
	case p.miss != 0 && kept:
		return "within its bound, and still listed as a miss"
	case p.miss != 0 && worse:
		return "a miss that is worse than listed"
	}
	return ""
}

// value is a claimed number; a file without it fails the test.
func (r results) value(name string) float64 {
	r.t.Helper()
	x, ok := r.claims[name].(float64)
	if !ok {
		r.t.Fatalf("%s has no number %s", r.file, name)
	}
	return x
}

// TestPromises: a change in either direction is noticed.
func TestPromises(t *testing.T) {
	upper, lower := atMost("", "", 10), atLeast("", "", 3)
	for _, x := range []struct {
		p    promise
		v    float64
		fine bool
	}{
		{upper, 10, true}, {upper, 11, false}, {upper, math.NaN(), false},
		{lower, 3, true}, {lower, 2, false},
		{upper.missing(29), 29, true}, {upper.missing(29), 11, true}, {upper.missing(29), 10, false}, {upper.missing(29), 30, false},
		{lower.missing(2), 2, true}, {lower.missing(2), 2.5, true}, {lower.missing(2), 3, false}, {lower.missing(2), 1, false},
	} {
		if problem := x.p.broken(x.v); (problem == "") != x.fine {
			t.Errorf("%+v at %v: %q", x.p, x.v, problem)
		}
	}
}
