package model_test

import (
	"fmt"
	"log"

	"circuitbook/sparsenn/model"
)

// Record returns the activations of any sites as plain slices, and an
// Intervention changes a site on the way: here one neuron is held at zero.
func ExampleModel_Record() {
	m, err := model.New(model.NewConfig(64, 1, 32, 16), 1)
	if err != nil {
		log.Fatal(err)
	}
	tokens := [][]int32{{7, 3, 9}}
	site := model.At(0, model.MLPPostAct)
	rec, err := m.Record(tokens, []model.Site{site})
	if err != nil {
		log.Fatal(err)
	}
	a := rec.Activations[0]
	fmt.Println(a.Site, a.Shape)

	kept := 0
	for _, x := range a.At(0, 2) {
		if x != 0 {
			kept++
		}
	}
	fmt.Println("neurons that AbsTopK kept at the last token:", kept)

	gate := make([]float32, len(a.At(0, 2)))
	for i := range gate {
		gate[i] = 1
	}
	gate[5] = 0
	rec, err = m.Record(tokens, []model.Site{site}, model.Intervention{Site: site, Scale: gate})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("0.mlp.post_act[5] is now", rec.Activations[0].At(0, 2)[5])
	// Output:
	// 0.mlp.post_act [1 3 128]
	// neurons that AbsTopK kept at the last token: 32
	// 0.mlp.post_act[5] is now 0
}
