package model_test

import (
	"strings"
	"testing"

	. "circuitbook/sparsenn/model"
)

// TestSiteNames freezes the names: they are the public API of every figure and
// circuit file, and those of OpenAI's hooks.
func TestSiteNames(t *testing.T) {
	c := NewConfig(64, 1, 32, 16)
	got := []string{}
	for _, s := range c.Sites() {
		got = append(got, string(s))
	}
	want := "embed 0.resid_in 0.attn.act_in 0.attn.q 0.attn.k 0.attn.v 0.attn.pattern 0.attn.y 0.attn.resid_delta " +
		"0.resid_mid 0.mlp.act_in 0.mlp.post_act 0.mlp.resid_delta final_resid logits"
	if strings.Join(got, " ") != want {
		t.Errorf("sites\n%s\nwant\n%s", strings.Join(got, " "), want)
	}
}

func TestSiteWidths(t *testing.T) {
	c := NewConfig(64, 2, 32, 16)
	c.DPos = 4
	for s, want := range map[Site]int{Embed: 32, "1.attn.act_in": 36, "0.attn.q": 32, "0.mlp.act_in": 36,
		"1.mlp.post_act": 128, "0.resid_mid": 32, FinalResid: 32, Logits: 64} {
		if got, err := c.Width(s); err != nil || got != want {
			t.Errorf("%s: width %d, %v; want %d", s, got, err, want)
		}
	}
	for s, want := range map[Site]string{"2.mlp.act_in": "layers 0 to 1", "mlp.act_in": "not known", "0.mlp.nosuch": "post_act",
		"00.resid_in": "not known", "0.attn.pattern": "recorded", "": "not known"} {
		if _, err := c.Width(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", s, err, want)
		}
	}
}
