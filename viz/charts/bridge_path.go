package charts

import (
	"circuitbook/viz"
	"circuitbook/viz/internal/draw"
	"fmt"
	"strconv"
	"strings"
)

// BridgePath draws the path through two models that are tied together at every boundary between
// sublayers: the dense one as the upper rail, the sparse one as the lower. At each boundary an
// encoder leads down and a decoder up; under them stands what is lost by going on in the other
// model from there.
//
//	viz.BridgePath{Dense: viz.BridgeLoss{CE: 2.23}, Sparse: viz.BridgeLoss{CE: 2.47, KL: 0.25}, Boundaries: …}
//
// A model of L layers has 2·L+1 boundaries: before each attention, before each MLP, and at the end
// of the residual stream.
type BridgePath struct {
	viz.Note
	Dense, Sparse BridgeLoss       // the two models themselves
	Boundaries    []BridgeBoundary // in the order of the pass
	Limit         float64          // the cross-entropy that hybrids should stay under; 0 for none
	Interval      string           // what the whiskers are, such as "95 % over 5 seeds"
}

// A BridgeBoundary is one place where the models are tied.
type BridgeBoundary struct {
	Site string // such as 0.resid_mid
	// Encode and Decode are the NMSE of the encoder, which makes the sparse activation of the dense
	// one, and of the decoder: squared error over the variance of what is to be met.
	Encode, Decode float64
	// DenseToSparse is the loss of the hybrid that is dense up to here, goes through the encoder
	// and on as the sparse model; SparseToDense that of its counterpart, through the decoder.
	DenseToSparse, SparseToDense BridgeLoss
}

// A BridgeLoss is what a model or a hybrid loses, in nats per token.
type BridgeLoss struct {
	CE float64 // cross-entropy with the data
	KL float64 // divergence of the dense model from it: KL(dense ‖ this)
	// Bounds of the intervals; a pair of zeros means that there is none.
	CELo, CEHi, KLLo, KLHi float64
}

// Bundle draws the path. It refuses less than 3 boundaries and an even number of them, numbers that
// are not finite, negative errors, and intervals upside down, naming the boundary.
func (p BridgePath) Bundle() (viz.Bundle, error) {
	if err := p.check(); err != nil {
		return viz.Bundle{}, err
	}
	return viz.Picture(p.Scene(), p.Note, p.twin(), p.numbers())
}

// ce and kl are the two losses with their intervals.
func (l *BridgeLoss) ce() Estimate { return Estimate{Value: l.CE, Lo: l.CELo, Hi: l.CEHi} }
func (l *BridgeLoss) kl() Estimate { return Estimate{Value: l.KL, Lo: l.KLLo, Hi: l.KLHi} }

// says prints both.
func (l *BridgeLoss) says() string {
	ce, kl := l.ce(), l.kl()
	return "cross-entropy " + ce.says() + ", KL " + kl.says()
}

// A bridgeWay is one direction at a boundary: its link, and the hybrid that goes through it.
type bridgeDirection struct {
	link, name string
	glyph      byte
	nmse       float64
	loss       *BridgeLoss
	look       look
}

// bridgeWays is the number of directions.
const bridgeDirections = 2

// ways are the directions, dense to sparse first. Their markers point as the arrows do.
func (b *BridgeBoundary) directions() [bridgeDirections]bridgeDirection {
	return [...]bridgeDirection{
		{"encoder", "dense → sparse", 'v', b.Encode, &b.DenseToSparse, look{role: draw.Series0, marker: 4}},
		{"decoder", "sparse → dense", '^', b.Decode, &b.SparseToDense, look{role: draw.Series1, marker: 2}},
	}
}

// says prints a direction at a boundary.
func (w *bridgeDirection) says() string {
	return fmt.Sprintf("%s (NMSE %s), %s: %s", w.link, draw.Number3(w.nmse), w.name, w.loss.says())
}

