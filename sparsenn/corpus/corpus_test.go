package corpus

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ownCache gives the test a cache folder of its own, and no network.
func ownCache(t *testing.T) string {
	dir := t.TempDir()
	t.Setenv("CIRCUITBOOK_CACHE", dir)
	t.Setenv("CIRCUITBOOK_OFFLINE", "1")
	return dir
}

func open(t *testing.T, c Config) *Corpus {
	t.Helper()
	got, err := Open(context.Background(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func cachedFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "corpus", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The embedded sample gives the same tokens everywhere.
func TestSampleGolden(t *testing.T) {
	ownCache(t)
	want := map[int]string{512: "1a30662215099940", 1024: "fdc68f9622d6839e", 2048: "e348a16b619d01db"}
	for _, v := range Vocabs {
		c := open(t, Config{Vocab: v, Parts: []Part{{Kind: KindSample}}})
		if c.Hash[:16] != want[v] {
			t.Errorf("the sample at %d tokens has hash %s, not %s...", v, c.Hash, want[v])
		}
		if len(c.Train) < 200_000 || len(c.Valid) < 8_000 {
			t.Errorf("only %d and %d tokens", len(c.Train), len(c.Valid))
		}
	}
}

func TestOpenFromCacheIsTheSame(t *testing.T) {
	dir := ownCache(t)
	c := Config{Vocab: 512, Seed: 3, Parts: []Part{{Kind: KindSynthetic, Bytes: 100_000}}}
	first := open(t, c)
	files := cachedFiles(t, dir)
	if len(files) != 1 {
		t.Fatalf("the cache holds %v", files)
	}
	var logged []string
	second, err := Open(context.Background(), c, func(s string) { logged = append(logged, s) })
	if err != nil || len(logged) > 0 {
		t.Fatalf("%v, log %q", err, logged)
	}
	if !cmp.Equal(first.Train, second.Train) || !cmp.Equal(first.Valid, second.Valid) || first.Hash != second.Hash ||
		!cmp.Equal(first.Report, second.Report) {
		t.Error("from the cache it is another corpus")
	}
	c.Seed = 4
	if other := open(t, c); other.Hash == first.Hash || len(cachedFiles(t, dir)) != 2 {
		t.Error("another seed gives the same corpus")
	}
}

// TestOpenWithLongerLists: Elements reaches the text, and the corpus has another name.
func TestOpenWithLongerLists(t *testing.T) {
	ownCache(t)
	c := Config{Vocab: 512, Seed: 3, Parts: []Part{{Kind: KindSynthetic, Bytes: 50_000}}}
	usual := open(t, c)
	c.Parts[0].Elements = 30
	longer := open(t, c)
	long := regexp.MustCompile(`\[(\w+, ){14,}\w+\]`)
	if long.MatchString(usual.Tokenizer.Decode(usual.Train)) || !long.MatchString(longer.Tokenizer.Decode(longer.Train)) {
		t.Error("lists of 15 elements are in the wrong one of both corpora, or in neither")
	}
}

// A corpus that is there needs no lock, so that a cache that cannot be written
// serves; one that is not there does.
func TestOpenWithoutLock(t *testing.T) {
	dir := ownCache(t)
	c := Config{Vocab: 512, Parts: []Part{{Kind: KindSynthetic, Bytes: 50_000}}}
	want := open(t, c)
	locks := filepath.Join(dir, "locks")
	if err := os.RemoveAll(locks); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(locks, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := open(t, c); got.Hash != want.Hash {
		t.Error("it is another corpus")
	}
	c.Seed = 1
	if _, err := Open(context.Background(), c, nil); err == nil || !strings.Contains(err.Error(), "locks") {
		t.Errorf("without a place for locks: %v", err)
	}
}

func TestDamagedCacheIsMadeAgain(t *testing.T) {
	dir := ownCache(t)
	c := Config{Vocab: 512, Parts: []Part{{Kind: KindSynthetic, Bytes: 50_000}}}
	want := open(t, c)
	file := cachedFiles(t, dir)[0]
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string][]byte{
		"empty": nil, "cut": whole[:len(whole)/2], "flipped": append([]byte("C"), whole[1:]...), "longer": append(slices.Clone(whole), 0),
	} {
		if err := os.WriteFile(file, damage, 0o644); err != nil {
			t.Fatal(err)
		}
		var logged []string
		got, err := Open(context.Background(), c, func(s string) { logged = append(logged, s) })
		if err != nil || got.Hash != want.Hash {
			t.Errorf("%s: %v", name, err)
		}
		if len(logged) != 1 || !strings.Contains(logged[0], "made again") {
			t.Errorf("%s: log %q", name, logged)
		}
		if again, err := os.ReadFile(file); err != nil || !slices.Equal(again, whole) {
			t.Errorf("%s: the file was not written again: %v", name, err)
		}
	}
}

func TestOpenMixesByWeight(t *testing.T) {
	ownCache(t)
	c := open(t, Config{Vocab: 512, Parts: []Part{
		{Kind: KindSample, Weight: 1, Bytes: 200_000}, {Kind: KindSynthetic, Weight: 3, Bytes: 1_000_000}}})
	a, b := c.Report.Parts[0], c.Report.Parts[1]
	if share := float64(b.Train) / float64(a.Train+b.Train); math.Abs(share-0.75) > 0.02 {
		t.Errorf("the synthetic share is %.3f, want 0.75", share)
	}
	if a.Train+b.Train != len(c.Train) || a.Valid+b.Valid != len(c.Valid) {
		t.Error("the report's tokens are not the corpus's")
	}
	if b.Unused == 0 || a.Files == 0 || a.Bytes == 0 || a.Bytes > 200_000 {
		t.Errorf("%+v", c.Report)
	}
	if s := c.Report.String(); !strings.Contains(s, "sample") || !strings.Contains(s, "files unused") {
		t.Errorf("report: %s", s)
	}
}

func TestOpenFolder(t *testing.T) {
	ownCache(t)
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 20 {
		write(fmt.Sprintf("f%02d.py", i), Synthetic(77, uint64(i)))
	}
	write("copy.py", Synthetic(77, 0))
	write("bad.py", "\xff\xfe")
	write("empty.py", "")
	c := Config{Vocab: 1024, Parts: []Part{{Kind: KindFolder, Path: root}}}
	got := open(t, c)
	r := got.Report.Parts[0]
	if want := []Skip{{"a duplicate", 1}, {"empty", 1}, {"not UTF-8", 1}}; !cmp.Equal(r.Skipped, want) {
		t.Errorf("skipped %v, want %v", r.Skipped, want)
	}
	if r.Files != 20 || r.Path != root || !strings.Contains(got.Report.String(), "1 skipped: not UTF-8") {
		t.Errorf("%+v", r)
	}
	// No text is on both sides, and all of it is there.
	train, valid := got.Tokenizer.Decode(got.Train), got.Tokenizer.Decode(got.Valid)
	for i := range uint64(20) {
		doc := Synthetic(77, i)
		if strings.Contains(train, doc) == strings.Contains(valid, doc) {
			t.Errorf("document %d is on both sides or on none", i)
		}
	}
	// A moved folder is the same corpus; a changed file is another.
	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(root, moved); err != nil {
		t.Fatal(err)
	}
	c.Parts[0].Path = moved
	if again := open(t, c); again.Hash != got.Hash || again.Report.Parts[0].Path != moved {
		t.Error("a moved folder is another corpus")
	}
	root = moved
	write("f03.py", "changed = True\n")
	if again := open(t, c); again.Hash == got.Hash {
		t.Error("a changed file leaves the corpus as it was")
	}
}

func TestOpenErrors(t *testing.T) {
	ownCache(t)
	one := t.TempDir()
	if err := os.WriteFile(filepath.Join(one, "a.py"), []byte("a = 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]Config{
		"no vocabulary of 5 tokens":       {Vocab: 5, Parts: []Part{{Kind: KindSample}}},
		"Parts is empty":                  {Vocab: 512},
		"Parts[0]: folder of Python":      {Vocab: 512, Parts: []Part{{Kind: KindFolder, Path: filepath.Join(one, "none")}}},
		"at least two different files":    {Vocab: 512, Parts: []Part{{Kind: KindFolder, Path: one}}},
		"Parts[0]: packages of real Pyth": {Vocab: 512, Parts: []Part{{Kind: KindPackages}}},
	} {
		if _, err := Open(context.Background(), c, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q in it", err, want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ctx, Config{Vocab: 512, Parts: []Part{{Kind: KindSynthetic}}}, nil); err == nil {
		t.Error("a cancelled opening has no error")
	}
}

// A cache that cannot be written costs time, nothing else.
func TestOpenWithoutRoomInTheCache(t *testing.T) {
	dir := ownCache(t)
	c := Config{Vocab: 512, Parts: []Part{{Kind: KindSynthetic, Bytes: 20_000}}}
	want := open(t, c)
	file := cachedFiles(t, dir)[0]
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(file, 0o755); err != nil { // nothing can be renamed onto a folder
		t.Fatal(err)
	}
	var logged []string
	got, err := Open(context.Background(), c, func(s string) { logged = append(logged, s) })
	if err != nil || got.Hash != want.Hash {
		t.Fatal(err)
	}
	if len(logged) == 0 || !strings.Contains(logged[len(logged)-1], "could not be kept") {
		t.Errorf("log %q", logged)
	}
}
