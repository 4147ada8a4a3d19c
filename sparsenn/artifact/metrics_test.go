package artifact

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

type metric struct {
	Step int     `json:"step"`
	Loss float64 `json:"loss"`
	Note string  `json:"note"`
}

func TestMetricsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) metric {
			return metric{rapid.Int().Draw(t, "step"), rapid.Float64Range(-1e300, 1e300).Draw(t, "loss"), rapid.String().Draw(t, "note")}
		}), 1, 5).Draw(t, "metrics")
		var log []byte
		for _, m := range want {
			var err error
			if log, err = AppendMetric(log, m); err != nil {
				t.Fatal(err)
			}
		}
		if bytes.Count(log, []byte("\n")) != len(want) {
			t.Fatalf("%d records take other than as many lines: %q", len(want), log)
		}
		got, err := ParseMetrics[metric]("m", log)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
		// Whatever is cut off is told, except whole lines.
		cut := rapid.IntRange(0, len(log)-1).Draw(t, "cut")
		if got, err := ParseMetrics[metric]("m", log[:cut]); (err == nil) != (cut == 0 || log[cut-1] == '\n') {
			t.Fatal(got, err)
		}
	})
}

func TestMetricsRefuse(t *testing.T) {
	log, err := AppendMetric([]byte("{}\n"), metric{Loss: math.NaN()})
	mustContain(t, err, "metric", "NaN")
	if string(log) != "{}\n" {
		t.Errorf("the log became %q", log)
	}
	for text, say := range map[string]string{
		"{}\n{}":                 "m.jsonl:2: the line is cut off",
		"{}\n\n{}\n":             "m.jsonl:2:",
		"{}\n{}\n{} {}\n":        "m.jsonl:3:",
		"{}\n{\"step\":\"1\"}\n": "m.jsonl:2:",
		"\x00\n":                 "m.jsonl:1:",
		"{\"step\":NaN}\n":       "m.jsonl:1:",
	} {
		_, err := ParseMetrics[metric]("m.jsonl", []byte(text))
		mustContain(t, err, say)
	}
}

func FuzzMetrics(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte("{\"step\":1,\"loss\":0.5}\n{\"step\":2,\"loss\":0.4,\"l0\":{\"a\":3}}\n"))
	f.Add([]byte("{}\n{"))
	f.Fuzz(func(t *testing.T, log []byte) {
		ParseMetrics[metric]("m", log)
		lines, err := ParseMetrics[json.RawMessage]("m", log)
		if err != nil {
			return
		}
		if len(lines) != bytes.Count(log, []byte("\n")) {
			t.Fatalf("%d lines of %q", len(lines), log)
		}
		var again []byte
		for _, l := range lines {
			if again, err = AppendMetric(again, l); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := ParseMetrics[json.RawMessage]("m", again); err != nil || len(got) != len(lines) {
			t.Fatalf("%q was written as %q: %v", log, again, err)
		}
	})
}
