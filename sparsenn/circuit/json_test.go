package circuit_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "circuitbook/sparsenn/circuit"
	"circuitbook/sparsenn/stat"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var regen = flag.Bool("regen", false, "write the golden circuit files anew")

// TestGoldenFiles freezes the format: a change of these bytes is a new version.
func TestGoldenFiles(t *testing.T) {
	for name, want := range map[string]*Circuit{"v2.json": full(), "v3.json": frozen(), "v4.json": weighed(), "v5.json": measuredRaw(), "quotes.json": quotes()} {
		path := filepath.Join("testdata", name)
		if *regen {
			if err := want.Save(path); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Load(path)
		if err != nil {
			t.Fatalf("%v; run with -regen to write it", err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", path, d)
		}
		text, err := Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		golden, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(golden), string(text)); d != "" {
			t.Errorf("%s changed (-want +got); if meant, raise Version:\n%s", path, d)
		}
	}
}

// TestVersion1 loads a file of the old layout: out of order, and without biases.
func TestVersion1(t *testing.T) {
	got, err := Load("testdata/v1.json")
	if err != nil {
		t.Fatal(err)
	}
	want := &Circuit{
		Task: "brackets", Run: "train-0123abcd", Ablation: MeanAblation, Target: 0.15,
		Model: Shape{Layers: 1, DModel: 4, Heads: 2, DHead: 2, DMLP: 8, Vocab: 16},
		Nodes: []Kept{
			{Node: node("0.mlp.act_in[3]"), Mean: 0.25},
			{Node: node("0.mlp.post_act[2]"), Mean: -1.5},
			{Node: node("0.mlp.post_act[7]")},
			{Node: node("0.mlp.resid_delta[1]"), Mean: 1e-9},
		},
		Edges: []Edge{
			{From: node("0.mlp.act_in[3]"), To: node("0.mlp.post_act[2]"), Weight: 0.5},
			{From: node("0.mlp.act_in[3]"), To: node("0.mlp.post_act[7]"), Weight: -0.75},
			{From: node("0.mlp.post_act[2]"), To: node("0.mlp.resid_delta[1]"), Weight: 2},
		},
		Provenance: map[string]any{"seed": 3.0, "upgraded_from_version": 1.0},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	text, err := Encode(got)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Decode(text); err != nil || cmp.Diff(want, again) != "" {
		t.Errorf("upgraded and written, it is read as %v, %v", again, err)
	}
}

func TestJSONRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := genCircuit().Draw(t, "circuit")
		text, err := Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(append([]byte(rapid.SampledFrom([]string{"", "\ufeff", "\ufeff\ufeff"}).Draw(t, "marks")), text...))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, equateEmpty); d != "" {
			t.Fatal(d)
		}
		again, err := Encode(got)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(text, again) {
			t.Errorf("written again, it is\n%s\nand was\n%s", again, text)
		}
	})
}

// TestEqualCircuitsGiveEqualBytes: where Go has several ways to hold one value,
// the file has one.
func TestEqualCircuitsGiveEqualBytes(t *testing.T) {
	minus := -1 / infinity
	a, b := full(), full()
	a.Provenance = map[string]any{"n": 2, "z": 0.0, "f": float32(0.5), "s": float32(0)}
	b.Provenance = map[string]any{"n": 2.0, "z": minus, "f": 0.5, "s": float32(minus)}
	a.Target, b.Target = 0, minus
	a.LogitShift, b.LogitShift = 0, minus
	a.Nodes[1].Mean, b.Nodes[1].Mean = 0, minus
	a.Nodes[1].Bias, b.Nodes[1].Bias = 0, minus
	a.Nodes[1].Effect, b.Nodes[1].Effect = pointer(0), pointer(minus)
	a.Edges[1].Effect, b.Edges[1].Effect = pointer(0), pointer(minus)
	a.Proof.Full, b.Proof.Full = stat.Estimate{N: 1}, stat.Estimate{Mean: minus, Lo: minus, Hi: minus, N: 1}
	textA, err := Encode(a)
	if err != nil {
		t.Fatal(err)
	}
	textB, err := Encode(b)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(textA), string(textB)); d != "" {
		t.Error(d)
	}
	if *b.Nodes[1].Effect != 0 || 1/b.Proof.Full.Mean > 0 || 1/b.Provenance["z"].(float64) > 0 {
		t.Error("Encode changed the circuit")
	}
	empty := &Circuit{Model: drawn, Ablation: ZeroAblation}
	textA, err = Encode(empty)
	if err != nil {
		t.Fatal(err)
	}
	empty.Nodes, empty.Edges, empty.Provenance = []Kept{}, []Edge{}, map[string]any{}
	if textB, err = Encode(empty); err != nil || !bytes.Equal(textA, textB) || !json.Valid(textA) {
		t.Errorf("an empty list is not nil: %s %s, %v", textA, textB, err)
	}
}

