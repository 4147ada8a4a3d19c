package lab

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/notebooks/lab/celltest"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/stat"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/viz/book"
)

// again is a handle as a later cell has it.
func again[H interface {
	MarshalText() ([]byte, error)
	UnmarshalText([]byte) error
}](t *testing.T, v, into H) H {
	t.Helper()
	text, err := v.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	if err := into.UnmarshalText(text); err != nil {
		t.Fatal(err)
	}
	return into
}

func TestModel(t *testing.T) {
	m := Train("laptop", Seed(1))
	if m.L0() != 28452 || m.Valid() < 2 || m.Valid() > 2.5 {
		t.Errorf("L0 %d, validation loss %v", m.L0(), m.Valid())
	}
	next := m.Next("values = [[1, 2")
	sum := 0.0
	for i, x := range next.List {
		sum += x.P
		if i > 0 && x.P > next.List[i-1].P {
			t.Errorf("%v before %v", next.List[i-1], x)
		}
	}
	if len(next.List) != 10 || sum > 1 || !strings.Contains(celltest.Shown(t, next), `","`) {
		t.Errorf("%d tokens of together %v", len(next.List), sum)
	}
	if c := celltest.Claimed(t, m); c["l0"] != 28452 || c["violations"] != 0 {
		t.Errorf("states %v", c)
	}
	if text := celltest.Shown(t, m.Generate("x = (")); !strings.Contains(text, "x = (") && !strings.Contains(text, "x·=·(") {
		t.Errorf("wrote %s", text)
	}
	celltest.Shown(t, m.Losses())
	celltest.Shown(t, m.Weights("transformer.h.0.attn.c_proj.weight"))
	celltest.Shown(t, m.Budget())
	if c := m.Recount(); c.Wrong != 0 || c.Violations != 0 || !strings.Contains(celltest.Shown(t, c), "0 violations") || len(c.Table.Rows) != 18 {
		t.Errorf("%+v", c)
	}
	if n := m.Kept(); n != 27796 {
		t.Errorf("%d entries are kept", n)
	}
	celltest.Shown(t, m.Attention("print('a"))
	celltest.Shown(t, m.Head(1, 6, "print('a"))
	celltest.Shown(t, m.Strips("print('a", "1.attn.act_in[90]"))

	if m.String() != "sparse, annealed, seed 1 (2 layers of width 128)" {
		t.Errorf("it is printed as %s", m)
	}
	later := again(t, m, &Model{})
	if later.run != nil {
		t.Error("a kept model is open before it is used")
	}
	if later.Run().Model.Digest() != m.Run().Model.Digest() {
		t.Error("it comes back as another")
	}
	if u := again(t, m.Untrained(), &Model{}); u.Run().Model.Digest() == m.Run().Model.Digest() || u.short() != "untrained, seed 1" {
		t.Errorf("the untrained model comes back as %s", u.short())
	}
}

