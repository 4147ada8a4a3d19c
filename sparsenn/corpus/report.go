package corpus

import (
	"fmt"
	"slices"
	"strings"

	"circuitbook/sparsenn/corpus/internal/source"
)

// Report says what a corpus is made of.
type Report struct {
	Parts []PartReport `json:"parts"`
}

// PartReport says what one part gave.
type PartReport struct {
	Kind    string    `json:"kind"`
	Path    string    `json:"path,omitempty"`
	Weight  float64   `json:"weight"`
	Files   int       `json:"files"` // documents in the streams
	Bytes   int64     `json:"bytes"` // their text
	Train   int       `json:"train"` // tokens, ends of text included
	Valid   int       `json:"valid"`
	Unused  int       `json:"unused"` // documents left over when another part ran out
	Skipped []Skip    `json:"skipped,omitempty"`
	Sources []Licence `json:"sources,omitempty"`
}

// Skip counts the files of a part that were left out for one reason.
type Skip struct {
	Reason string `json:"reason"`
	Files  int    `json:"files"`
}

// Licence names the licence of a source as an SPDX identifier.
type Licence struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Licence string `json:"licence"`
}

// String gives one line per part.
func (r Report) String() string {
	var b strings.Builder
	for _, p := range r.Parts {
		fmt.Fprintf(&b, "%-9s weight %g: %d files, %d bytes, %d tokens to train, %d to validate",
			p.Kind, p.Weight, p.Files, p.Bytes, p.Train, p.Valid)
		if p.Unused > 0 {
			fmt.Fprintf(&b, ", %d files unused", p.Unused)
		}
		for _, s := range p.Skipped {
			fmt.Fprintf(&b, ", %d skipped: %s", s.Files, s.Reason)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func skipList(s source.Skips) []Skip {
	var out []Skip
	for reason, n := range s {
		out = append(out, Skip{reason, n})
	}
	slices.SortFunc(out, func(a, b Skip) int { return strings.Compare(a.Reason, b.Reason) })
	return out
}

func licences() []Licence {
	var out []Licence
	for _, p := range source.List() {
		out = append(out, Licence{p.Name, p.Version, p.Licence})
	}
	return out
}
