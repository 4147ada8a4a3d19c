package failure

import (
	"slices"
	"strings"
)

// near are at most three of the names that may have been meant by a name: the
// most alike first.
func near(name string, names []string) []string {
	limit := 1
	switch n := len(name); {
	case n < 3:
		return nil // almost anything is alike
	case n > 5:
		limit = 2
	}
	by := map[int][]string{}
	for _, n := range names {
		if n == name {
			continue
		}
		d := distance(strings.ToLower(name), strings.ToLower(n))
		if d <= limit {
			by[d] = append(by[d], n)
		}
	}
	var list []string
	for d := 0; d <= limit; d++ {
		slices.Sort(by[d])
		list = append(list, slices.Compact(by[d])...)
	}
	return list[:min(3, len(list))]
}

// meant asks whether one of the names was meant, "" if there are none.
func meant(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return "is " + names[0] + " meant?"
	}
	last := len(names) - 1
	return "is " + strings.Join(names[:last], ", ") + " or " + names[last] + " meant?"
}

// distance is how many letters have to be added, taken away, changed or
// exchanged with the next to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
