package charts

import (
	"circuitbook/viz"
	"errors"
	"math"
	"strings"
	"testing"
)

// samplePath is a path of n boundaries with errors and losses that differ everywhere.
func samplePath(n int) BridgePath {
	p := BridgePath{Note: viz.Note{Title: "figure"}, Dense: BridgeLoss{CE: 2}, Sparse: BridgeLoss{CE: 2.5, KL: 0.4}, Limit: 2.6}
	for i := range n {
		f := float64(i+1) / float64(n)
		p.Boundaries = append(p.Boundaries, BridgeBoundary{
			Site: "site" + strings.Repeat("'", i), Encode: 0.5 * f, Decode: 0.4 * f,
			DenseToSparse: BridgeLoss{CE: 2 + f/2, KL: f / 2, CELo: 1.9 + f/2, CEHi: 2.1 + f/2},
			SparseToDense: BridgeLoss{CE: 2.7 - f/2, KL: 0.6 - f/2, KLLo: 0.55 - f/2, KLHi: 0.7 - f/2},
		})
	}
	return p
}

func TestBridgePathRefuse(t *testing.T) {
	for name, c := range map[string]struct {
		change func(p *BridgePath)
		want   string
		is     error
	}{
		"none":         {func(p *BridgePath) { p.Boundaries = nil }, `bridge path "figure"`, viz.ErrNoData},
		"one":          {func(p *BridgePath) { p.Boundaries = p.Boundaries[:1] }, `1 boundaries, the last "site"; give`, nil},
		"even":         {func(p *BridgePath) { p.Boundaries = p.Boundaries[:4] }, `4 boundaries, the last "site'''"`, nil},
		"dense":        {func(p *BridgePath) { p.Dense.CE = math.NaN() }, "the dense model: cross-entropy: the number is NaN", viz.ErrNotFinite},
		"sparse":       {func(p *BridgePath) { p.Sparse.KL = math.Inf(1) }, "the sparse model: KL: the number is +Inf", viz.ErrNotFinite},
		"limit":        {func(p *BridgePath) { p.Limit = math.Inf(1) }, "limit: the number is +Inf", viz.ErrNotFinite},
		"limit below":  {func(p *BridgePath) { p.Limit = -1 }, "the limit -1 is no cross-entropy", nil},
		"encoder":      {func(p *BridgePath) { p.Boundaries[2].Encode = math.NaN() }, `boundary 2 ("site''"): NMSE of the encoder: the number is NaN`, viz.ErrNotFinite},
		"decoder":      {func(p *BridgePath) { p.Boundaries[0].Decode = -0.1 }, `boundary 0 ("site"): the NMSE of the decoder is -0.1`, nil},
		"too large":    {func(p *BridgePath) { p.Boundaries[0].Decode = 1e200 }, "beyond what can be drawn", nil},
		"hybrid":       {func(p *BridgePath) { p.Boundaries[1].DenseToSparse.CE = math.NaN() }, `boundary 1 ("site'"): dense → sparse: cross-entropy: the number is NaN`, viz.ErrNotFinite},
		"other hybrid": {func(p *BridgePath) { p.Boundaries[4].SparseToDense.KL = math.Inf(-1) }, `boundary 4 ("site''''"): sparse → dense: KL: the number is -Inf`, viz.ErrNotFinite},
		"upside":       {func(p *BridgePath) { p.Boundaries[1].DenseToSparse.CEHi = 1 }, "is upside down", nil},
		"KL upside":    {func(p *BridgePath) { p.Boundaries[1].SparseToDense.KLHi = -1 }, "KL: the interval", nil},
		"bound":        {func(p *BridgePath) { p.Boundaries[3].SparseToDense.KLHi = math.Inf(1) }, `boundary 3 ("site'''")`, viz.ErrNotFinite},
	} {
		p := samplePath(5)
		c.change(&p)
		_, err := p.Bundle()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got error %v, want %q (%v)", name, err, c.want, c.is)
		}
	}
}

