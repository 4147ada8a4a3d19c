package lab

// A reading of a circuit, tested: what is said of three of its nodes, by exchanging them between
// the two sides of pairs.
func ExampleMainPathOf() {
	w := MainPathOf(Train("laptop").Find("bracket_counting"), "[", "nested", "flat")
	Show(w.Picture("Closing a list"), w, w.Exchange(), w.Average(), w.Dose())
}

// The line, of several, that distracts the model most, and whether it does so by way of what the
// circuit counts by.
func ExampleMainPath_Distraction() {
	m := Train("laptop")
	w := MainPathOf(m.Find("bracket_counting"), "[", "nested", "flat")
	d := w.Distraction("# see [", `print("[")`)
	Show(w.Under(m.Twin(), "line", d.Line), w.Restored(d.Line))
}

// At which length models fail, foretold from short prompts and then measured.
func ExampleLongerOf() {
	m := Train("laptop")
	f := LongerOf(m.Find("bracket_counting"), m.Twin()).Forecast(true)
	g := f.Measure()
	Claims("lists", f, "lists", g)
	Show(f, g, g.Ranks())
}

// The same search at another price, and in a narrower model.
func ExampleCircuit_Variants() {
	q := Train("laptop").Find("bracket_counting")
	Show(q.Variants(true, Variant{Name: "price of the logarithm", Claim: "logarithm", Search: []FindOption{LogPrice(3)}},
		Variant{Name: "narrower", Claim: "narrow", Train: []Option{Width(64)}}), q.Loosen(1, 2))
}
