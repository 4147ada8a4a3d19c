package corpus

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"circuitbook/sparsenn/suitetest"
)

// killConfig is what the children of TestKilledWhileWriting make.
var killConfig = Config{Vocab: 512, Parts: []Part{{Kind: KindSynthetic, Bytes: 300_000}}}

// TestKillChild is the child: it makes the corpus over and over.
func TestKillChild(t *testing.T) {
	if os.Getenv("CORPUS_KILL_CHILD") == "" {
		t.Skip("only as a child of TestKilledWhileWriting")
	}
	for {
		c, err := Open(context.Background(), killConfig, nil)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(os.Getenv("CIRCUITBOOK_CACHE"), "corpus")
		data, err := encodeCached("k", c.Train, c.Valid, c.Report)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if err := saveCached(filepath.Join(file, "again.tokens"), data); err != nil {
				t.Fatal(err)
			}
		}
		files, _ := filepath.Glob(filepath.Join(file, "*.tokens"))
		for _, f := range files {
			_ = os.Remove(f)
		}
	}
}

// However a process ends while it makes or keeps a corpus, whatever lies in the
// cache under a final name is whole, and the next one opens the same corpus
// without waiting for a dead one's lock.
func TestKilledWhileWriting(t *testing.T) {
	dir := ownCache(t)
	want := open(t, killConfig)
	kills := 8
	if suitetest.Long {
		kills = 100
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range kills {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKillChild$")
		cmd.Env = append(os.Environ(), "CORPUS_KILL_CHILD=1")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(50+r.IntN(400)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatalf("kill %d: the child had ended by itself: %v", i, err)
		}
		_ = cmd.Wait()
		files, err := filepath.Glob(filepath.Join(dir, "corpus", "*.tokens"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			key := strings.TrimSuffix(filepath.Base(f), ".tokens")
			if key == "again" {
				key = "k"
			}
			if _, _, _, err := decodeCached(data, key, 512); err != nil {
				t.Fatalf("kill %d: %s: %v", i, filepath.Base(f), err)
			}
		}
		if got := open(t, killConfig); got.Hash != want.Hash {
			t.Fatalf("kill %d: another corpus", i)
		}
	}
}