var infinity = func() float64 { one, zero := 1.0, 0.0; return one / zero }()

func TestEncodeRefuses(t *testing.T) {
	c := full()
	c.Edges[0].Weight = infinity
	_, err := Encode(c)
	mustContain(t, err, "encode circuit: edge 0.attn.act_in[4] → 0.attn.v[3]: weight")
	_, err = Encode(nil)
	mustContain(t, err, "no circuit")
	c = full()
	c.Task = strings.Repeat("x", 64<<20)
	_, err = Encode(c)
	mustContain(t, err, "64 MiB")
}

// TestDecodeRefuses damages a file in every way that a reader could overlook.
func TestDecodeRefuses(t *testing.T) {
	good, err := os.ReadFile("testdata/v2.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`{`, ``, "byte"},
		{`{`, "version https://git-lfs.github.com/spec/v1\n", "decode circuit: it is a git-lfs pointer"},
		{`{`, "\n<!doctype html>", "it is a web page"},
		{`{`, "\x1f\x8b", "gzip"},
		{"\n}\n", ``, "unexpected end"},
		{"\n}\n", "\n} {}", "after top-level value"},
		{"brackets", "\xff", "not UTF-8"},
		{`"format": "circuitbook.circuit"`, `"format": "x"`, `format is "x"; a circuit file has "format": "circuitbook.circuit"`},
		{`"format": "circuitbook.circuit",`, ``, `format is ""`},
		{`"version": 2`, `"version": 6`, "version is 6; this program knows versions 1 to 5"},
		{`"target": `, `"freeze_norms": true, "target": `, `field "freeze_norms" is not known to version 2; it came with version 3`},
		{`"target": `, `"freeze_norms": false, "target": `, `field "freeze_norms" is not known to version 2`},
		{`"model": `, `"weights": "0123456789abcdef0123456789abcdef", "model": `, `field "weights" is not known to version 2; it came with version 4`},
		{`"version": 2`, `"version": 0`, "version is 0"},
		{`"version": 2`, `"version": "2"`, "cannot unmarshal string"},
		{`"version": 2`, `"version": 2.5`, "cannot unmarshal number 2.5"},
		{`"task": `, `"colour": 1, "task": `, `field "colour" is not known; the file has format, version, task`},
		{`"task": `, `"Task": `, `field "Task" is not known`},
		{`"task": `, `"task": "a", "task": `, `field "task" is there twice`},
		{`"target": 0.15,`, ``, `field "target" is missing`},
		{`"target": 0.15,`, `"target": null,`, "target is null"},
		{`"target": 0.15,`, `"target": 1e999,`, "cannot unmarshal number 1e999"},
		{`"layers":1`, `"Layers":1`, `field "model.Layers" is not known; model has layers, d_model`},
		{`"layers":1`, `"layers":1,"d_pos":3`, `field "model.d_pos" is there twice`},
		{`"layers":1,`, ``, `field "model.layers" is missing`},
		{`"layers":1`, `"layers":0`, "layers is 0"},
		{`{"path":"0.attn.act_in[4]"`, `{"site":"0.attn.act_in","index":4`, `field "nodes[0].site" is not known; nodes[0] has path, mean, bias, gate, effect`},
		{`{"path":"0.attn.act_in[4]",`, `{`, `field "nodes[0].path" is missing`},
		{`"mean":0,`, ``, `field "nodes[1].mean" is missing`},
		{`"mean":0,`, `"mean":null,`, "nodes[1].mean is null"},
		{`0.attn.v[3]`, `0.attn.v[03]`, `nodes[1]: node "0.attn.v[03]"`},
		{`0.attn.v[3]`, `0.attn.v[4]`, "nodes 0 to 3"},
		{`0.attn.v[3]`, `0.attn.act_in[0]`, "comes after"},
		{`"from":0`, `"From":0`, `field "edges[0].From" is not known`},
		{`"from":0,`, ``, `field "edges[0].from" is missing`},
		{`"from":0`, `"from":0.5`, "cannot unmarshal number 0.5"},
		{`"from":0`, `"from":-1`, "edges[0]: there is no node -1; the circuit has 4"},
		{`"to":2`, `"to":4`, "edges[1]: there is no node 4"},
		{`"to":2`, `"to":3`, "no weight leads"},
		{`"weight":-3,`, ``, `field "edges[1].weight" is missing`},
		{`"weight":-3,`, `"weight":0,`, "weight is 0"},
		{`"mean":0.05,"lo":0.04`, `"mean":0.05,"low":0.04`, `field "proof.full.low" is not known`},
		{`"mean":0.05,"lo":0.04,`, `"mean":0.05,`, `field "proof.full.lo" is missing`},
		{`"plugin":`, `"plugin":null,"plugin":`, "provenance.plugin is null"},
		{`"plugin":`, `"plugin":"","plugin":`, `field "provenance.plugin" is there twice`},
		{`"plugin":`, `"more":{"a":1},"plugin":`, "provenance: more is a map"},
		{`"plugin":`, `"more":[null],"plugin":`, "provenance.more[0] is null"},
	} {
		if !bytes.Contains(good, []byte(c.old)) {
			t.Fatalf("the golden file has no %q", c.old)
		}
		got, err := Decode(bytes.Replace(good, []byte(c.old), []byte(c.new), 1))
		if got != nil {
			t.Errorf("%q for %q: a circuit came with the error", c.new, c.old)
		}
		mustContain(t, err, c.want)
	}
	// The largest file is read, and an object without keys is no map.
	full := bytes.Replace(good, []byte(`{"long":true,"lr":0.0048,"plugin":"xla:cpu","seed":7}`), []byte("{}"), 1)
	full = append(full, bytes.Repeat([]byte(" "), 64<<20-len(full))...)
	if c, err := Decode(full); err != nil || c.Provenance != nil {
		t.Errorf("64 MiB are read as %v, %v", c, err)
	}
	for text, want := range map[string]string{
		"":     "unexpected end",
		"null": `format is ""`,
		"[]":   "cannot unmarshal array",
		"{}":   `format is ""`,
		`{"format":"circuitbook.circuit","version":2}`: `field "task" is missing`,
		strings.Repeat("[", 1<<20):                     "exceeded max depth",
		strings.Repeat(" ", 64<<20+1):                  "64 MiB",
	} {
		_, err := Decode([]byte(text))
		mustContain(t, err, want)
	}
}

