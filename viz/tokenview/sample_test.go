package tokenview

import (
	"circuitbook/viz"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSamplesRefuse(t *testing.T) {
	if _, err := (Samples{}).Bundle(); !errors.Is(err, viz.ErrNoData) {
		t.Errorf("no items: %v", err)
	}
	for _, s := range []Sample{{Prompt: "ab", PromptTokens: []string{"a"}}, {Completion: "ab", CompletionTokens: []string{"b", "a"}}} {
		if _, err := (Samples{Items: []Sample{s}}).Bundle(); err == nil || !strings.Contains(err.Error(), "join to") {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

// TestSpaced: the visible text can be read back, so nothing is hidden or mixed up.
func TestSpaced(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("ab ·\t\né"))).Draw(t, "s")
		v := spaced(s)
		back := strings.NewReplacer("⏎\n", "\n", "·", " ", "→", "\t", `\u00B7`, "·").Replace(v)
		if back != s {
			t.Fatalf("%q became %q, read back as %q", s, v, back)
		}
	})
}

// TestSamplesTokens: with tokens the text is the same, but for the borders.
func TestSamplesTokens(t *testing.T) {
	whole := Samples{Items: []Sample{{Prompt: "if x:", Completion: " y\n"}}}
	split := Samples{Items: []Sample{{Prompt: "if x:", PromptTokens: []string{"if", " x", ":"}, Completion: " y\n", CompletionTokens: []string{" y", "\n"}}}}
	a, err := whole.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	b, err := split.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	if strings.ReplaceAll(b.Text, "|", "") != a.Text {
		t.Errorf("%q and %q differ in more than borders", a.Text, b.Text)
	}
	if got := strings.Count(b.HTML, "<span"); got != 5 {
		t.Errorf("%d spans for 5 tokens", got)
	}
}