func TestModelErrors(t *testing.T) {
	m := Train("laptop", Seed(1))
	for want, f := range map[string]func(){
		"huge":                    func() { Train("huge") },
		"train.Config, not a int": func() { Train(3) },
		"none.json":               func() { Train("none.json") },
		"no matrix":               func() { m.Weights("wte") },
		"no head 2.0":             func() { m.Head(2, 0, "x") },
		"0 tokens":                func() { m.Attention("") },
		"none.py":                 func() { m.LossOn("none.py") },
		"fewer than two":          func() { m.LossOn("x") },
		"a JSONL file or a task":  func() { m.Loss(3) },
		"quoted":                  func() { m.Loss("quoted") },
		"none.jsonl":              func() { m.Find("none.jsonl") },
		"a name before every":     func() { Claims("x") },
		"a name is text":          func() { Claims(1, 2) },
		"run the":                 func() { _ = (&Model{spec: modelSpec{Config: tinyConfig(t, 77), Scale: "tiny"}}).Run() },
	} {
		if err := celltest.EndOf(f); err == nil || !strings.Contains(err.Error(), want) && want != "run the" {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func tinyConfig(t *testing.T, seed uint64) train.Config {
	t.Helper()
	c, err := train.Scale("tiny", seed)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestLossOn: a text of one's own, a file of it and a folder with it lose the same.
func TestLossOn(t *testing.T) {
	m := Train("laptop", Seed(1))
	text := strings.Repeat("def area(width, height):\n    return width * height\n", 20)
	path := filepath.Join(t.TempDir(), "a.py")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	e := m.LossOn(text)
	if e.N < 2 || e.Mean <= 0 || e.Mean > 6 || e.Lo > e.Mean || e.Hi < e.Mean {
		t.Errorf("%v", e)
	}
	if f, d := m.LossOn(path), m.LossOn(filepath.Dir(path)); !reflect.DeepEqual(e, f) || !reflect.DeepEqual(e, d) {
		t.Errorf("text %v, file %v, folder %v", e, f, d)
	}
	celltest.Shown(t, e)
}

func TestCircuit(t *testing.T) {
	q := Train("laptop", Seed(1)).Find("single_double_quote")
	if !q.Reached() || q.Nodes() != 12 || q.Edges() != 8 {
		t.Fatalf("%s", q.Size())
	}
	if text := celltest.Shown(t, q); !strings.Contains(text, "12 nodes, 8 edges") || !strings.Contains(text, "random circuits alone") {
		t.Errorf("shows %s", text)
	}
	c := celltest.Claimed(t, q)
	for _, want := range []string{"nodes", "edges", "loss_full", "loss_alone", "loss_removed", "loss_random_alone", "loss_random_removed", "accuracy_alone"} {
		if _, ok := c[want]; !ok {
			t.Errorf("does not state %s", want)
		}
	}

	if q.String() != "circuit of single_double_quote, seed 1: 12 nodes, 8 edges" {
		t.Errorf("it is printed as %s", q)
	}
	// Its losses, measured here, are those of its proof; without the node that decides it guesses.
	l, proof := q.Loss(), q.Data().Proof
	calibrated, raw := l.Of("loss_calibrated"), l.Of("loss_raw")
	if d := calibrated.Mean - proof.Alone.Mean; d > 1e-3 || d < -1e-3 || l.Of("loss_full").N != proof.Full.N {
		t.Errorf("calibrated %v, proved %v", calibrated, proof.Alone)
	}
	if raw.Mean <= calibrated.Mean {
		t.Errorf("raw %v, calibrated %v", raw, calibrated)
	}
	if f := l.Of("faithfulness").Mean; f < 0.1 || f > 0.5 {
		t.Errorf("it recovers %v of the margin", f)
	}
	const decides = "1.attn.resid_delta[26]"
	q.spec.Config.Prove.Examples = 32 // enough to see what it does
	cut := again(t, q.Without(decides), &Circuit{})
	if cut.Nodes() != 11 || cut.Loss().Of("loss_raw").Mean < 0.69 || q.Nodes() != 12 {
		t.Errorf("without %s: %d nodes, %v", decides, cut.Nodes(), cut.Loss())
	}
	if only := q.Only(decides); only.Nodes() != 1 || only.Edges() != 0 {
		t.Errorf("only one: %s", only.Size())
	}
	s := q.Swap(decides)
	if x := s.List[0]; x.Full.After != 1 || x.Full.Before < 0.99 || x.Full.N != 32 {
		t.Errorf("exchanged: %+v", x.Full)
	}
	celltest.Shown(t, s)
	if got := q.Path(); len(got) < 3 || got[len(got)-1] != decides {
		t.Errorf("the way that counts most is %q", got)
	}
	d := q.Diff(q.Without(decides))
	if text := celltest.Shown(t, d); !strings.Contains(text, "resid_delta") {
		t.Errorf("difference: %s", text)
	}
	for want, f := range map[string]func(){
		"no node 0.attn.q[0]": func() { q.Without("0.attn.q[0]") },
		"nonsense":            func() { q.Only("nonsense") },
	} {
		if err := celltest.EndOf(f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	own := task.SingleDoubleQuoteWords(1, 2)
	if _, err := (&Circuit{task: own}).MarshalText(); err == nil || !strings.Contains(err.Error(), "JSONL") {
		t.Errorf("a circuit of a task without a name is kept: %v", err)
	}
}

func TestCircuitFiles(t *testing.T) {
	q := Train("laptop", Seed(1)).Find("single_double_quote")
	dir := t.TempDir()
	for _, name := range []string{"q.json", "q.csv", "q.svg", "q.html", "q.txt", "q.neuronpedia.json"} {
		path := filepath.Join(dir, name)
		q.Save(path)
		if info, err := os.Stat(path); err != nil || info.Size() < 100 {
			t.Errorf("%s: %v", name, err)
		}
	}
	back, err := circuit.Load(filepath.Join(dir, "q.json"))
	if err != nil || len(back.Nodes) != 12 {
		t.Errorf("%v", err)
	}
	if err := celltest.EndOf(func() { q.Save(filepath.Join(dir, "q.pdf")) }); err == nil || !strings.Contains(err.Error(), ".pdf") {
		t.Errorf("%v", err)
	}
}

func TestSeveral(t *testing.T) {
	q := Train("laptop", Seed(1)).Find("single_double_quote")
	all := q.Seeds(1, 2)
	if s := all.Summary(); s.N != 2 || s.Reached != 2 || all.List[1].Nodes() != 16 {
		t.Errorf("%+v", s)
	}
	if text := celltest.Shown(t, all); !strings.Contains(text, "seed 2") || !strings.Contains(text, "1.attn.resid_delta") {
		t.Errorf("shows %s", text)
	}
	if c := celltest.Claimed(t, all); c["median_nodes"] != 14.0 {
		t.Errorf("states %v", c)
	}
	if _, err := (Circuits{}).Bundle(); err == nil {
		t.Error("no circuits are shown")
	}
}

func TestScores(t *testing.T) {
	m := Train("laptop", Seed(1))
	s := m.Loss("single_double_quote")
	if s.Mean > 0.05 || s.Accuracy < 0.99 || s.N != 256 {
		t.Errorf("%+v", s)
	}
	if c := celltest.Claimed(t, s); c[""] != s.Mean || c["accuracy"] != s.Accuracy {
		t.Errorf("states %v", c)
	}
	list, err := cell.StatedOf("quotes", s)
	if err != nil || list[0].Name != "quotes" || list[1].Name != "quotes_accuracy" {
		t.Errorf("%v, %v", list, err)
	}
	both := Scores{List: []Score{s, {Task: "other", Estimate: cell.Estimate{Estimate: stat.Estimate{Mean: 1, Hi: 2, N: 3}}}}}
	if c := celltest.Claimed(t, both); c["single_double_quote"] != s.Mean || c["other"] != 1.0 || c["other_accuracy"] != 0.0 {
		t.Errorf("states %v", c)
	}
	celltest.Shown(t, both)
	if text := celltest.Shown(t, Tasks()); !strings.Contains(text, "bracket_counting") {
		t.Errorf("tasks: %s", text)
	}
	if list, err := cell.StatedOf("n", 3); err != nil || !reflect.DeepEqual(list, []book.Stated{{Name: "n", Value: 3}}) {
		t.Errorf("%v, %v", list, err)
	}
}
