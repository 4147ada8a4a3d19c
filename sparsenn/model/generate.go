package model

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"circuitbook/sparsenn/internal/finite"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// Tokenizer is what generation needs to go from text to tokens and back.
type Tokenizer interface {
	Encode(text string) []int32
	Decode(tokens []int32) string
}

// TokenProb is a token with its probability.
type TokenProb struct {
	Token int32
	Text  string
	P     float64
}

// Next returns the logits after each of the sequences, which may differ in
// length: [batch][Vocab]. The last positions are inputs of the program. Logits
// that are not finite, as weights that are not give them, are an error.
func (m *Model) Next(sequences [][]int32) ([][]float32, error) {
	longest := 0
	for i, s := range sequences {
		if len(s) == 0 {
			return nil, fmt.Errorf("sequence %d is empty; give at least one token", i)
		}
		longest = max(longest, len(s))
	}
	padded := make([][]int32, len(sequences))
	last := make([]int32, len(sequences))
	for i, s := range sequences {
		padded[i] = append(slices.Clone(s), make([]int32, longest-len(s))...)
		last[i] = int32(len(s) - 1)
	}
	flat, batch, seq, err := m.checkTokens(padded)
	if err != nil {
		return nil, err
	}
	length := m.Config.paddedLength(seq)
	key := recordKey{config: m.Config.key(), kind: "next", batch: batch, seq: length}
	exec, err := program(m.backend, key, func(in []*graph.Node) []*graph.Node {
		vars, rest := m.Config.Vars(in)
		return []*graph.Node{ForwardLast(m.Config, vars, rest[0], rest[1], nil)}
	})
	if err != nil {
		return nil, err
	}
	args := append(m.Inputs(), tensors.FromFlatDataAndDimensions(padTokens(flat, batch, seq, length), batch, length), last)
	out, err := exec.Call(args...)
	if err != nil {
		return nil, fmt.Errorf("next: %w", err)
	}
	data, err := tensors.CopyFlatData[float32](out[0])
	if err != nil {
		return nil, fmt.Errorf("next: %w", err)
	}
	_ = out[0].FinalizeAll()
	if i := finite.First(data); i >= 0 {
		return nil, fmt.Errorf("sequence %d: the logit of token %d is %v; the weights are too large", i/m.Config.Vocab, i%m.Config.Vocab, data[i])
	}
	return slices.Collect(slices.Chunk(data, m.Config.Vocab)), nil
}

// Top returns the n most probable tokens after a prompt, most probable first,
// ties by token number.
func (m *Model) Top(tok Tokenizer, prompt string, n int) ([]TokenProb, error) {
	if n < 1 {
		return nil, fmt.Errorf("top: %d tokens asked for; ask for at least 1", n)
	}
	logits, err := m.Next([][]int32{tok.Encode(prompt)})
	if err != nil {
		return nil, fmt.Errorf("top: prompt %s: %w", quoted(prompt), err)
	}
	return TopOf(tok, logits[0], n), nil
}

// TopOf returns the n most probable tokens of logits, as [Model.Top] does.
func TopOf(tok Tokenizer, logits []float32, n int) []TokenProb {
	p := softmax(logits, 1)
	out := make([]TokenProb, len(p))
	for i, x := range p {
		out[i] = TokenProb{Token: int32(i), P: x}
	}
	slices.SortStableFunc(out, func(a, b TokenProb) int { return cmp.Compare(b.P, a.P) })
	out = out[:max(0, min(n, len(out)))]
	for i := range out {
		out[i].Text = tok.Decode([]int32{out[i].Token})
	}
	return out
}

// quoted is a prompt as an error shows it: not all of a long one.
func quoted(prompt string) string {
	if len(prompt) > 80 {
		return fmt.Sprintf("%q... (%d bytes)", prompt[:80], len(prompt))
	}
	return fmt.Sprintf("%q", prompt)
}

// GenerateOptions says how to write on.
type GenerateOptions struct {
	Tokens      int     // how many tokens to write; default 32
	Temperature float64 // 0 picks the most probable token (the lowest on ties)
	Seed        uint64  // of the sampler
	Stop        []int32 // tokens that end the text; they are not part of it
}

// Generate writes on from a prompt and returns what it wrote, without the
// prompt. Where the text outgrows the context, the oldest tokens are dropped.
func (m *Model) Generate(tok Tokenizer, prompt string, o GenerateOptions) (string, error) {
	if o.Tokens == 0 {
		o.Tokens = 32
	}
	if o.Tokens < 0 || o.Temperature < 0 || math.IsNaN(o.Temperature) {
		return "", fmt.Errorf("generate: Tokens is %d and Temperature %v; neither may be negative", o.Tokens, o.Temperature)
	}
	text := tok.Encode(prompt)
	if len(text) == 0 {
		return "", fmt.Errorf("generate: the prompt %q has no tokens", prompt)
	}
	start := len(text)
	rng := rand.New(rand.NewPCG(o.Seed, 0x67656e))
	for range o.Tokens {
		window := text[max(0, len(text)-m.Config.Context):]
		logits, err := m.Next([][]int32{window})
		if err != nil {
			return "", fmt.Errorf("generate: %w", err)
		}
		t := choose(logits[0], o.Temperature, rng)
		if slices.Contains(o.Stop, t) {
			break
		}
		text = append(text, t)
	}
	return tok.Decode(text[start:]), nil
}

func choose(logits []float32, temperature float64, rng *rand.Rand) int32 {
	if temperature == 0 {
		best := 0
		for i, x := range logits {
			if x > logits[best] {
				best = i
			}
		}
		return int32(best)
	}
	p := softmax(logits, temperature)
	u := rng.Float64()
	for i, x := range p {
		if u -= x; u < 0 {
			return int32(i)
		}
	}
	return int32(len(p) - 1)
}

// softmax is in float64, so that the probabilities sum to 1 within 1e-12.
func softmax(logits []float32, temperature float64) []float64 {
	top := slices.Max(logits)
	p := make([]float64, len(logits))
	sum := 0.0
	for i, x := range logits {
		p[i] = math.Exp(float64(x-top) / temperature)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}
