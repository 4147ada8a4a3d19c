package store

import (
	"io"
	"testing"
)

type testConfig struct {
	Steps int     `json:"steps"`
	Rate  float64 `json:"rate"`
	Name  string  `json:"name"`
}

var someConfig = testConfig{Steps: 40, Rate: 0.1, Name: "<a&b>"}

// content returns a file function that writes text.
func content(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func stateFile(s State) func(io.Writer) error { return s.Write }

func TestRunRoundTrip(t *testing.T) {
	root := t.TempDir()
	r, err := Open(root, "train", someConfig)
	if err != nil {
		t.Fatal(err)
	}
	if c, problems, err := r.Latest(); c != nil || problems != nil || err != nil {
		t.Fatalf("a new run has %v, %v, %v", c, problems, err)
	}
	dense := []float32{0, 1, 0, -2, 0, 0}
	w, err := Sparsify("w", []int{2, 3}, dense, []bool{true, true, false, true, false, false})
	if err != nil {
		t.Fatal(err)
	}
	for step := 1; step <= 3; step++ {
		err := r.Save(step, step == 3, map[string]func(io.Writer) error{
			"model.safetensors": stateFile(State{Sparse: []Sparse{w}, Dense: []Tensor{Float32Tensor("b", []int{1}, []float32{float32(step)})}}),
			"metrics.jsonl":     content("{}\n"),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r, err = OpenReadOnly([]string{t.TempDir(), root}, "train", someConfig)
	if err != nil {
		t.Fatal(err)
	}
	c, problems, err := r.Latest()
	if err != nil || problems != nil || c == nil || c.Step != 3 || !c.Done {
		t.Fatal(c, problems, err)
	}
	s, err := c.ReadState("model.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	got, _ := s.FindSparse("w")
	if len(got.Indices) != 3 || got.Nonzeros() != 2 {
		t.Fatal(got)
	}
}
