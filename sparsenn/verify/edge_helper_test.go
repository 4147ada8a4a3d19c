package verify

import (
	"fmt"
	"testing"

	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
)

type trainConfig = train.Config

// lossWithShift is the loss of examples where the channel that an edge writes is
// shifted at every token by weight·(mean − carried).
func lossWithShift(t *testing.T, m model.Recorder, examples []task.Example, e *circuit.Edge, mean float64) float64 {
	t.Helper()
	carrier := model.Site(e.From.Site)
	if e.From.Kind() == "v" {
		carrier = model.Site(fmt.Sprintf("%d.attn.y", e.From.Layer()))
	}
	sum := 0.0
	for _, x := range examples {
		var l [2]task.Logits
		for side, seq := range [][]int32{x.Prompt, x.Counter} {
			rec, err := m.Record([][]int32{seq}, []model.Site{carrier, model.Site(e.To.Site)})
			if err != nil {
				t.Fatal(err)
			}
			width := rec.Activations[1].Shape[2]
			shift := make([]float32, len(seq)*width)
			for i := range seq {
				shift[i*width+e.To.Index] = float32(e.Weight * (mean - float64(rec.Activations[0].At(0, i)[e.From.Index])))
			}
			change := model.Intervention{Site: model.Site(e.To.Site), Shift: shift}
			if rec, err = m.Record([][]int32{seq}, []model.Site{model.Logits}, change); err != nil {
				t.Fatal(err)
			}
			if l[side], err = x.Pick(rec.Activations[0].At(0, len(seq)-1)); err != nil {
				t.Fatal(err)
			}
		}
		sum += task.Loss(l[0], l[1])
	}
	return sum / float64(len(examples))
}
