package model_test

import (
	"math"
	"strings"
	"testing"

	. "circuitbook/sparsenn/model"
)

// letters is a tokenizer of the lower-case letters.
type letters struct{}

func (letters) Encode(s string) (out []int32) {
	for _, r := range s {
		out = append(out, (r-'a')%26)
	}
	return out
}

func (letters) Decode(t []int32) string {
	var b strings.Builder
	for _, x := range t {
		b.WriteRune('a' + x)
	}
	return b.String()
}

// alphabet is a model whose bigram table says that the next letter follows.
func alphabet(t testing.TB) *Model {
	t.Helper()
	c := NewConfig(26, 1, 16, 16)
	m, err := New(c, 0)
	if err != nil {
		t.Fatal(err)
	}
	table := make([]float32, 26*26)
	for i := range 26 {
		table[i*26+(i+1)%26] = 20
		table[i*26+i] = 18
	}
	m, err = m.With("bigram_table", table)
	if err != nil {
		t.Fatal(err)
	}
	head, _ := m.Values("lm_head.weight")
	m, err = m.With("lm_head.weight", make([]float32, len(head)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestGenerate(t *testing.T) {
	m := alphabet(t)
	// Longer than the context of 16, so that old tokens are dropped.
	got, err := m.Generate(letters{}, "a", GenerateOptions{Tokens: 20})
	if err != nil || got != "bcdefghijklmnopqrstu" {
		t.Errorf("greedy: %q, %v", got, err)
	}
	if got, _ := m.Generate(letters{}, "a", GenerateOptions{Tokens: 20, Stop: []int32{4}}); got != "bcd" {
		t.Errorf("with a stop: %q", got)
	}
	one, _ := m.Generate(letters{}, "a", GenerateOptions{Tokens: 15, Temperature: 2, Seed: 1})
	two, _ := m.Generate(letters{}, "a", GenerateOptions{Tokens: 15, Temperature: 2, Seed: 1})
	other, _ := m.Generate(letters{}, "a", GenerateOptions{Tokens: 15, Temperature: 2, Seed: 2})
	if one != two || one == other {
		t.Errorf("sampled %q, again %q, other seed %q", one, two, other)
	}
	for _, o := range []GenerateOptions{{Tokens: -1}, {Temperature: -1}, {Temperature: math.NaN()}} {
		if _, err := m.Generate(letters{}, "a", o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
	if _, err := m.Generate(letters{}, "", GenerateOptions{}); err == nil {
		t.Error("an empty prompt was accepted")
	}
}

func TestTop(t *testing.T) {
	m := alphabet(t)
	top, err := m.Top(letters{}, "xyz", 2)
	if err != nil {
		t.Fatal(err)
	}
	if top[0].Text != "a" || top[1].Text != "z" {
		t.Fatalf("top: %+v", top)
	}
	if want := math.Exp(2); math.Abs(top[0].P/top[1].P-want) > 1e-4*want {
		t.Errorf("odds %v, want e²", top[0].P/top[1].P)
	}
	if _, err := m.Top(letters{}, "a", 0); err == nil {
		t.Error("0 tokens were accepted")
	}
	all, err := m.Top(letters{}, "a", 100)
	if err != nil || len(all) != 26 {
		t.Errorf("%d tokens, %v", len(all), err)
	}
	sum := 0.0
	for _, p := range all {
		sum += p.P
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Errorf("probabilities sum to %v", sum)
	}
}

// TestTopSaysWhatIsWrong: a prompt that does not fit, quoted in short.
func TestTopSaysWhatIsWrong(t *testing.T) {
	m := alphabet(t)
	_, err := m.Top(letters{}, strings.Repeat("a", 5000), 1)
	if err == nil || len(err.Error()) > 200 || !strings.Contains(err.Error(), "(5000 bytes)") || !strings.Contains(err.Error(), "5000 tokens; the model's context is 16") {
		t.Errorf("a prompt that is too long: %v", err)
	}
}
