package probe_test

import (
	"fmt"
	"log"

	"circuitbook/sparsenn/probe"
)

// A score that is larger inside strings than outside tells the two apart.
func ExampleAUC() {
	scores := []float64{0.1, 0.9, 0.8, 0.2, 0.3}
	inside := []bool{false, true, true, false, true}
	auc, err := probe.AUC(scores, inside)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.2f\n", auc)
	// Output:
	// 1.00
}
