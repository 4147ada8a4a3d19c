package experiment

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"circuitbook/sparsenn/ablate"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/prune"
	"circuitbook/sparsenn/task"
	"circuitbook/sparsenn/train"
	"circuitbook/sparsenn/verify"
)

// tokenizers are loaded once a process.
var tokenizers struct {
	sync.Mutex
	m map[int]*corpus.Tokenizer
}

func tokenizer(c train.Config) (*corpus.Tokenizer, error) {
	tokenizers.Lock()
	defer tokenizers.Unlock()
	if t, ok := tokenizers.m[c.Corpus.Vocab]; ok {
		return t, nil
	}
	t, err := corpus.LoadTokenizer(c.Corpus.Vocab)
	if err != nil {
		return nil, err
	}
	if tokenizers.m == nil {
		tokenizers.m = map[int]*corpus.Tokenizer{}
	}
	tokenizers.m[c.Corpus.Vocab] = t
	return t, nil
}

// modelExamples is Point.Examples where it is 0, and
// kurtosisWindows over how many windows of validation text the final residual
// is looked at.
const (
	modelExamples   = 256
	kurtosisWindows = 64
	kurtosisBatch   = 16
)

// Of the training of models: the time between checkpoints, train's default where it
// is 0, and who is told of every step. Tests set them, also in their processes.
var (
	saveEvery time.Duration
	stepped   func(step int)
)

// measure makes what a point is about and measures it.
func measure(ctx context.Context, p Point, o artifact.Options) (*Row, error) {
	started := time.Now()
	training := o.Part(0, 0.9, "").Progress
	if training == nil {
		training = func(artifact.Progress) {}
	}
	run, err := train.Run(ctx, p.Train, artifact.Options{SaveEvery: saveEvery, Progress: func(x artifact.Progress) {
		if stepped != nil {
			stepped(int(x.Done) - 1)
		}
		training(x)
	}})
	if err != nil {
		return nil, err
	}
	r := &Row{Name: p.Name, Run: run.Name, Weights: run.Model.Digest(), Seed: p.Train.Seed, Layers: p.Train.Model.Layers, DModel: p.Train.Model.DModel,
		Steps: p.Train.Steps, Dense: p.Train.IsDense(), Valid: run.Valid(), L0: run.Metrics[len(run.Metrics)-1].L0}
	r.Parameters = p.Train.Model.Size(false)
	if p.Task == "" {
		r.Model, err = ofModel(ctx, run, p.Examples, o)
	} else {
		r.Circuit, err = ofCircuit(ctx, run, p, o)
	}
	r.Seconds, r.Peak = time.Since(started).Seconds(), peakMemory()
	return r, err
}

func ofModel(ctx context.Context, run *train.Result, examples int, o artifact.Options) (*ModelFacts, error) {
	// The means are every pruning's; made here, no two processes make them at once.
	if _, err := ablate.Measure(ctx, run); err != nil {
		return nil, err
	}
	if examples == 0 {
		examples = modelExamples
	}
	m := &ModelFacts{}
	for _, t := range task.All() {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		rows, err := task.Table(run.Model, run.Tokenizer, nil, task.Options{N: examples, MaxTokens: min(task.DefaultMaxTokens, run.Config.Model.Context)}, t)
		if err != nil {
			return nil, err
		}
		s := rows[0]
		m.Scores = append(m.Scores, Score{s.Task, s.Loss.Mean, s.Loss.Lo, s.Loss.Hi, s.Accuracy, s.Loss.N})
	}
	var err error
	m.Kurtosis, err = kurtosis(ctx, run)
	return m, err
}

