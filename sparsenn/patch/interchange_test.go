package patch

import (
	"context"
	"strings"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/internal/tinytest"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/verify"
)

// onlyChannel is a run whose answers depend on one channel of the last residual
// stream: positive for the target, negative for the other answer.
func onlyChannel(t *testing.T, channel int) (*train.Result, []task.Example) {
	t.Helper()
	run := tinytest.Untrained(t, func(c *train.Config) { c.Model.Bigram = false })
	list, err := task.BracketCounting().Examples(task.Select, run.Tokenizer, task.Options{N: 16, MaxTokens: 32})
	if err != nil {
		t.Fatal(err)
	}
	head := make([]float32, 512*run.Config.Model.DModel)
	head[int(list[0].Target)*run.Config.Model.DModel+channel] = 1
	head[int(list[0].Alt)*run.Config.Model.DModel+channel] = -1
	m, err := run.Model.With("lm_head.weight", head)
	if err != nil {
		t.Fatal(err)
	}
	run.Model = m
	return run, list
}

// TestInterchange: where one channel decides, swapping it swaps every answer;
// swapping a channel that no one reads swaps none.
func TestInterchange(t *testing.T) {
	const channel = 5
	run, list := onlyChannel(t, channel)
	s, err := Interchange(run.Model, list, circuit.Node{Site: "final_resid", Index: channel})
	if err != nil {
		t.Fatal(err)
	}
	if s.N != len(list) || s.After != s.Before || s.MarginBefore == 0 {
		t.Errorf("%+v: with the deciding channel swapped, as many are answered with the other's answer as were right", s)
	}
	unread := int(list[0].Target) + 1
	if unread == int(list[0].Alt) {
		unread++
	}
	none, err := Interchange(run.Model, list, circuit.Node{Site: string(model.Logits), Index: unread})
	if err != nil {
		t.Fatal(err)
	}
	if none.MarginAfter != none.MarginBefore || none.Before != s.Before {
		t.Errorf("%+v: a logit of no answer changed answers", none)
	}
	// A part without the node has nothing to swap.
	tinytest.Runs(t)
	alone, err := verify.Alone(context.Background(), run, tinytest.Every(t, run, 50))
	if err != nil {
		t.Fatal(err)
	}
	held, err := Interchange(alone, list, circuit.Node{Site: "0.mlp.resid_delta", Index: 3})
	if err != nil {
		t.Fatal(err)
	}
	if held.MarginAfter != held.MarginBefore {
		t.Errorf("%+v: a node held at its mean was swapped", held)
	}
}

func TestInterchangeErrors(t *testing.T) {
	run, list := onlyChannel(t, 5)
	one := append([]task.Example{}, list...)
	one[1].Alt = task.Any
	for want, call := range map[string]func() error{
		"no examples":    func() error { _, err := Interchange(run.Model, nil, circuit.Node{Site: "final_resid"}); return err },
		"has one answer": func() error { _, err := Interchange(run.Model, one, circuit.Node{Site: "final_resid"}); return err },
		"has 32 channels": func() error {
			_, err := Interchange(run.Model, list, circuit.Node{Site: "final_resid", Index: 32})
			return err
		},
		`site "0.mlp.act"`: func() error { _, err := Interchange(run.Model, list, circuit.Node{Site: "0.mlp.act"}); return err },
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one with %q", err, want)
		}
	}
}

// TestPartComposes: an intervention on a part acts on what the part has.
func TestPartComposes(t *testing.T) {
	tinytest.Runs(t)
	run := tinytest.Untrained(t, nil)
	c := tinytest.Every(t, run, 20)
	p, err := verify.Alone(context.Background(), run, c)
	if err != nil {
		t.Fatal(err)
	}
	tokens := [][]int32{{3, 4, 5}}
	site := model.Site("0.mlp.post_act")
	w, _ := run.Config.Model.Width(site)
	double := model.Intervention{Site: site, Scale: make([]float32, w), Shift: make([]float32, w)}
	for i := range double.Scale {
		double.Scale[i], double.Shift[i] = 2, 1
	}
	was, err := p.Record(tokens, []model.Site{site})
	if err != nil {
		t.Fatal(err)
	}
	is, err := p.Record(tokens, []model.Site{site}, double)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range was.Activations[0].Data {
		if y := is.Activations[0].Data[i]; y-(2*x+1) > 1e-5 || y-(2*x+1) < -1e-5 {
			t.Fatalf("value %d goes from %v to %v", i, x, y)
		}
	}
	double.Scale = double.Scale[:3]
	if _, err := p.Record(tokens, []model.Site{site}, double); err == nil {
		t.Error("3 values for a site were taken")
	}
	if _, err := p.Next([][]int32{{1}, {}}); err == nil {
		t.Error("an empty sequence was taken")
	}
}
