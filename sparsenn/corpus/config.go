package corpus

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
)

// Kinds of [Part].
const (
	KindSample    = "sample"    // 1 MB of packages and synthetic programs inside the program itself
	KindSynthetic = "synthetic" // [Synthetic], as many bytes as asked for
	KindPackages  = "packages"  // [Packages], fetched into the cache by pip
	KindFolder    = "folder"    // every .py file under Path
)

// defaultSynthetic is the size of a synthetic part that names none, in bytes.
const defaultSynthetic = 4 << 20

// defaultValid is the share of documents held back for validation by default.
const defaultValid = 0.05

// Config says everything that determines the tokens of a corpus.
type Config struct {
	// Vocab is the size of the vocabulary: 512, 1024 or 2048.
	Vocab int `json:"vocab"`
	// Parts are mixed by weight; at least one.
	Parts []Part `json:"parts"`
	// ValidFraction is the share of documents held back for validation, above 0
	// and at most 0.5; 0 means 0.05. A document's content decides on which side
	// it falls, so a file is never on both, and not on another under another seed.
	ValidFraction float64 `json:"valid_fraction"`
	// Seed orders the documents and makes the synthetic ones.
	Seed uint64 `json:"seed"`
}

// Part is one source of text.
type Part struct {
	Kind string `json:"kind"`
	// Weight is the part's share of the tokens, relative to the other weights.
	// It may be 0 (meaning 1) only where there is one part.
	Weight float64 `json:"weight"`
	// Path is the folder of kind "folder".
	Path string `json:"path,omitempty"`
	// Bytes is the most text taken from the part, counted before the split into
	// training and validation; 0 is all there is, for "synthetic" 4 MiB.
	Bytes int64 `json:"bytes,omitempty"`
	// Elements, of kind "synthetic", makes half of the lists that stand alone or alone
	// inside another up to so many elements long; 0 leaves them at 10 and 8 at most.
	Elements int `json:"elements,omitempty"`
}

// normal returns c with defaults filled in, or an error that names the field.
func (c Config) normal() (Config, error) {
	if c.ValidFraction == 0 {
		c.ValidFraction = defaultValid
	}
	if !(c.ValidFraction > 0 && c.ValidFraction <= 0.5) {
		return c, fmt.Errorf("corpus: ValidFraction is %v, it must be above 0 and at most 0.5", c.ValidFraction)
	}
	if len(c.Parts) == 0 {
		return c, fmt.Errorf("corpus: Parts is empty: name at least one of kind %q, %q, %q or %q",
			KindSample, KindSynthetic, KindPackages, KindFolder)
	}
	parts := append([]Part(nil), c.Parts...)
	for i := range parts {
		p := &parts[i]
		if p.Weight == 0 && len(parts) == 1 {
			p.Weight = 1
		}
		if !(p.Weight > 0) || math.IsInf(p.Weight, 0) {
			return c, fmt.Errorf("corpus: Parts[%d] (%s): Weight is %v, it must be above 0", i, p.Kind, p.Weight)
		}
		if p.Bytes < 0 {
			return c, fmt.Errorf("corpus: Parts[%d] (%s): Bytes is %d, it must not be negative", i, p.Kind, p.Bytes)
		}
		switch p.Kind {
		case KindSynthetic:
			if p.Bytes == 0 {
				p.Bytes = defaultSynthetic
			}
		case KindFolder:
			if p.Path == "" {
				return c, fmt.Errorf("corpus: Parts[%d] (folder): Path is empty: give the folder that holds the .py files", i)
			}
		case KindSample, KindPackages:
		default:
			return c, fmt.Errorf("corpus: Parts[%d]: kind %q is none of %q, %q, %q, %q",
				i, p.Kind, KindSample, KindSynthetic, KindPackages, KindFolder)
		}
		if p.Elements < 0 || p.Elements > 0 && p.Kind != KindSynthetic {
			return c, fmt.Errorf("corpus: Parts[%d] (%s): Elements is %d, it must not be negative and is for kind %q only", i, p.Kind, p.Elements, KindSynthetic)
		}
		if p.Path != "" && p.Kind != KindFolder {
			return c, fmt.Errorf("corpus: Parts[%d] (%s): Path is for kind %q only", i, p.Kind, KindFolder)
		}
	}
	c.Parts = parts
	return c, nil
}

// key names the encoded corpus in the cache: it covers the normalised config,
// the tokenizer and the content of every source.
func (c Config) key(tok *Tokenizer, sources []string) (string, error) {
	// Where a folder lies does not matter, what is in it does: sources has that.
	parts := append([]Part(nil), c.Parts...)
	for i := range parts {
		parts[i].Path = ""
	}
	c.Parts = parts
	data, err := json.Marshal(struct {
		Format    int      `json:"format"`
		Config    Config   `json:"config"`
		Tokenizer string   `json:"tokenizer"`
		Sources   []string `json:"sources"`
	}{cacheFormat, c, tok.Hash(), sources})
	if err != nil {
		return "", fmt.Errorf("corpus: %w", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}