func (p *BridgePath) check() error {
	n := len(p.Boundaries)
	switch {
	case n == 0:
		return fmt.Errorf("bridge path %q: %w", p.Title, viz.ErrNoData)
	case n < 3 || n%2 == 0:
		last := &p.Boundaries[n-1]
		return fmt.Errorf("bridge path %q: %d boundaries, the last %q; give one before each attention and each MLP and one at the end: 3 for one layer, 5 for two", p.Title, n, last.Site)
	}
	for _, m := range [...]struct {
		name string
		loss *BridgeLoss
	}{{"dense", &p.Dense}, {"sparse", &p.Sparse}} {
		if err := m.loss.check(); err != nil {
			return fmt.Errorf("bridge path %q, the %s model: %w", p.Title, m.name, err)
		}
	}
	if err := onAxis(p.Limit, false); err != nil {
		return fmt.Errorf("bridge path %q, limit: %w", p.Title, err)
	}
	if p.Limit < 0 {
		return fmt.Errorf("bridge path %q: the limit %v is no cross-entropy; 0 means none", p.Title, p.Limit)
	}
	for i := range p.Boundaries {
		b := &p.Boundaries[i]
		for _, w := range b.directions() {
			if err := w.check(); err != nil {
				return fmt.Errorf("bridge path %q, boundary %d (%q): %w", p.Title, i, b.Site, err)
			}
		}
	}
	return nil
}

func (w *bridgeDirection) check() error {
	if err := onAxis(w.nmse, false); err != nil {
		return fmt.Errorf("NMSE of the %s: %w", w.link, err)
	}
	if w.nmse < 0 {
		return fmt.Errorf("the NMSE of the %s is %v; a squared error is not below 0", w.link, w.nmse)
	}
	if err := w.loss.check(); err != nil {
		return fmt.Errorf("%s: %w", w.name, err)
	}
	return nil
}

func (l *BridgeLoss) check() error {
	ce, kl := l.ce(), l.kl()
	if err := ce.check(false); err != nil {
		return fmt.Errorf("cross-entropy: %w", err)
	}
	if err := kl.check(false); err != nil {
		return fmt.Errorf("KL: %w", err)
	}
	return nil
}

// sublayer names what lies before boundary i, or after the last one; short is one letter for where
// there is no room.
func (p *BridgePath) sublayer(i int) (long, middle, short string) {
	layer := strconv.Itoa((i - 1) / 2)
	switch {
	case i == 0:
		return "embedding", "embed", "E"
	case i == len(p.Boundaries):
		return "unembedding", "unembed", "U"
	case i%2 == 1:
		return "attention " + layer, "attn " + layer, "A"
	}
	return "MLP " + layer, "MLP " + layer, "M"
}

// intervalWords says what whiskers are.
func (p *BridgePath) intervalWords() string {
	all := []*BridgeLoss{&p.Dense, &p.Sparse}
	for i := range p.Boundaries {
		all = append(all, &p.Boundaries[i].DenseToSparse, &p.Boundaries[i].SparseToDense)
	}
	for _, l := range all {
		if ce, kl := l.ce(), l.kl(); ce.interval() || kl.interval() {
			if p.Interval == "" {
				return "the interval of each loss"
			}
			return p.Interval
		}
	}
	return ""
}

func (p *BridgePath) describe() string {
	parts := []string{fmt.Sprintf("A dense and a sparse model, tied at %d boundaries. Dense: %s; sparse: %s", len(p.Boundaries), p.Dense.says(), p.Sparse.says())}
	if p.Limit > 0 {
		parts[0] += "; limit " + draw.Number3(p.Limit)
	}
	for i := range p.Boundaries {
		b := &p.Boundaries[i]
		ways := b.directions()
		parts = append(parts, strings.TrimSpace(b.Site+" "+ways[0].says()+"; "+ways[1].says()))
	}
	return strings.Join(parts, ". ") + "."
}