// kurtosis is ModelFacts.Kurtosis of a run.
func kurtosis(ctx context.Context, run *train.Result) (float64, error) {
	data, err := corpus.Open(ctx, run.Config.Corpus, nil)
	if err != nil {
		return 0, err
	}
	n := run.Config.SeqLen
	windows := min(kurtosisWindows, len(data.Valid)/n)
	if windows == 0 {
		return 0, fmt.Errorf("kurtosis of %s: %d tokens of validation text are not a window of %d", run.Name, len(data.Valid), n)
	}
	sum, tokens := 0.0, 0
	for from := 0; from < windows; from += kurtosisBatch {
		batch := make([][]int32, kurtosisBatch)
		for i := range batch {
			at := min(from+i, windows-1) * n
			batch[i] = data.Valid[at : at+n]
		}
		rec, err := run.Model.Record(batch, []model.Site{circuit.FinalResid})
		if err != nil {
			return 0, fmt.Errorf("kurtosis of %s: %w", run.Name, err)
		}
		for b := range min(kurtosisBatch, windows-from) {
			for t := range n {
				sum += fourth(rec.Activations[0].At(b, t))
				tokens++
			}
		}
	}
	return sum / float64(tokens), nil
}

// fourth is the fourth central moment of x by its squared variance; 0 where x does
// not vary.
func fourth(x []float32) float64 {
	mean, m2, m4 := 0.0, 0.0, 0.0
	for _, v := range x {
		mean += float64(v) / float64(len(x))
	}
	for _, v := range x {
		d := float64(v) - mean
		m2 += d * d / float64(len(x))
		m4 += d * d * d * d / float64(len(x))
	}
	if m2 == 0 || math.IsNaN(m2) {
		return 0
	}
	return m4 / (m2 * m2)
}

func ofCircuit(ctx context.Context, run *train.Result, p Point, o artifact.Options) (*CircuitFacts, error) {
	t, err := task.ByName(p.Task)
	if err != nil {
		return nil, err
	}
	pruned, err := prune.Run(ctx, run, t, p.Study.Prune, o)
	if err != nil {
		return nil, err
	}
	c := pruned.Circuit
	f := &CircuitFacts{Task: p.Task, Target: c.Target, Reached: pruned.Best.Reached, Nodes: len(c.Nodes), Edges: len(c.Edges),
		Trials: len(pruned.Trials), SearchSeconds: pruned.Provenance.WallSeconds}
	if f.Sizes, err = sizes(ctx, run, t, p, pruned); err != nil {
		return nil, err
	}
	if !f.Reached {
		return f, nil
	}
	proved, err := verify.Run(ctx, run, t, c, p.Study.Prove, artifact.Options{})
	if err != nil {
		return nil, err
	}
	f.Proof, f.ProofRecipe, f.Accuracy, f.FullAccuracy = proved.Circuit.Proof, verify.Recipe, proved.Accuracy, proved.FullAccuracy
	without, err := verify.Without(ctx, run, c)
	if err != nil {
		return nil, err
	}
	report, err := t.Report(run.Tokenizer, task.Options{N: p.Study.Prove.Examples, Seed: p.Study.Prove.Seed, MaxTokens: min(p.Study.Prove.MaxTokens, run.Config.Model.Context)})
	if err != nil {
		return nil, err
	}
	removed, err := report.Measure(without)
	if err != nil {
		return nil, err
	}
	f.RemovedAccuracy = removed.Accuracy
	var nodes []circuit.Node
	for _, n := range c.Nodes {
		nodes, f.Kept = append(nodes, n.Node), append(f.Kept, n.String())
	}
	f.Heads, f.Channels = headsOf(nodes, c.Model), channelsOf(nodes, c.Model)
	return f, nil
}

func sizes(ctx context.Context, run *train.Result, t task.Task, p Point, pruned *prune.Result) ([]Size, error) {
	if len(p.Targets) == 0 {
		return nil, nil
	}
	found, err := prune.Sizes(ctx, run, t, p.Study.Prune, pruned, p.Targets)
	var out []Size
	for i, s := range found {
		out = append(out, Size{p.Targets[i], s.Reached, s.Nodes, s.Edges})
	}
	return out, err
}
