package corpus

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCachedRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOf(rapid.Int32Range(0, 511))
		train, valid := Tokens(ids.Draw(t, "train")), Tokens(ids.Draw(t, "valid"))
		report := Report{Parts: []PartReport{{Kind: rapid.String().Draw(t, "kind"), Weight: 1.5, Skipped: []Skip{{"empty", 3}}}}}
		data, err := encodeCached("key", train, valid, report)
		if err != nil {
			t.Fatal(err)
		}
		a, b, r, err := decodeCached(data, "key", 512)
		if err != nil || !slices.Equal(a, train) || !slices.Equal(b, valid) || len(r.Parts) != 1 || r.Parts[0].Skipped[0] != report.Parts[0].Skipped[0] {
			t.Fatalf("came back differently: %v", err)
		}
		_ = append(a, 1)
		if !slices.Equal(b, valid) {
			t.Fatal("appending to one stream changes the other")
		}
	})
}

// Every flipped bit and every truncation is found.
func TestCachedDamageIsFound(t *testing.T) {
	data, err := encodeCached("key", Tokens{1, 2, 3}, Tokens{4}, Report{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		bad := slices.Clone(data)
		bad[i] ^= 1 << (i % 8)
		if _, _, _, err := decodeCached(bad, "key", 512); !errors.Is(err, errCorrupt) {
			t.Errorf("a flipped bit in byte %d gives %v", i, err)
		}
		if _, _, _, err := decodeCached(data[:i], "key", 512); !errors.Is(err, errCorrupt) {
			t.Errorf("cut to %d bytes gives %v", i, err)
		}
	}
	if _, _, _, err := decodeCached(data, "other", 512); !errors.Is(err, errCorrupt) {
		t.Errorf("the file of another corpus: %v", err)
	}
	if _, _, _, err := decodeCached(data, "key", 4); !errors.Is(err, errCorrupt) {
		t.Errorf("a token outside the vocabulary: %v", err)
	}
}

// forge adds a right checksum to whatever stands before it.
func forge(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append(slices.Clone(body), sum[:]...)
}

func FuzzDecodeCached(f *testing.F) {
	data, err := encodeCached("key", Tokens{1, 2, 3}, Tokens{4}, Report{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data[:len(data)-sha256.Size])
	f.Add([]byte(cacheMagic))
	f.Add(append([]byte(cacheMagic), 255, 255, 255, 255))
	head := `{"key":"key","train":9223372036854775807,"valid":-9223372036854775807}`
	f.Add(append(binary.LittleEndian.AppendUint32([]byte(cacheMagic), uint32(len(head))), head...))
	f.Fuzz(func(t *testing.T, body []byte) {
		train, valid, report, err := decodeCached(forge(body), "key", 512)
		if err != nil {
			if !errors.Is(err, errCorrupt) {
				t.Errorf("another error: %v", err)
			}
			return
		}
		again, err := encodeCached("key", train, valid, report)
		if err != nil {
			t.Fatal(err)
		}
		a, b, _, err := decodeCached(again, "key", 512)
		if err != nil || !cmp.Equal(a, train) || !cmp.Equal(b, valid) {
			t.Errorf("does not round-trip: %v", err)
		}
	})
}
