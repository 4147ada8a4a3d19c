package report

import (
	"strings"
	"testing"
)

func TestCard(t *testing.T) {
	r := New()
	if err := r.Add(cell(t, ProvenanceType, `{"seed":7,"scale":"tiny","corpus_sha256":"<b>ab</b>"}`)); err != nil {
		t.Fatal(err)
	}
	p := Provenance{
		Notebook: "a.ipynb", SourceHash: "00ff", Parameters: map[string]any{"seed": 7, "scale": "tiny"}, Go: "go1.2",
		Modules: map[string]string{"github.com/gomlx/gomlx": "v0.3.0", "a/b": "v1"}, Started: "2020-01-02T03:04:05Z", Seconds: 1.25,
		Plugin: &Plugin{Platform: "cpu", Version: "p 1", SHA256: "1234"},
	}
	text, err := r.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	card, err := Card(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<th scope="row">notebook</th><td>a.ipynb</td>`, `<code>00ff</code>`, `<code>scale = &#34;tiny&#34;, seed = 7</code>`,
		`<th scope="row">corpus sha256</th><td><code>&lt;b&gt;ab&lt;/b&gt;</code></td>`, `go1.2, gomlx v0.3.0`, `XLA, cpu, p 1`, `<code>1234</code>`,
		`<td class="time">2020-01-02T03:04:05Z</td>`, `<td class="time">1.2 s</td>`, "a/b v1\ngithub.com/gomlx/gomlx v0.3.0\n",
	} {
		if !strings.Contains(card, want) {
			t.Errorf("%s is not in\n%s", want, card)
		}
	}
	if strings.Contains(card, `<th scope="row">seed</th>`) {
		t.Error("a parameter is told twice")
	}
	p.Plugin = nil
	if text, err = r.Encode(p); err != nil {
		t.Fatal(err)
	}
	if card, err = Card(text); err != nil || !strings.Contains(card, "<td>pure Go</td>") {
		t.Errorf("%v\n%s", err, card)
	}
	for _, bad := range []string{"", "[]", "{"} {
		if _, err := Card([]byte(bad)); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}
