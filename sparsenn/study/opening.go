package study

// Opening pairs the first token in which the two sides of an example differ with
// its counterpart, as a prove.Pairing: where a string or a list was opened, say,
// if that alone sets the sides apart. Sides of which one begins with the other
// differ in the last token of the shorter one at the latest.
func Opening(prompt, counter []int32) [][2]int {
	n := min(len(prompt), len(counter))
	if n == 0 {
		return nil
	}
	i := 0
	for i+1 < n && prompt[i] == counter[i] {
		i++
	}
	return [][2]int{{i, i}}
}
