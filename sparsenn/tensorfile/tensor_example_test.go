package tensorfile_test

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/tensorfile"
)

func ExampleWrite() {
	var file bytes.Buffer
	err := tensorfile.Write(&file, map[string]string{"made": "by hand"}, []tensorfile.Tensor{
		tensorfile.Float32s("b", []int{2}, []float32{1, 2}),
		tensorfile.Int64s("a", []int{1}, []int64{3}),
	})
	if err != nil {
		log.Fatal(err)
	}
	f, err := tensorfile.New("memory", bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range f.Names() {
		t, err := f.Read(name)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(t.Name, t.DType, t.Shape, t.Data)
	}
	fmt.Println(f.Metadata()["made"])
	// Output:
	// a I64 [1] [3]
	// b F32 [2] [1 2]
	// by hand
}

// The support is kept, also where it holds a zero.
func ExampleSparsify() {
	dense := []float32{
		0, 1.5, 0,
		0, 0, -2,
	}
	support := []bool{
		true, true, false,
		false, false, true,
	}
	s, err := tensorfile.Sparsify("w", []int{2, 3}, dense, support)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Indices, s.Values, s.Nonzeros())

	var file bytes.Buffer
	if err := (tensorfile.State{Sparse: []tensorfile.Sparse{s}}).Write(&file); err != nil {
		log.Fatal(err)
	}
	f, err := tensorfile.New("memory", bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.Names(), f.Metadata())
	state, err := tensorfile.ReadState(f)
	if err != nil {
		log.Fatal(err)
	}
	back, err := state.Sparse[0].Dense()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(back)
	// Output:
	// [0 1 5] [0 1.5 -2] 2
	// [w.indices w.values] map[w.shape:[2,3]]
	// [0 1.5 0 0 0 -2]
}

func ExampleExport() {
	parent, err := os.MkdirTemp("", "export")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(parent)
	state := tensorfile.State{Sparse: []tensorfile.Sparse{{Name: "lm_head.weight", Shape: []int{2, 2}, Indices: []int64{3}, Values: []float32{1}}}}
	tensors, err := state.Densified()
	if err != nil {
		log.Fatal(err)
	}
	dir := filepath.Join(parent, "model")
	if err := artifact.Export(dir, tensors, map[string]int{"vocab_size": 2, "d_model": 2}); err != nil {
		log.Fatal(err)
	}
	f, err := tensorfile.Open(filepath.Join(dir, "model.safetensors"))
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	t, err := f.Read("lm_head.weight")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(t.Shape, t.Data)
	// Output: [2 2] [0 0 0 1]
}

func ExampleParseMetrics() {
	type metric struct {
		Step int     `json:"step"`
		Loss float64 `json:"loss"`
	}
	var text []byte
	for step, loss := range []float64{6.9, 5.5} {
		var err error
		if text, err = artifact.AppendMetric(text, metric{step, loss}); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Print(string(text))
	metrics, err := artifact.ParseMetrics[metric]("metrics.jsonl", text)
	fmt.Println(metrics, err)
	_, err = artifact.ParseMetrics[metric]("metrics.jsonl", text[:30])
	fmt.Println(err)
	// Output:
	// {"step":0,"loss":6.9}
	// {"step":1,"loss":5.5}
	// [{0 6.9} {1 5.5}] <nil>
	// metrics.jsonl:2: the line is cut off
}

func ExampleNewProvenance() {
	p := artifact.NewProvenance(1)
	p.Plugin = "Go"
	p.Data["synthetic"] = "0123456789abcdef"
	m, err := p.Map()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m["seed"], m["plugin"], m["data"])
	// Output: 1 Go map[synthetic:0123456789abcdef]
}
