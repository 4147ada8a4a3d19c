package tensorfile

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"

	godiff "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestStateRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want State
		for _, name := range rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,3}(\.weight)?`), 0, 6, rapid.ID[string]).Draw(t, "names") {
			if rapid.Bool().Draw(t, "sparse") {
				s, _, _ := drawSparse(t, name)
				want.Sparse = append(want.Sparse, s)
			} else {
				want.Dense = append(want.Dense, drawTensor(t, name))
			}
		}
		want.Metadata = rapid.MapOfN(rapid.StringMatching(`[a-z]{1,3}`), names, 0, 3).Draw(t, "metadata")
		var out bytes.Buffer
		if err := want.Write(&out); err != nil {
			t.Fatal(err)
		}
		f, err := parse(out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadState(f)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(want.Dense, func(a, b Tensor) int { return cmp.Compare(a.Name, b.Name) })
		slices.SortFunc(want.Sparse, func(a, b Sparse) int { return cmp.Compare(a.Name, b.Name) })
		if d := godiff.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
		all, err := got.Densified()
		if err != nil || len(all) != len(want.Dense)+len(want.Sparse) {
			t.Fatal(len(all), err)
		}
	})
}

func TestStateFind(t *testing.T) {
	s := State{Dense: []Tensor{Float32s("a", nil, []float32{1})}, Sparse: []Sparse{{Name: "b"}}}
	if x, ok := s.Find("a"); !ok || x.Name != "a" {
		t.Error("a was not found")
	}
	if x, ok := s.FindSparse("b"); !ok || x.Name != "b" {
		t.Error("b was not found")
	}
	if _, ok := s.Find("b"); ok {
		t.Error("b was found among the dense tensors")
	}
	if _, ok := s.FindSparse("a"); ok {
		t.Error("a was found among the sparse tensors")
	}
}

func TestStateWriteRefuses(t *testing.T) {
	dense := func(name string) Tensor { return Float32s(name, []int{1}, []float32{1}) }
	sparse := Sparse{Name: "w", Shape: []int{2}, Indices: []int64{1}, Values: []float32{1}}
	for _, c := range []struct {
		say string
		s   State
	}{
		{"parts of a sparse", State{Dense: []Tensor{dense("w.values"), dense("w.indices")}}},
		{"parts of a sparse", State{Dense: []Tensor{dense("w.values")}, Metadata: map[string]string{"w.shape": "[1]"}}},
		{`two tensors are named "w"`, State{Dense: []Tensor{dense("w")}, Sparse: []Sparse{sparse}}},
		{`two tensors are named "w"`, State{Sparse: []Sparse{sparse, sparse}}},
		{`metadata "w.shape"`, State{Sparse: []Sparse{sparse}, Metadata: map[string]string{"w.shape": "[2]"}}},
		{"ascend", State{Sparse: []Sparse{{Name: "w", Shape: []int{2}, Indices: []int64{1, 1}, Values: []float32{1, 1}}}}},
	} {
		mustContain(t, c.s.Write(&bytes.Buffer{}), c.say)
	}
}

func TestReadStateRefuses(t *testing.T) {
	values, indices := Float32s("w.values", []int{1}, []float32{1}), Int64s("w.indices", []int{1}, []int64{1})
	shape := map[string]string{"w.shape": "[2]"}
	for _, c := range []struct {
		say      string
		metadata map[string]string
		tensors  []Tensor
	}{
		{"w.shape", nil, []Tensor{values, indices}},
		{"not a shape", map[string]string{"w.shape": "2"}, []Tensor{values, indices}},
		{"not a shape", map[string]string{"w.shape": "null"}, []Tensor{values, indices}},
		{"no such tensor", shape, []Tensor{values}},
		{"without w.values", shape, []Tensor{indices}},
		{"index 1", map[string]string{"w.shape": "[1]"}, []Tensor{values, indices}},
		{"negative", map[string]string{"w.shape": "[-1]"}, []Tensor{values, indices}},
		{"instead of F32[k]", shape, []Tensor{Int64s("w.values", []int{1}, []int64{1}), indices}},
		{"instead of F32[k]", shape, []Tensor{Float32s("w.values", []int{1, 1}, []float32{1}), indices}},
		{"both a dense and a sparse", shape, []Tensor{values, indices, Float32s("w", nil, []float32{1})}},
	} {
		f, err := parse(encodeTensors(t, c.metadata, c.tensors))
		if err != nil {
			t.Fatal(err)
		}
		_, err = ReadState(f)
		mustContain(t, err, "x.safetensors", "w", c.say)
		var format *FormatError
		if !errors.As(err, &format) || !strings.HasPrefix(format.Tensor, "w") {
			t.Errorf("%v does not name the tensor", err)
		}
	}
	// Names that only look like parts are dense tensors.
	f, err := parse(encodeTensors(t, nil, []Tensor{values, Int64s("x.indices", []int{1}, []int64{1})}))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := ReadState(f); err != nil || len(s.Dense) != 2 || len(s.Sparse) != 0 {
		t.Fatal(s, err)
	}
}
