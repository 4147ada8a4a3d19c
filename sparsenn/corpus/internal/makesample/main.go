// Command makesample writes the sample of real and synthetic Python that is
// embedded in the program. From the root of the module:
//
//	go run ./sparsenn/corpus/internal/makesample
//
// Real files come from the pinned packages, some of each, with the licence of
// each beside them; as many bytes of synthetic programs are added. The same
// sources give the same file under the same release of Go.
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"sort"

	"circuitbook/sparsenn/corpus/internal/source"
	"circuitbook/sparsenn/corpus/internal/synth"
)

const (
	maxBytes = 1 << 20    // the sample's size on disk
	perPack  = 48_000     // bytes of source per package
	maxText  = 24_000     // bytes of one file
	seed     = 1<<63 | 11 // of the synthetic programs
)

func main() {
	out := flag.String("o", "sparsenn/corpus/internal/source/sample.zip", "file to write")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "makesample:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	ctx := context.Background()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	// No times in the headers: the archive depends on its content alone.
	add := func(name, text string) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, text)
		return err
	}
	real, made, files := 0, 0, 0
	for _, p := range source.List() {
		docs, _, err := source.Packages(ctx, os.Stderr, []source.Package{p})
		if err != nil {
			return err
		}
		licence, err := source.Licence(ctx, os.Stderr, p)
		if err != nil {
			return err
		}
		if err := add("LICENCES/"+p.Name+".txt", licence); err != nil {
			return err
		}
		sort.Slice(docs, func(i, j int) bool { return docs[i].Key() < docs[j].Key() })
		taken := 0
		for _, d := range docs {
			if len(d.Text) < 500 || len(d.Text) > maxText || taken+len(d.Text) > perPack {
				continue
			}
			taken += len(d.Text)
			files++
			if err := add("real/"+d.Name, d.Text); err != nil {
				return err
			}
		}
		real += taken
	}
	for i := uint64(0); made < real; i++ {
		text := synth.Document(seed, i)
		made += len(text)
		if err := add(fmt.Sprintf("synthetic/%04d.py", i), text); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	if buf.Len() > maxBytes {
		return fmt.Errorf("the sample takes %d bytes, more than %d", buf.Len(), maxBytes)
	}
	fmt.Fprintf(os.Stderr, "%d real files, %d bytes; %d bytes synthetic; %d bytes on disk\n", files, real, made, buf.Len())
	return os.WriteFile(out, buf.Bytes(), 0o644)
}
