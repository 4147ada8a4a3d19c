package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/notebook"
	_ "circuitbook/sparsenn/suitetest"
)

// cell is a code cell with one output for each bundle, given as type, JSON.
func cell(t *testing.T, bundles ...string) *notebook.Cell {
	t.Helper()
	var outs []string
	for i := 0; i < len(bundles); i += 2 {
		outs = append(outs, `{"output_type":"display_data","metadata":{},"data":{"`+bundles[i]+`":`+bundles[i+1]+`,"text/plain":"x"}}`)
	}
	n, err := notebook.Parse([]byte(`{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[
	 {"cell_type":"code","metadata":{},"source":"x","execution_count":1,"outputs":[` + strings.Join(outs, ",") + `]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return n.Cells[0]
}

func TestResults(t *testing.T) {
	r := New()
	for _, c := range []*notebook.Cell{
		cell(t),
		cell(t, ClaimType, `{"name":"loss","value":0.10,"lo":0.05,"hi":0.15,"n":12}`, ClaimType, `{"name":"passed","value":true}`),
		cell(t, ProvenanceType, `{"seed":7,"go":"go9"}`),
		cell(t, ClaimType, `"{\"name\":\"what\",\"value\":\"a <b>\",\"lo\":null}"`, ProvenanceType, `["{\"seed\":","7}"]`),
	} {
		if err := r.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	if r.Len() != 6 {
		t.Errorf("%d values", r.Len())
	}
	text, err := r.Encode(Provenance{
		Notebook: "a.ipynb", SourceHash: "00", Parameters: map[string]any{"steps": 3},
		Modules: map[string]string{"m": "v1"}, Go: "go1", Started: "then", Seconds: 1.5,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "loss": 0.10,
  "loss_hi": 0.15,
  "loss_lo": 0.05,
  "loss_n": 12,
  "passed": true,
  "provenance": {
    "go": "go9",
    "machine": {
      "arch": "",
      "cores": 0,
      "cpu": "",
      "features": null,
      "memory_gib": 0,
      "os": ""
    },
    "modules": {
      "m": "v1"
    },
    "notebook": "a.ipynb",
    "notebook_sha256": "00",
    "parameters": {
      "steps": 3
    },
    "plugin": null,
    "seed": 7,
    "started": "then",
    "wall_seconds": 1.5
  },
  "what": "a <b>"
}
`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPluginThatWasLoaded: what the notebook's own process says of its plugin
// stands, also that it had none, and else what the runner found.
func TestPluginThatWasLoaded(t *testing.T) {
	found := &Plugin{Platform: "cpu", Version: "found", SHA256: "f0"}
	for said, want := range map[string]any{
		`{"seed":7}`:      map[string]any{"platform": "cpu", "version": "found", "sha256": "f0"},
		`{"plugin":null}`: nil,
		`{"plugin":{"platform":"cuda","version":"loaded","sha256":"10"}}`: map[string]any{"platform": "cuda", "version": "loaded", "sha256": "10"},
	} {
		r := New()
		if err := r.Add(cell(t, ProvenanceType, said)); err != nil {
			t.Fatal(err)
		}
		text, err := r.Encode(Provenance{Plugin: found})
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Provenance struct{ Plugin any } }
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Provenance.Plugin); diff != "" {
			t.Errorf("%s (-want +got):\n%s", said, diff)
		}
	}
	// Two cells that loaded different ones do not agree on where numbers come from.
	r := New()
	err := r.Add(cell(t, ProvenanceType, `{"plugin":null}`))
	if err == nil {
		err = r.Add(cell(t, ProvenanceType, `{"plugin":{"platform":"cpu"}}`))
	}
	if err == nil || !strings.Contains(err.Error(), `"plugin" is given twice`) {
		t.Errorf("two plugins: %v", err)
	}
}

func TestResultsRefuse(t *testing.T) {
	for _, c := range []struct{ mime, text, want string }{
		{ClaimType, `{"name":"loss","value":1}`, "claim loss: loss is claimed twice"},
		{ClaimType, `{"name":"other","value":1,"n":1}`, "claim other: other_n is claimed twice"},
		{ClaimType, `{"name":"x","value":"NaN"}`, "claim x: the value is NaN"},
		{ClaimType, `{"name":"x","value":"-Infinity"}`, "claim x: the value is -Infinity"},
		{ClaimType, `{"name":"x","value":1e999}`, "claim x: 1e999 is not a finite number"},
		{ClaimType, `{"name":"x","value":1,"lo":"NaN"}`, "claim x: lo is NaN"},
		{ClaimType, `{"name":"x","value":null}`, "claim x: the value is neither"},
		{ClaimType, `{"name":"x","value":[1]}`, "claim x: the value is neither"},
		{ClaimType, `{"name":"x"}`, "claim x has no value"},
		{ClaimType, `{"value":1}`, `the name ""`},
		{ClaimType, `{"name":"Loss","value":1}`, `the name "Loss"`},
		{ClaimType, `{"name":"provenance","value":1}`, `the name "provenance"`},
		{ClaimType, `"{\"name\":\"x\",\"value\":NaN}"`, "NaN"},
		{ClaimType, `"{} {}"`, "not a JSON object"},
		{ClaimType, `3`, "not a JSON object"},
		{ProvenanceType, `{"seed":8}`, `"seed" is given twice, as 7 and 8`},
		{ProvenanceType, `{"parameters":8}`, `"parameters" is written by the run itself`},
		{ProvenanceType, `"null"`, "not a JSON object"},
	} {
		r := New()
		if err := r.Add(cell(t, ClaimType, `{"name":"loss","value":0}`, ClaimType, `{"name":"other_n","value":0}`, ProvenanceType, `{"seed":7}`)); err != nil {
			t.Fatal(err)
		}
		if err := r.Add(cell(t, c.mime, c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.text, err, c.want)
		}
	}
}

// TestResultsAnyClaim holds that any finite number and any other text come
// back from the file as they were claimed.
func TestResultsAnyClaim(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		number := rapid.Float64Range(-1e300, 1e300).Draw(rt, "number")
		word := rapid.StringMatching(`[a-zA-Z <>&"\\]{1,9}x`).Draw(rt, "word")
		numText, _ := json.Marshal(number)
		wordText, _ := json.Marshal(word)
		r := New()
		if err := r.Add(cell(t, ClaimType, `{"name":"a","value":`+string(numText)+`}`, ClaimType, `{"name":"b","value":`+string(wordText)+`}`)); err != nil {
			rt.Fatal(err)
		}
		text, err := r.Encode(Provenance{})
		if err != nil {
			rt.Fatal(err)
		}
		var got struct {
			A float64
			B string
		}
		if err := json.Unmarshal(text, &got); err != nil {
			rt.Fatal(err)
		}
		if got.A != number || got.B != word {
			rt.Errorf("claimed %v and %q, got %+v", number, word, got)
		}
	})
}

// FuzzClaim holds that no output of a cell can make the results unreadable.
func FuzzClaim(f *testing.F) {
	f.Add(`{"name":"a","value":1,"lo":0}`)
	f.Add(`{"name":"a","value":"Inf"}`)
	f.Add(`[`)
	f.Fuzz(func(t *testing.T, text string) {
		r := New()
		if r.addClaims(text) != nil {
			return
		}
		_ = r.addProvenance(text)
		out, err := r.Encode(Provenance{})
		if err != nil || !json.Valid(out) {
			t.Fatalf("%q gave %q, %v", text, out, err)
		}
	})
}

func TestProvenanceParts(t *testing.T) {
	engine, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	if v := Modules(engine)["github.com/janpfeifer/gonb"]; !strings.HasPrefix(v, "v") {
		t.Errorf("GoNB at %q", v)
	}
	got := Parameters([]notebook.Param{{Name: "a", Value: int64(3)}, {Name: "b", Value: "x"}})
	if diff := cmp.Diff(map[string]any{"a": int64(3), "b": "x"}, got); diff != "" {
		t.Error(diff)
	}
}
