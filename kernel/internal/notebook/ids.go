package notebook

import (
	"fmt"
	"regexp"
)

// idForm is the form of a cell's id that Jupyter takes.
var idForm = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// firstMinorWithIDs is the minor format from which on every cell has an id.
const firstMinorWithIDs = 5

// mendIDs gives an id to the cells that lack one which Jupyter takes, or have that
// of an earlier cell; the new one is made of the cell's place.
func mendIDs(cells []*Cell) {
	taken := map[string]bool{}
	for _, c := range cells {
		if id, ok := c.raw["id"].(string); ok && idForm.MatchString(id) {
			taken[id] = true
		}
	}
	seen := map[string]bool{}
	for i, c := range cells {
		id, _ := c.raw["id"].(string)
		if !idForm.MatchString(id) || seen[id] {
			id = fmt.Sprintf("cell-%d", i+1)
			for taken[id] {
				id += "-"
			}
			taken[id] = true
			c.raw["id"] = id
		}
		seen[id] = true
	}
}
