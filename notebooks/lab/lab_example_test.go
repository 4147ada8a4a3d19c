package lab_test

import (
	"fmt"
	"os"
	"path/filepath"

	. "circuitbook/notebooks/lab"
	"circuitbook/viz"
)

// A model that is there is loaded; one that is not is trained, under a bar.
func ExampleTrain() {
	m := Train("laptop", Seed(1))
	fmt.Println(m.L0(), "nonzero weights of", m.Size())
	// Output: 28452 nonzero weights of 527248
}

func ExampleModel_Next() {
	top := Train("laptop", Seed(1)).Next("print('hello world").List[0]
	fmt.Printf("%q %.1f\n", top.Text, top.P)
	// Output: "')" 0.4
}

func ExampleModel_Recount() {
	c := Train("laptop", Seed(1)).Recount()
	fmt.Println(c.Violations, c.Wrong)
	// Output: 0 0
}

func ExampleModel_LossOn() {
	e := Train("laptop", Seed(1)).LossOn("def area(width, height):\n    return width * height\n")
	fmt.Println(e.Mean < 6)
	// Output: true
}

func ExampleModel_Loss() {
	s := Train("laptop", Seed(1)).Loss("single_double_quote")
	fmt.Printf("%.2f nats per example, %.0f %% right\n", s.Mean, 100*s.Accuracy)
	// Output: 0.00 nats per example, 100 % right
}

func ExampleTaskLosses() {
	m := Train("laptop", Seed(1))
	for _, s := range TaskLosses([]*Model{m, m.Twin()}, "single_double_quote").List {
		fmt.Println(s.Task, s.Model, s.Mean < 0.1)
	}
	// Output:
	// single_double_quote sparse, annealed, seed 1 true
	// single_double_quote dense, seed 1 true
}

// The circuit of a task: found, or loaded where it was found before.
func ExampleModel_Find() {
	q := Train("laptop", Seed(1)).Find("single_double_quote")
	fmt.Println(q.Reached(), q.Nodes(), q.Edges())
	// Output: true 12 8
}

// Without the node that decides, the circuit is worse than guessing.
func ExampleCircuit_Without() {
	q := Train("laptop", Seed(1)).Find("single_double_quote")
	l := q.Without("1.attn.resid_delta[26]").Loss()
	fmt.Println(l.Of("loss_raw").Mean > 0.693)
	// Output: true
}

// Exchanging one node between the two prompts of a pair turns every answer.
func ExampleCircuit_Swap() {
	q := Train("laptop", Seed(1)).Find("single_double_quote")
	for _, s := range q.Swap("0.attn.resid_delta[7]", "1.attn.resid_delta[26]").List {
		fmt.Printf("%s %.1f\n", s.Nodes[0], s.Full.After)
	}
	// Output:
	// 0.attn.resid_delta[7] 0.0
	// 1.attn.resid_delta[26] 1.0
}

func ExampleCircuit_Path() {
	for _, n := range Train("laptop", Seed(1)).Find("single_double_quote").Path() {
		fmt.Println(n)
	}
	// Output:
	// 1.attn.act_in[90]
	// 1.attn.v[106]
	// 1.attn.resid_delta[26]
}

func ExampleCircuit_Seeds() {
	for _, c := range Train("laptop", Seed(1)).Find("single_double_quote").Seeds(1, 2).List {
		fmt.Println(c.Nodes(), c.Edges())
	}
	// Output:
	// 12 8
	// 16 14
}

func ExampleCircuit_Save() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	q := Train("laptop", Seed(1)).Find("single_double_quote")
	q.Save(filepath.Join(dir, "quotes.json"))
	q.Save(filepath.Join(dir, "quotes.svg"))
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	fmt.Println(len(files), err)
	// Output: 2 <nil>
}

// The dense twin is turned through a bridge: it closes the string with the other quote.
func ExamplePair_Steer() {
	m := Train("laptop", Seed(1))
	b := Bridge(m, m.Twin())
	s := b.Steer(m.Find("single_double_quote"), 2).On("print('hello world")
	fmt.Printf("%s, as it is: %q, steered: %q\n", s.Prompt, s.Before[0].Text, s.After[0].Text)
	// Output: print('hello world, as it is: "')", steered: "\")"
}

// Where nobody can turn it, all of a slider's figures are shown.
func ExampleSlider() {
	Slider("side", []float64{1, 2}, func(x float64) viz.Figure {
		return viz.Table{Columns: []viz.Column{{Name: "area"}}, Rows: [][]any{{x * x}}}
	})
	// Output:
	// side 1
	//
	// area
	// ────
	//    1
	//
	// side 2
	//
	// area
	// ────
	//    4
}

func ExampleClaim() {
	Claim("nodes", 12)
	Claim("quotes", Train("laptop", Seed(1)).Find("single_double_quote").Loss().Of("loss_full"))
	// Output:
	// nodes = 12
	// quotes = 0.003898   [0.002754, 0.005735], n = 256
}
