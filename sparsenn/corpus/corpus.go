package corpus

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"circuitbook/sparsenn/cache"
	"circuitbook/sparsenn/corpus/internal/source"
	"circuitbook/sparsenn/corpus/internal/synth"
)

// Corpus is encoded text, ready for training.
type Corpus struct {
	Tokenizer *Tokenizer
	Train     Tokens
	Valid     Tokens
	// Hash is a SHA-256 over the tokenizer and both streams.
	Hash string
	// Report says what the streams are made of.
	Report Report
}

// Open returns the corpus of a config: from the cache folder, or made now and
// put there. Packages are fetched when the corpus is made, not when it is
// loaded. A damaged file in the cache is made again. log, which may be nil, is
// called with a line for what takes time or went otherwise than usual.
func Open(ctx context.Context, config Config, log func(string)) (*Corpus, error) {
	if log == nil {
		log = func(string) {}
	}
	config, err := config.normal()
	if err != nil {
		return nil, err
	}
	tok, err := LoadTokenizer(config.Vocab)
	if err != nil {
		return nil, err
	}
	sources, folders, err := fingerprints(ctx, config)
	if err != nil {
		return nil, err
	}
	key, err := config.key(tok, sources)
	if err != nil {
		return nil, err
	}
	dir, err := cache.Sub("corpus")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, key+".tokens")
	load := func(say func(string)) *Corpus {
		data, err := os.ReadFile(path)
		if err == nil {
			train, valid, report, err := decodeCached(data, key, tok.VocabSize())
			if err == nil {
				return finish(tok, train, valid, withPaths(report, config))
			}
			say(fmt.Sprintf("corpus: %s: %v: made again", path, err))
		} else if !errors.Is(err, fs.ErrNotExist) {
			say(fmt.Sprintf("corpus: %v: made again", err))
		}
		return nil
	}
	// Without the lock first: what is there may lie in a cache that cannot be
	// written.
	if c := load(func(string) {}); c != nil {
		return c, nil
	}
	unlock, err := cache.Lock(ctx, "corpus-"+key[:32])
	if err != nil {
		return nil, err
	}
	defer unlock()
	if c := load(log); c != nil { // another process was faster
		return c, nil
	}

	train, valid, report, err := build(ctx, config, tok, folders, log)
	if err != nil {
		return nil, err
	}
	data, err := encodeCached(key, train, valid, report)
	if err != nil {
		return nil, fmt.Errorf("corpus: %w", err)
	}
	if err := saveCached(path, data); err != nil {
		// The corpus is whole: not being able to keep it costs time only.
		log(fmt.Sprintf("corpus: could not be kept in the cache, so it will be made again next time: %v", err))
	}
	return finish(tok, train, valid, withPaths(report, config)), nil
}

func finish(tok *Tokenizer, train, valid Tokens, report Report) *Corpus {
	h := sha256.New()
	io.WriteString(h, tok.Hash())
	buf := make([]byte, 0, 1<<16)
	for _, part := range []Tokens{train, valid} {
		buf = binary.LittleEndian.AppendUint64(buf, uint64(len(part)))
		for _, id := range part {
			if buf = binary.LittleEndian.AppendUint32(buf, uint32(id)); len(buf) > 1<<16-8 {
				h.Write(buf)
				buf = buf[:0]
			}
		}
	}
	h.Write(buf)
	return &Corpus{tok, train, valid, hex.EncodeToString(h.Sum(nil)), report}
}

// withPaths fills in the folders' paths, which the cached report leaves out:
// a folder may have moved.
func withPaths(r Report, config Config) Report {
	for i := range r.Parts {
		if i < len(config.Parts) {
			r.Parts[i].Path = config.Parts[i].Path
		}
	}
	return r
}

// folderText is what was read of a part of kind "folder".
type folderText struct {
	docs    []source.Doc
	skipped source.Skips
}

