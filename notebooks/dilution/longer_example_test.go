package dilution

import "circuitbook/notebooks/lab"

// At which length models fail, foretold from short prompts and then measured.
func ExampleLongerOf() {
	m := lab.Train("laptop")
	f := LongerOf(m.Find("bracket_counting"), m.Twin()).Forecast(true)
	g := f.Measure()
	lab.Claims("lists", f, "lists", g)
	lab.Show(f, g, g.Ranks())
}
