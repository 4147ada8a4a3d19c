package lab

// At which length models fail, foretold from short prompts and then measured.
func ExampleLongerOf() {
	m := Train("laptop")
	f := LongerOf(m.Find("bracket_counting"), m.Twin()).Forecast(true)
	g := f.Measure()
	Claims("lists", f, "lists", g)
	Show(f, g, g.Ranks())
}