// fingerprints gives for each part a text that changes when what it holds
// changes. Folders have to be read for that; what was read is returned.
func fingerprints(ctx context.Context, config Config) ([]string, map[int]folderText, error) {
	out := make([]string, len(config.Parts))
	folders := map[int]folderText{}
	for i, p := range config.Parts {
		switch p.Kind {
		case KindSample:
			out[i] = source.SampleHash()
		case KindSynthetic:
			out[i] = fmt.Sprint("synthetic ", synth.Version)
		case KindPackages:
			var b strings.Builder
			for _, q := range source.List() {
				fmt.Fprintln(&b, q.SHA256, q.Skip)
			}
			out[i] = b.String()
		case KindFolder:
			docs, skipped, err := source.Folder(ctx, p.Path)
			if err != nil {
				return nil, nil, fmt.Errorf("corpus: Parts[%d]: %w", i, err)
			}
			folders[i] = folderText{docs, skipped}
			h := sha256.New()
			for _, d := range docs {
				fmt.Fprintln(h, d.Key())
			}
			fmt.Fprintln(h, skipped)
			out[i] = hex.EncodeToString(h.Sum(nil))
		}
	}
	return out, folders, nil
}

// build reads, splits, encodes and mixes the parts.
func build(ctx context.Context, config Config, tok *Tokenizer, folders map[int]folderText, log func(string)) (train, valid Tokens, report Report, err error) {
	var trains, valids []*stream
	seen := map[string]bool{}
	for i, p := range config.Parts {
		docs, skipped, err := read(ctx, config, i, folders, log)
		if err != nil {
			return nil, nil, Report{}, fmt.Errorf("corpus: Parts[%d]: %w", i, err)
		}
		unique := make([]source.Doc, 0, len(docs))
		for _, d := range docs {
			if k := d.Key(); seen[k] {
				skipped[source.SkipDuplicate]++
			} else {
				seen[k] = true
				unique = append(unique, d)
			}
		}
		shuffle(unique, config.Seed, i)
		a, b := splitDocs(limit(unique, p.Bytes), config.ValidFraction)
		trains = append(trains, &stream{weight: p.Weight, docs: a})
		valids = append(valids, &stream{weight: p.Weight, docs: b})
		r := PartReport{Kind: p.Kind, Weight: p.Weight, Skipped: skipList(skipped)}
		if p.Kind == KindPackages || p.Kind == KindSample {
			r.Sources = licences()
		}
		report.Parts = append(report.Parts, r)
	}
	if train, err = mix(ctx, tok, trains); err != nil {
		return nil, nil, Report{}, err
	}
	if valid, err = mix(ctx, tok, valids); err != nil {
		return nil, nil, Report{}, err
	}
	if len(train) == 0 || len(valid) == 0 {
		return nil, nil, Report{}, fmt.Errorf("corpus: %d tokens to train and %d to validate: "+
			"at least two different files are needed", len(train), len(valid))
	}
	for i := range report.Parts {
		r, a, b := &report.Parts[i], trains[i], valids[i]
		r.Files, r.Bytes = a.next+b.next, a.bytes+b.bytes
		r.Train, r.Valid = a.got, b.got
		r.Unused = len(a.docs) - a.next + len(b.docs) - b.next
	}
	return train, valid, report, nil
}

// read gives the documents of one part.
func read(ctx context.Context, config Config, i int, folders map[int]folderText, log func(string)) ([]source.Doc, source.Skips, error) {
	switch p := config.Parts[i]; p.Kind {
	case KindSample:
		return source.Sample()
	case KindPackages:
		return source.Packages(ctx, lines(log), source.List())
	case KindFolder:
		return folders[i].docs, folders[i].skipped, nil
	default:
		var docs []source.Doc
		for n, sum := uint64(0), int64(0); sum < p.Bytes; n++ {
			if n%1024 == 0 && ctx.Err() != nil {
				return nil, nil, ctx.Err()
			}
			text := synth.WithLists(config.Seed, n, p.Elements)
			sum += int64(len(text))
			docs = append(docs, source.Doc{Name: fmt.Sprintf("synthetic/%08d.py", n), Text: text})
		}
		return docs, source.Skips{}, nil
	}
}

// lines is a writer that hands whole lines to a function.
type lines func(string)

func (f lines) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		f(strings.TrimRight(line, "\n"))
	}
	return len(p), nil
}
