package ablate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/backend"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/internal/finite"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/tensorfile"
	"circuitbook/sparsenn/train"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

const (
	statsKind    = "means"
	statsFile    = "means.safetensors"
	statsRecipe  = 1   // raised when what is measured changes
	statsWindows = 512 // windows of the run's sequence length
	statsBatch   = 16  // windows per call
	meanSuffix   = ".mean"
	devSuffix    = ".deviation"
)

// Stats is what the nodes of a model are on pretraining text: over all tokens
// of windows of the training stream, after AbsTopK.
type Stats struct {
	// Mean and Dev hold, per site, the mean and the standard deviation of every
	// channel. Besides the sites of circuits they have attn.y, which carries
	// the values on their way to attn.c_proj.
	Mean, Dev map[string][]float32
	Tokens    int // tokens that were looked at
	// Weights is the digest of the model, where it is known: [NewEvaluator] takes
	// them for no other.
	Weights string
}

// statsIdentity names an artifact of [Measure].
type statsIdentity struct {
	Recipe  int    `json:"recipe"`
	Parent  string `json:"parent"`  // the training run
	Weights string `json:"weights"` // digest of its model
	Windows int    `json:"windows"`
	SeqLen  int    `json:"seq_len"`
}

// Measure returns the stats of a run: loaded where they were measured before,
// else measured, which takes seconds and needs the run's corpus.
func Measure(ctx context.Context, run *train.Result) (*Stats, error) {
	id := statsIdentity{statsRecipe, run.Name, run.Model.Digest(), statsWindows, run.Config.SeqLen}
	s, err := artifact.Make(ctx, artifact.Options{}, statsKind, id, func(a *artifact.Run) (*Stats, error) {
		return readStats(a, run.Config.Model)
	}, func(a *artifact.Run) error {
		data, err := corpus.Open(ctx, run.Config.Corpus, nil)
		if err != nil {
			return err
		}
		started := time.Now()
		s, err := measure(ctx, run.Model, data.Train, id.SeqLen)
		if err != nil {
			return fmt.Errorf("means of %s: %w", run.Name, err)
		}
		p := artifact.NewProvenance(run.Config.Seed)
		p.Parents = map[string]string{"train": run.Name}
		p.Data["corpus"] = data.Hash
		if b, err := backend.Open(); err == nil {
			p.Plugin = backend.Describe(b).Name
		}
		p.WallSeconds = time.Since(started).Seconds()
		return s.save(a, p, run.Config.Model)
	})
	if err != nil {
		return nil, err
	}
	s.Weights = id.Weights
	return s, nil
}

// statSites lists the sites that Stats holds, in the order of the forward pass.
func statSites(c model.Config) []model.Site {
	var out []model.Site
	for _, site := range c.Sites() {
		if _, err := ShapeOf(c).Width(string(site)); err == nil || site == model.At(siteLayer(site), model.AttnY) {
			out = append(out, site)
		}
	}
	return out
}

func siteLayer(s model.Site) int {
	layer := -1
	_, _ = fmt.Sscanf(string(s), "%d.", &layer)
	return layer
}

