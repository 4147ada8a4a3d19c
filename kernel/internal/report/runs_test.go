package report

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"circuitbook/kernel/internal/notebook"
	"circuitbook/sparsenn/artifact"
)

// made makes a finished run in root and returns its name.
func made(t *testing.T, root, kind string, config any, p artifact.Provenance) string {
	t.Helper()
	run, err := artifact.Lock(root, kind, config)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	text, err := p.JSON()
	if err != nil {
		t.Fatal(err)
	}
	err = run.Save(7, true, map[string]func(io.Writer) error{"provenance.json": func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}})
	if err != nil {
		t.Fatal(err)
	}
	return run.Name()
}

// TestRuns: what outputs name is found, in whichever form they name it and in
// whichever root it lies, with what it was made from; what is not whole is not.
func TestRuns(t *testing.T) {
	own, beside := t.TempDir(), t.TempDir()
	at := artifact.NewProvenance(4)
	at.Data["corpus"] = "c0"
	sparse := made(t, beside, "train", map[string]any{"data": "m0", "config": 1}, at)
	dense := made(t, own, "train", map[string]any{"data": "m1", "config": 2}, at)
	damaged := made(t, own, "train", map[string]any{"config": 3}, at)
	unused := made(t, own, "train", map[string]any{"config": 4}, at)
	at = artifact.NewProvenance(5)
	at.Parents = map[string]string{"sparse": sparse, "dense": dense, "gone": "train-0123456789abcdef"}
	bridge := made(t, own, "bridge", map[string]any{"data": map[string]int{"a": 1}}, at)
	files, err := filepath.Glob(filepath.Join(own, damaged, "*", "provenance.json"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := os.WriteFile(files[0], []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}

	n := &notebook.Notebook{Cells: []*notebook.Cell{
		cell(t, "text/html", `["<small>run ","bridge `+bridge+` · seed 0</small>"]`),
		cell(t, "text/plain", `"run `+damaged+`, run train-ffffffffffffffff, `+unused+`0, x`+strings.TrimPrefix(unused, "t")+`"`),
	}}
	got := Runs(n, []string{own, filepath.Join(own, "absent"), beside})
	want := map[string]Run{
		bridge: {Seed: 5, Step: 7, Data: map[string]string{}, Parents: at.Parents},
		sparse: {Seed: 4, Step: 7, Data: map[string]string{"corpus": "c0", manifest: "m0"}},
		dense:  {Seed: 4, Step: 7, Data: map[string]string{"corpus": "c0", manifest: "m1"}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}

	text, err := New().Encode(Provenance{Runs: got})
	if err != nil {
		t.Fatal(err)
	}
	card, err := Card(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<code>` + bridge + `</code></th><td>seed 5, step 7, dense ` + dense + `, gone train-0123456789abcdef, sparse ` + sparse + `</td>`,
		`<code>` + sparse + `</code></th><td>seed 4, step 7<br>text as tokens, with the tokenizer <code>c0</code><br>corpus: its recipe, tokenizer and sources <code>m0</code></td>`,
	} {
		if !strings.Contains(card, want) {
			t.Errorf("%s is not in\n%s", want, card)
		}
	}
	if strings.Contains(card, `<th scope="row">runs</th>`) {
		t.Error("the runs are told twice")
	}
}

// TestNoRuns: results of a notebook that used none are as they were, and have no
// heading without anything under it.
func TestNoRuns(t *testing.T) {
	text, err := New().Encode(Provenance{Runs: map[string]Run{}})
	if err != nil || strings.Contains(string(text), `"runs"`) {
		t.Errorf("%v\n%s", err, text)
	}
	if card, err := Card(text); err != nil || strings.Contains(card, "Runs") {
		t.Errorf("%v\n%s", err, card)
	}
	if _, err := Card([]byte(`{"provenance":{"runs":[1]}}`)); err == nil {
		t.Error("runs in another form are accepted")
	}
}
