package task

import (
	"strings"
	"testing"

	"circuitbook/sparsenn/corpus"
)

// knows answers every prompt of one task and guesses at all others.
type knows struct {
	vocab int
	right map[string]int32
}

func (k knows) Next(sequences [][]int32) ([][]float32, error) {
	out := make([][]float32, len(sequences))
	for i, s := range sequences {
		out[i] = make([]float32, k.vocab)
		if id, ok := k.right[key(s)]; ok {
			out[i][id] = 20
		}
	}
	return out, nil
}

func key(tokens []int32) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteRune(rune(t + 1))
	}
	return b.String()
}

// TestTable: one row a task in their order, on the report split, and a last line
// that counts those solved.
func TestTable(t *testing.T) {
	tok := tokenizer(t, 512)
	o := Options{N: 20}
	r, err := BracketCounting().Report(tok, o)
	if err != nil {
		t.Fatal(err)
	}
	m := knows{512, map[string]int32{}}
	var seen []int32
	for i, e := range r.ForMeasuring() {
		m.right[key(e.Prompt)], m.right[key(e.Counter)] = e.Target, e.Alt
		if i < 5 {
			seen = append(seen, e.Prompt...)
		}
	}
	rows, err := Table(m, tok, seen, o, SingleDoubleQuote(), BracketCounting())
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0].Task != "single_double_quote" || rows[1].Task != "bracket_counting" {
		t.Fatalf("rows %+v", rows)
	}
	if rows[0].Loss.Mean < 0.69 || rows[0].Loss.Mean > 0.70 || rows[1].Loss.Mean > 1e-6 || rows[1].Accuracy < 0.999 || rows[1].Loss.N != 20 {
		t.Errorf("%+v", rows)
	}
	if rows[0].Seen != 0 || rows[1].Seen <= 0 || rows[1].Seen > 1 {
		t.Errorf("shares seen %v and %v", rows[0].Seen, rows[1].Seen)
	}
	var b strings.Builder
	if err := WriteTable(&b, rows); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| single_double_quote | 0.693 |", "| bracket_counting | 0.000 |", "1 of 2 tasks have a loss of at most 0.15."} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	if all, err := Table(m, tok, nil, Options{N: 2}); err != nil || len(all) != 20 {
		t.Errorf("%d rows for all tasks, %v", len(all), err)
	}
	if _, err := Table(m, (*corpus.Tokenizer)(nil), nil, o); err == nil {
		t.Error("no tokenizer was taken")
	}
}