// TestVersions: norms are live in files that say nothing of them, and a circuit with
// live norms has the bytes that it had before there was anything to say.
func TestVersions(t *testing.T) {
	for name, want := range map[string]struct {
		version int
		frozen  bool
	}{"v1.json": {2, false}, "v2.json": {2, false}, "v3.json": {3, true}} {
		c, err := Load(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		text, err := Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		if version := fmt.Sprintf("\"version\": %d,", want.version); c.FreezeNorms != want.frozen || !strings.Contains(string(text), version) {
			t.Errorf("%s: frozen norms %v, written as %.80s", name, c.FreezeNorms, text)
		}
	}
	text, err := os.ReadFile(filepath.Join("testdata", "v3.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ new, want string }{
		{`"freeze_norms": null`, "freeze_norms is null"},
		{`"freeze_norms": 1`, "cannot unmarshal number"},
		{`"freeze_norms": true, "freeze_norms": true`, "is there twice"},
	} {
		_, err := Decode(bytes.Replace(text, []byte(`"freeze_norms": true`), []byte(c.new), 1))
		mustContain(t, err, c.want)
	}
	live, err := Decode(bytes.Replace(text, []byte(`"freeze_norms": true`), []byte(`"freeze_norms": false`), 1))
	if err != nil || live.FreezeNorms {
		t.Errorf("version 3 without frozen norms: %+v, %v", live, err)
	}
}

func TestVersion1Refuses(t *testing.T) {
	good, err := os.ReadFile("testdata/v1.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"means": [`, `"means": [1, `, "5 means for 4 nodes"},
		{`"means"`, `"biases"`, `field "biases" is not known`},
		{`"task"`, `"proof": {}, "task"`, `field "proof" is not known`},
		{`[2, 1, 0.5]`, `[2, 1]`, "edges[1] is [2 1]; an edge is [from, to, weight]"},
		{`[2, 1, 0.5]`, `[2, 1, 0.5, 0]`, "edges[1] is"},
		{`[2, 1, 0.5]`, `[2.5, 1, 0.5]`, "whole numbers"},
		{`[2, 1, 0.5]`, `[2, 1.5, 0.5]`, "whole numbers"},
		{`[2, 1, 0.5]`, `[2, 9, 0.5]`, "no node 9"},
		{`[2, 1, 0.5]`, `[-1e300, 1, 0.5]`, "there is no node"},
		{`[2, 1, 0.5]`, `[2, 1, 0]`, "weight is 0"},
		{`[2, 1, 0.5]`, `[2, 1, null]`, "edges[1][2] is null"},
		{`0.mlp.post_act[2]`, `0.mlp.post_act`, "nodes[1]: node"},
		{`"seed"`, `"upgraded_from_version"`, "which a file of version 1 cannot"},
	} {
		if !bytes.Contains(good, []byte(c.old)) {
			t.Fatalf("the file has no %q", c.old)
		}
		_, err := Decode(bytes.Replace(good, []byte(c.old), []byte(c.new), 1))
		mustContain(t, err, c.want)
	}
}

// A circuit inside another value is written in the same format.
func TestCircuitInsideAnotherValue(t *testing.T) {
	type report struct {
		Best  Circuit
		Other *Circuit
	}
	want := report{*full(), quotes()}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), `"format":"circuitbook.circuit"`) {
		t.Errorf("%s", text)
	}
	var got report
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if err := json.Unmarshal([]byte(`{"Best":{"task":"x"}}`), &got); err == nil {
		t.Error("a circuit without a format was read")
	}
	want.Best.Ablation = ""
	if _, err := json.Marshal(want); err == nil {
		t.Error("a circuit that is none was written")
	}
}

// FuzzDecode: nothing panics, and what is read is sound and can be written.
func FuzzDecode(f *testing.F) {
	for _, name := range []string{"v1.json", "v2.json", "v3.json", "v4.json", "quotes.json"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
		f.Add(bytes.ReplaceAll(text, []byte("0"), []byte("1")))
		f.Add(text[:len(text)/2])
	}
	f.Add([]byte(fmt.Sprintf(`{"format":%q,"version":2,"nodes":[{}],"edges":[{"from":0}]}`, Format)))
	f.Add([]byte(`{"FORMAT":"circuitbook.circuit","\u212Aind":1,"version":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Decode(text)
		if err != nil {
			if c != nil {
				t.Error("a circuit came with an error")
			}
			return
		}
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		again, err := Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Decode(again)
		if err != nil {
			t.Fatalf("%s was read, and written as %s: %v", text, again, err)
		}
		if diff := cmp.Diff(c, d, equateEmpty); diff != "" {
			t.Fatal(diff)
		}
	})
}