// measure sums on the device and adds up on the host in float64.
func measure(ctx context.Context, m *model.Model, stream corpus.Tokens, seqLen int) (*Stats, error) {
	sites := statSites(m.Config)
	b, err := backend.Open()
	if err != nil {
		return nil, err
	}
	exec, err := graph.NewExec(b, func(in []*graph.Node) []*graph.Node {
		vars, rest := m.Config.Vars(in)
		seen := map[model.Site]*graph.Node{}
		model.Forward(m.Config, vars, rest[0], func(s model.Site, x *graph.Node) *graph.Node {
			seen[s] = x
			return x
		})
		var out []*graph.Node
		for _, s := range sites {
			out = append(out, graph.ReduceSum(seen[s], 0, 1), graph.ReduceSum(graph.Square(seen[s]), 0, 1))
		}
		return out
	})
	if err != nil {
		return nil, err
	}
	windows := stream.Windows(statsWindows, seqLen)
	if len(windows) == 0 {
		return nil, errors.New("the training stream is empty")
	}
	sums := make([][]float64, 2*len(sites))
	per := statsBatch * seqLen
	for at := 0; at+per <= len(windows); at += per {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out, err := exec.Call(append(m.Inputs(), tensors.FromFlatDataAndDimensions(windows[at:at+per], statsBatch, seqLen))...)
		if err != nil {
			return nil, err
		}
		for i, t := range out {
			v, err := tensors.CopyFlatData[float32](t)
			if err != nil {
				return nil, err
			}
			_ = t.FinalizeAll()
			if sums[i] == nil {
				sums[i] = make([]float64, len(v))
			}
			for j, x := range v {
				sums[i][j] += float64(x)
			}
		}
	}
	n := float64(len(windows) / per * per)
	s := &Stats{Mean: map[string][]float32{}, Dev: map[string][]float32{}, Tokens: int(n)}
	for i, site := range sites {
		mean, dev := make([]float32, len(sums[2*i])), make([]float32, len(sums[2*i]))
		for j, sum := range sums[2*i] {
			mean[j] = float32(sum / n)
			dev[j] = float32(math.Sqrt(max(0, sums[2*i+1][j]/n-(sum/n)*(sum/n))))
		}
		for _, v := range [][]float32{mean, dev} {
			if j := finite.First(v); j >= 0 {
				return nil, fmt.Errorf("channel %d of %s is %v on pretraining text; the model's weights are too large", j, site, v[j])
			}
		}
		s.Mean[string(site)], s.Dev[string(site)] = mean, dev
	}
	return s, nil
}

// save stores the stats as one finished checkpoint.
func (s *Stats) save(a *artifact.Run, p artifact.Provenance, c model.Config) error {
	var state tensorfile.State
	for _, site := range statSites(c) {
		for _, x := range []struct {
			suffix string
			v      []float32
		}{{meanSuffix, s.Mean[string(site)]}, {devSuffix, s.Dev[string(site)]}} {
			state.Dense = append(state.Dense, tensorfile.Float32s(string(site)+x.suffix, []int{len(x.v)}, x.v))
		}
	}
	provenance, err := p.JSON()
	if err != nil {
		return err
	}
	return a.Save(s.Tokens, true, map[string]func(io.Writer) error{
		statsFile: state.Write,
		"provenance.json": func(w io.Writer) error {
			_, err := w.Write(provenance)
			return err
		},
	})
}

// readStats loads what save stored.
func readStats(a *artifact.Run, c model.Config) (*Stats, error) {
	checkpoint, _, err := a.Latest()
	if err != nil {
		return nil, err
	}
	state, err := checkpoint.ReadState(statsFile)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.Name(), err)
	}
	found := map[string][]float32{}
	for _, t := range state.Dense {
		if found[t.Name], err = t.Float32s(); err != nil {
			return nil, fmt.Errorf("%s: %w", a.Name(), err)
		}
	}
	s := &Stats{Mean: map[string][]float32{}, Dev: map[string][]float32{}, Tokens: checkpoint.Step}
	for _, site := range statSites(c) {
		w, err := c.Width(site)
		if err != nil {
			return nil, err
		}
		mean, dev := found[string(site)+meanSuffix], found[string(site)+devSuffix]
		if len(mean) != w || len(dev) != w {
			return nil, fmt.Errorf("%s: %s holds no means of %d channels for site %s; remove %s to measure them anew", a.Name(), statsFile, w, site, a.Dir())
		}
		s.Mean[string(site)], s.Dev[string(site)] = mean, dev
	}
	return s, nil
}

// Flat is the means in the order of a space.
func (s *Stats) Flat(sp Space) []float32 { return flat(s.Mean, sp) }

// Live says of every node of a space whether it varies at all on pretraining
// text; a dead one would prove nothing in a control.
func (s *Stats) Live(sp Space) Mask {
	live := make(Mask, sp.Len())
	for i, d := range flat(s.Dev, sp) {
		live[i] = d > 0
	}
	return live
}

func flat(by map[string][]float32, sp Space) []float32 {
	out := make([]float32, 0, sp.Len())
	for _, site := range sp.Sites {
		out = append(out, by[site]...)
	}
	return out
}
