package corpus

import (
	"circuitbook/sparsenn/corpus/internal/source"
	"circuitbook/sparsenn/corpus/internal/synth"
)

// Synthetic returns the synthetic program with the given index: a pure function
// of (seed, index).
func Synthetic(seed, index uint64) string { return synth.Document(seed, index) }

// HeldOut says whether the synthetic programs avoid the ordered pair (a, b): a
// callee and the first word of its string, a word and the next, a list's
// variable and its first element, an element and the next. A prompt whose
// decisive place holds such a pair is new to a model trained on them.
func HeldOut(a, b string) bool { return synth.HeldOut(a, b) }

// Package is a source of real Python, pinned by version and hash.
type Package = source.Package

// Packages returns the packages that a part of kind "packages" reads.
func Packages() []Package { return source.List() }

// sampleLicences gives the licence texts of the packages of which the embedded
// sample holds files, by name.
func sampleLicences() (map[string]string, error) { return source.SampleLicences() }
