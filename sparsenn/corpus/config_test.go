package corpus

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestConfigDefaults(t *testing.T) {
	got, err := Config{Vocab: 512, Parts: []Part{{Kind: KindSynthetic}}}.normal()
	want := Config{Vocab: 512, ValidFraction: 0.05, Parts: []Part{{Kind: KindSynthetic, Weight: 1, Bytes: 4 << 20}}}
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v %s", err, cmp.Diff(want, got))
	}
}

func TestConfigErrors(t *testing.T) {
	two := func(p Part) []Part { return []Part{{Kind: KindSample, Weight: 1}, p} }
	for want, c := range map[string]Config{
		"Parts is empty":                        {},
		"Parts[1] (sample): Weight is 0":        {Parts: two(Part{Kind: KindSample})},
		"Parts[1] (sample): Weight is -1":       {Parts: two(Part{Kind: KindSample, Weight: -1})},
		"Parts[1] (sample): Weight is NaN":      {Parts: two(Part{Kind: KindSample, Weight: math.NaN()})},
		"Parts[1] (sample): Weight is +Inf":     {Parts: two(Part{Kind: KindSample, Weight: math.Inf(1)})},
		"Bytes is -5":                           {Parts: two(Part{Kind: KindSample, Weight: 1, Bytes: -5})},
		`kind "ruby" is none of`:                {Parts: two(Part{Kind: "ruby", Weight: 1})},
		"Parts[1] (folder): Path is empty":      {Parts: two(Part{Kind: KindFolder, Weight: 1})},
		"Parts[1] (packages): Path is for kind": {Parts: two(Part{Kind: KindPackages, Weight: 1, Path: "x"})},
		"Parts[1] (sample): Elements is 3":      {Parts: two(Part{Kind: KindSample, Weight: 1, Elements: 3})},
		"Parts[1] (synthetic): Elements is -1":  {Parts: two(Part{Kind: KindSynthetic, Weight: 1, Elements: -1})},
		"ValidFraction is 0.7":                  {Parts: []Part{{Kind: KindSample}}, ValidFraction: 0.7},
		"ValidFraction is -0.1":                 {Parts: []Part{{Kind: KindSample}}, ValidFraction: -0.1},
		"ValidFraction is NaN":                  {Parts: []Part{{Kind: KindSample}}, ValidFraction: math.NaN()},
	} {
		if _, err := c.normal(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
}

func TestConfigJSONRoundTrip(t *testing.T) {
	c := Config{Vocab: 1024, Seed: 1<<64 - 1, ValidFraction: 0.1, Parts: []Part{
		{Kind: KindPackages, Weight: 0.5, Bytes: 1 << 40}, {Kind: KindSynthetic, Weight: 1, Elements: 36}, {Kind: KindFolder, Weight: 2, Path: "a/b"}}}
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var got Config
	if err := json.Unmarshal(data, &got); err != nil || !cmp.Equal(got, c) {
		t.Errorf("%v: %s came back as %v", err, data, got)
	}
}

func TestConfigKey(t *testing.T) {
	tok := mustTokenizer(t, 512)
	base := Config{Vocab: 512, ValidFraction: 0.1, Parts: []Part{{Kind: KindFolder, Weight: 1, Path: "a"}}}
	key := func(c Config, tok *Tokenizer, sources ...string) string {
		t.Helper()
		k, err := c.key(tok, sources)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	k := key(base, tok, "s")
	moved := Config{Vocab: 512, ValidFraction: 0.1, Parts: []Part{{Kind: KindFolder, Weight: 1, Path: "b"}}}
	if key(moved, tok, "s") != k {
		t.Error("where the folder lies matters")
	}
	if moved.Parts[0].Path != "b" {
		t.Error("the config was changed")
	}
	seeded := base
	seeded.Seed = 1
	for what, other := range map[string]string{
		"seed": key(seeded, tok, "s"), "tokenizer": key(base, mustTokenizer(t, 1024), "s"), "content": key(base, tok, "t"),
	} {
		if other == k {
			t.Errorf("the %s does not matter", what)
		}
	}
}
