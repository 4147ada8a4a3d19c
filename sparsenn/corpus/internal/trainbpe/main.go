// Command trainbpe learns the ranks of the tokenizer and writes ranks.tiktoken.
// From the root of the module:
//
//	go run ./sparsenn/corpus/internal/trainbpe
//
// The text is the real packages and as many bytes of synthetic programs. The
// same sources give the same file, byte for byte.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sort"
	"strings"

	"circuitbook/sparsenn/corpus/internal/bpe"
	"circuitbook/sparsenn/corpus/internal/source"
	"circuitbook/sparsenn/corpus/internal/synth"
)

// maxPackage bounds the bytes of one package, so that the words of none of them
// fill the vocabulary.
const maxPackage = 800_000

func main() {
	out := flag.String("o", "sparsenn/corpus/ranks.tiktoken", "file to write")
	n := flag.Int("tokens", 2047, "number of tokens, the end of text not counted")
	flag.Parse()
	if err := run(*out, *n); err != nil {
		fmt.Fprintln(os.Stderr, "trainbpe:", err)
		os.Exit(1)
	}
}

func run(out string, n int) error {
	docs, _, err := source.Packages(context.Background(), os.Stderr, source.List())
	if err != nil {
		return err
	}
	// By content, so that what is left of a large package is not its first folders.
	sort.Slice(docs, func(i, j int) bool { return docs[i].Key() < docs[j].Key() })
	counts := map[string]int{}
	real, made := 0, 0
	perPackage := map[string]int{}
	for _, d := range docs {
		name, _, _ := strings.Cut(d.Name, "/")
		if perPackage[name]+len(d.Text) > maxPackage {
			continue
		}
		perPackage[name] += len(d.Text)
		real += len(d.Text)
		if err := bpe.Pieces(d.Text, counts); err != nil {
			return err
		}
	}
	for i := uint64(0); made < real; i++ {
		text := synth.Document(synth.TokenizerSeed, i)
		made += len(text)
		if err := bpe.Pieces(text, counts); err != nil {
			return err
		}
	}
	tokens, err := bpe.Train(counts, n)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d bytes of packages, %d synthetic, %d different pieces\n", real, made, len(counts))
	return os.WriteFile(out, bpe.Format(tokens), 0o644)
}
