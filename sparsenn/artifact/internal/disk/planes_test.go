package disk

import (
	"bytes"
	"circuitbook/sparsenn/tensorfile"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

// TestPlanesRoundTrip: whatever is written, in whatever pieces, is read again.
func TestPlanesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.OneOf(rapid.IntRange(0, 30), rapid.IntRange(planesBlock-5, planesBlock+5), rapid.IntRange(2*planesBlock-5, 2*planesBlock+5)).Draw(t, "size")
		piece := rapid.SampledFrom([]int{1 << 30, planesBlock, 65537, 4093}).Draw(t, "piece")
		seed := rapid.Uint64().Draw(t, "seed")
		data := make([]byte, size)
		for i := range data {
			seed = seed*6364136223846793005 + 1442695040888963407
			data[i] = byte(seed >> 60)
		}
		var packed bytes.Buffer
		w, err := SplitPlanes(&packed)
		if err != nil {
			t.Fatal(err)
		}
		for from := 0; from < size; from += piece {
			b := data[from:min(size, from+piece)]
			if n, err := w.Write(b); n != len(b) || err != nil {
				t.Fatal(n, err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for _, from := range []io.Reader{bytes.NewReader(packed.Bytes()), iotest.HalfReader(bytes.NewReader(packed.Bytes()))} {
			back, err := io.ReadAll(joinPlanes(from))
			if err != nil || !bytes.Equal(back, data) {
				t.Fatalf("%d bytes of %d, %v", len(back), size, err)
			}
		}
	})
}

// TestPlanesShrink: of weights a fifth is left out that deflate leaves in.
func TestPlanesShrink(t *testing.T) {
	weights := make([]float32, 1<<16)
	seed := uint64(1)
	for i := range weights {
		seed = seed*6364136223846793005 + 1442695040888963407
		weights[i] = float32(seed>>40)/(1<<24) - 0.5
	}
	var file, packed bytes.Buffer
	if err := (tensorfile.State{Dense: []tensorfile.Tensor{tensorfile.Float32s("w", []int{1 << 16}, weights)}}).Write(&file); err != nil {
		t.Fatal(err)
	}
	w, err := SplitPlanes(&packed)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Write(file.Bytes())
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	if share := float64(packed.Len()) / float64(file.Len()); share > 0.88 {
		t.Errorf("%.3f of the bytes are left", share)
	}
}

// TestPlanesFail: an error on the way is told.
func TestPlanesFail(t *testing.T) {
	broken := errors.New("the disk is broken")
	w, err := SplitPlanes(refusing{broken})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Write(make([]byte, 3*planesBlock))
	if err := errors.Join(err, w.Close()); !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, err := io.ReadAll(joinPlanes(iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Error(err)
	}
}

type refusing struct{ err error }

func (w refusing) Write([]byte) (int, error) { return 0, w.err }