// TestBridgePathNumbers: every number is in the table and in the description, in the order of the
// pass; what has no interval has none, and without a limit there is none.
func TestBridgePathNumbers(t *testing.T) {
	p := samplePath(3)
	rows := p.numbers().Rows
	if len(rows) != 2*3+3 {
		t.Fatalf("%d rows", len(rows))
	}
	for i, b := range p.Boundaries {
		down, up := rows[2*i], rows[2*i+1]
		d, u := b.DenseToSparse, b.SparseToDense
		for j, want := range []any{b.Site, "dense → sparse", b.Encode, d.CE, d.CELo, d.CEHi, d.KL, nil, nil} {
			if down[j] != want {
				t.Errorf("boundary %d, dense → sparse, column %d: %v, want %v", i, j, down[j], want)
			}
		}
		for j, want := range []any{b.Site, "sparse → dense", b.Decode, u.CE, nil, nil, u.KL, u.KLLo, u.KLHi} {
			if up[j] != want {
				t.Errorf("boundary %d, sparse → dense, column %d: %v, want %v", i, j, up[j], want)
			}
		}
	}
	for i, want := range []struct {
		name   string
		ce, kl any
	}{{"dense", 2.0, 0.0}, {"sparse", 2.5, 0.4}, {"limit", 2.6, nil}} {
		if r := rows[6+i]; r[1] != want.name || r[2] != nil || r[3] != want.ce || r[6] != want.kl {
			t.Errorf("row %v, want %v", r, want)
		}
	}
	desc := p.describe()
	at := 0
	for _, want := range []string{"3 boundaries", "Dense: cross-entropy 2, KL 0; sparse: cross-entropy 2.50, KL 0.400; limit 2.60.",
		"site encoder (NMSE 0.167), dense → sparse: cross-entropy 2.17 [2.07, 2.27], KL 0.167; decoder (NMSE 0.133), sparse → dense: cross-entropy 2.53, KL 0.433 [0.383, 0.533]", "site' encoder", "site'' encoder"} {
		k := strings.Index(desc[at:], want)
		if k < 0 {
			t.Fatalf("missing %q in %q", want, desc[at:])
		}
		at += k
	}
	p.Limit = 0
	if n := len(p.numbers().Rows); n != 8 || strings.Contains(p.describe(), "limit") || len(p.ceRefs()) != 2 {
		t.Errorf("a limit of none: %d rows", n)
	}
}

// TestBridgePathSublayers: attention and MLP alternate between the two ends.
func TestBridgePathSublayers(t *testing.T) {
	p := samplePath(5)
	var long, short []string
	for i := 0; i <= 5; i++ {
		l, m, s := p.sublayer(i)
		if len(m) > len(l) {
			t.Errorf("%q is no shorter than %q", m, l)
		}
		long, short = append(long, l), append(short, s)
	}
	if got := strings.Join(long, ", "); got != "embedding, attention 0, MLP 0, attention 1, MLP 1, unembedding" {
		t.Error(got)
	}
	if got := strings.Join(short, ""); got != "EAMAMU" {
		t.Error(got)
	}
}

// TestBridgePathInterval: whiskers are named where any loss has one.
func TestBridgePathInterval(t *testing.T) {
	p := samplePath(3)
	if w := p.intervalWords(); w != "the interval of each loss" {
		t.Errorf("says %q", w)
	}
	p.Interval = "95 %"
	if w := p.intervalWords(); w != "95 %" {
		t.Errorf("says %q", w)
	}
	for i := range p.Boundaries {
		p.Boundaries[i].DenseToSparse, p.Boundaries[i].SparseToDense = BridgeLoss{CE: 1}, BridgeLoss{CE: 1}
	}
	if w := p.intervalWords(); w != "" || strings.Contains(p.twin(), "Whiskers") {
		t.Errorf("says %q of nothing", w)
	}
	p.Sparse.KLHi = 1
	if w := p.intervalWords(); w != "95 %" {
		t.Errorf("says %q of the sparse model's", w)
	}
}

// TestBridgePathTwin: a line for each direction, its mark within its whisker and on its side of the
// lines to compare with.
func TestBridgePathTwin(t *testing.T) {
	p := samplePath(3)
	lines := strings.Split(p.twin(), "\n")
	down, up := lines[1], lines[2]
	if lines[0] != "    embedding" || lines[3] != "    attention 0" || lines[9] != "    unembedding" {
		t.Errorf("sublayers in %q", lines)
	}
	if !strings.HasPrefix(down, "  site    encoder v 0.167  │") || !strings.HasSuffix(down, "│ 2.17 [2.07, 2.27]") || !strings.Contains(down, "-v-") {
		t.Errorf("encoder %q", down)
	}
	if !strings.HasPrefix(up, "          decoder ^ 0.133  │") || !strings.HasSuffix(up, "│ 2.53") || strings.Contains(up, "-") {
		t.Errorf("decoder %q", up)
	}
	_, axis, _ := strings.Cut(up, "│")
	parts := strings.Split(axis, "|")
	if len(parts) != 4 || !strings.Contains(parts[2], "^") {
		t.Errorf("the mark of 2.53 belongs between sparse 2.5 and limit 2.6: %q", axis)
	}
	rest := strings.Join(lines[10:], "\n")
	for _, want := range []string{"cross-entropy", "| dense 2\n", "| sparse 2.50\n", "| limit 2.60\n", "Whiskers: the interval of each loss"} {
		if !strings.Contains(rest, want) {
			t.Errorf("missing %q in %q", want, rest)
		}
	}
}
