package probe

import (
	"math"
	"slices"
	"testing"

	"circuitbook/sparsenn/corpus"
)

// labelled is a stream of eight documents, each with a string of either kind.
func labelled() (*Labels, []float64) {
	l := &Labels{Documents: 8}
	var v []float64
	for d := range 8 {
		for _, x := range []Label{Outside, Double, Outside, Single, leftOut} {
			l.Of, l.Document = append(l.Of, x), append(l.Document, d)
			v = append(v, map[Label]float64{Double: -1, Single: 1, leftOut: 9}[x])
		}
	}
	return l, v
}

// TestAsk: of the sign that even documents choose, the answer is of the odd ones.
func TestAsk(t *testing.T) {
	l, v := labelled()
	q := StringQuestions()
	for i, want := range []Answer{{Sign: "+"}, {Sign: "+"}, {Sign: "−"}} {
		a, err := l.Ask(v, q[i])
		if err != nil {
			t.Fatal(err)
		}
		auc := []float64{0.5, 1, 1}[i]
		if a.Sign != want.Sign || a.Mean != auc || a.Chosen != auc || a.N != 4 || a.Why != "" {
			t.Errorf("%s: %+v", q[i].Name, a)
		}
	}
	for i := range v {
		if l.Document[i]%2 == 1 {
			v[i] = -v[i]
		}
	}
	if a, err := l.Ask(v, q[2]); err != nil || a.Mean != 0 || a.Chosen != 1 {
		t.Errorf("the odd documents chose: %+v, %v", a, err)
	}
	for i := range v {
		if l.Of[i] == Single {
			v[i] = math.NaN()
		}
	}
	if a, err := l.Ask(v, q[2]); err != nil || a.Why != "one kind only" || a.N != 0 {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := l.Ask(v[1:], q[2]); err == nil {
		t.Error("a value is missing")
	}
}

func TestExtremes(t *testing.T) {
	l, v := labelled()
	largest, smallest, n := l.Extremes(v, 6)
	if n != 6 || largest[Single] != 6 || smallest[Double] != 6 || len(largest)+len(smallest) != 2 {
		t.Errorf("%d: %v and %v", n, largest, smallest)
	}
	if _, _, n = l.Extremes(v, 1000); n != 16 {
		t.Errorf("%d of 32 tokens", n)
	}
}

// choosing prefers the second token after a 3.
type choosing struct{}

func (choosing) Next(sequences [][]int32) (out [][]float32, err error) {
	for _, s := range sequences {
		l := make([]float32, 10)
		l[5] = 1
		if s[len(s)-1] == 3 {
			l[6] = 2
		}
		out = append(out, l)
	}
	return out, nil
}

func TestClosings(t *testing.T) {
	const eot = 0
	stream := corpus.Tokens{1, 2, 5, eot, 3, 6, 2, 5, 6}
	l := &Labels{Of: []Label{Outside, Double, Outside, leftOut, Single, Outside, Double, Single, Outside}}
	list, number := l.Closings(stream, 5, 6, eot, 10, 3)
	want := []Closing{{[]int32{1, 2}, 0}, {[]int32{3}, 1}, {[]int32{3, 6, 2}, 0}, {[]int32{6, 2, 5}, 1}}
	if number != [2]int{2, 2} || !slices.EqualFunc(list, want, func(a, b Closing) bool { return a.Kind == b.Kind && slices.Equal(a.Before, b.Before) }) {
		t.Errorf("%v, %v", list, number)
	}
	if _, number = l.Closings(stream, 5, 6, eot, 1, 3); number != [2]int{1, 1} {
		t.Errorf("%v, of each kind the first", number)
	}
	share, err := Closed(choosing{}, list, 5, 6)
	if err != nil || share != [2]float64{1, 0.5} {
		t.Errorf("%v, %v", share, err)
	}
	if _, err := Closed(choosing{}, list[:1], 5, 6); err == nil {
		t.Error("one kind was enough")
	}
}
