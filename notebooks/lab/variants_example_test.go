package lab

// The same search at another price, and in a narrower model.
func ExampleCircuit_Variants() {
	q := Train("laptop").Find("bracket_counting")
	Show(q.Variants(true, Variant{Name: "price of the logarithm", Claim: "logarithm", Search: []FindOption{LogPrice(3)}},
		Variant{Name: "narrower", Claim: "narrow", Train: []Option{Width(64)}}), q.Loosen(1, 2))
}
