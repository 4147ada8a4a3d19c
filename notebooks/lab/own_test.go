package lab

import (
	"fmt"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/notebooks/lab/celltest"
	"circuitbook/sparsenn/stat"
)

// A table over what a loop made.
func ExampleTable() {
	t := Table("n", "square", "even")
	for n := range 3 {
		t.Add(n, n*n, n%2 == 0)
	}
	b, err := t.Bundle()
	fmt.Println(strings.TrimSpace(b.Text), err)
	// Output:
	// n  square  even
	// ─  ──────  ────
	// 0       0  yes
	// 1       1  no
	// 2       4  yes <nil>
}

func ExamplePlot() {
	p := Plot("falls", []float64{3, 2, 1}, []int{1, 2, 3})
	for _, s := range p.Panels[0].Series {
		fmt.Println(s.Name, s.X, s.Y)
	}
	// Output:
	// falls [0 1 2] [3 2 1]
	// list 2 [0 1 2] [1 2 3]
}

// TestOwn: what a person brings is drawn, kept, and refused in words.
func TestOwn(t *testing.T) {
	e := []cell.Estimate{{Estimate: stat.Estimate{Mean: 1, Lo: 0.5, Hi: 2, N: 3}}, {Estimate: stat.Estimate{Mean: 2, Lo: 1, Hi: 3, N: 3}}}
	p := Plot("a", []any{1, 2.5, uint8(3)}, "b", [2]float32{1, 2}, e)
	if s := p.Panels[0].Series; len(s) != 3 || !reflect.DeepEqual(s[0].Y, []float64{1, 2.5, 3}) || s[2].Lo[1] != 1 || p.Band != "95 %" {
		t.Errorf("%+v", p)
	}
	celltest.Shown(t, p)
	rows := Table("name", "loss", "nothing")
	rows.Add("a", e[0], nil)
	rows.Add(t.Name(), math.Pi, 3.0)
	if text := celltest.Shown(t, rows); !strings.Contains(text, "1.000 (0.500 to 2.000)") || !strings.Contains(text, "3.1") {
		t.Errorf("shows %s", text)
	}
	for want, f := range map[string]func(){
		"a row of 1 values":            func() { Table("a", "b").Add(1) },
		"names of its columns":         func() { Table() },
		"a list of numbers":            func() { Plot() },
		"not a int":                    func() { Plot(3) },
		"a string at place 1":          func() { Plot([]any{1, "x"}) },
		"holds nothing at place 0":     func() { Plot([]any{nil}) },
		"LossOn measures":              func() { Train("laptop", Seed(1)).Loss("mine.py") },
		"is single_double_quote":       func() { Train("laptop", Seed(1)).Loss("single_double_quotes") },
		"has no layer":                 func() { Train("laptop", Seed(1)).Contexts("attn.v[106]") },
		"there is no node 0.attn.v":    func() { Train("laptop", Seed(1)).Contexts("0.attn.v[106000]") },
		"no node 0.mlp.post_act[9999]": func() { Train("laptop", Seed(1)).Strips("x", "0.mlp.post_act[9999]") },
		"no node 1.attn.v[999]":        func() { Train("laptop", Seed(1)).InStrings("1.attn.v[999]") },
		".neuronpedia.json":            func() { Train("laptop", Seed(1)).Find("single_double_quote").Save("q.png") },
		"1.attn.k[108]":                func() { Train("laptop", Seed(1)).Find("single_double_quote").Without("1.attn.v[3]") },
	} {
		if err := celltest.EndOf(f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestPrinted: what a person prints in a loop is a line, and a cut says nothing of the
// whole circuit's losses.
func TestPrinted(t *testing.T) {
	q := Train("laptop", Seed(1)).Find("single_double_quote")
	q.spec.Config.Prove.Examples = 32
	l := q.Loss()
	if text := fmt.Sprint(l); strings.Contains(text, "\n") || !strings.HasPrefix(text, "full model 0.0") || !strings.Contains(text, ", circuit alone 0.") {
		t.Errorf("printed as %s", text)
	}
	cut := q.Without("1.attn.v[106]")
	if text := celltest.Shown(t, cut); strings.Contains(text, "circuit removed 0.7") || !strings.Contains(text, "without 1.attn.v[106]") {
		t.Errorf("the cut shows %s", text)
	}
	if got := q.Only("1.attn.v[106]", "1.attn.k[108]").spec.Name; got != "seed 1, of it 1.attn.v[106], 1.attn.k[108]" {
		t.Errorf("a cut is %s", got)
	}
}

// TestFileIn: where a file was looked for is said.
func TestFileIn(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := celltest.EndOf(func() { Train("laptop", Seed(1)).LossOn("none.txt") }); err == nil || !strings.Contains(err.Error(), "no file none.txt in "+dir) {
		t.Errorf("%v", err)
	}
}
