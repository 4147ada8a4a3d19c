package brackets

import "circuitbook/notebooks/lab"

// A reading of a circuit, tested: what is said of three of its nodes, by exchanging them between
// the two sides of pairs.
func ExampleMainPathOf() {
	w := MainPathOf(lab.Train("laptop").Find("bracket_counting"), "[", "nested", "flat")
	lab.Show(w.Picture("Closing a list"), w, w.Exchange(), w.Average(), w.Dose())
}

// The line, of several, that distracts the model most, and whether it does so by way of what the
// circuit counts by.
func ExampleMainPath_Distraction() {
	m := lab.Train("laptop")
	w := MainPathOf(m.Find("bracket_counting"), "[", "nested", "flat")
	d := w.Distraction("# see [", `print("[")`)
	lab.Show(w.Under(m.Twin(), "line", d.Line), w.Restored(d.Line))
}
