package main

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestParseReady(t *testing.T) {
	r, err := parseReady(`ready {"versions":{"jax":"1"},"kept":3,"sum":9,"losses":[7.5]}`)
	want := Ready{Versions: map[string]string{"jax": "1"}, Kept: 3, Sum: 9, Losses: []float64{7.5}}
	if err != nil || !reflect.DeepEqual(r, want) {
		t.Errorf("%+v, %v", r, err)
	}
	for line, part := range map[string]string{
		"error out of memory": "out of memory",
		"ready {":             "what it computed",
		"Segmentation fault":  `"Segmentation fault"`,
		"":                    `""`,
	} {
		if _, err := parseReady(line); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestParseTimes(t *testing.T) {
	if v, err := parseTimes("ns 12 3400", 2); err != nil || !reflect.DeepEqual(v, []float64{12, 3400}) {
		t.Errorf("%v, %v", v, err)
	}
	for _, line := range []string{"", "ns", "ns 1", "ns 1 2 3", "ns 1 -2", "ns 1 2.5", "ns 1 99999999999999999999", "ms 1 2"} {
		if v, err := parseTimes(line, 2); err == nil {
			t.Errorf("%q: %v", line, v)
		}
	}
}

func TestParseRequest(t *testing.T) {
	if warm, reps, err := parseRequest("run 1 20"); warm != 1 || reps != 20 || err != nil {
		t.Error(warm, reps, err)
	}
	for _, line := range []string{"", "run", "run 1", "run -1 1", "run 1 0", "run 1 2 3", "walk 1 2", "run a 2"} {
		if _, _, err := parseRequest(line); err == nil {
			t.Errorf("%q is a request", line)
		}
	}
}

func TestAgreement(t *testing.T) {
	own := Ready{Kept: 1000, Sum: 5000}
	for _, c := range []struct {
		peer  Ready
		note  string
		wrong bool
	}{
		{own, "", false},
		{Ready{Kept: 1000, Sum: 5001}, "other ties", false},
		{Ready{Kept: 1003, Sum: 5001}, "keeps ties: 3 too many", false},
		{Ready{Kept: 999, Sum: 5000}, "kept 999 of 1000", true},
		{Ready{Kept: 2000, Sum: 5000}, "kept 2000 of 1000", true},
	} {
		if note, wrong := agreement(opMask, own, c.peer, 1000); note != c.note || wrong != c.wrong {
			t.Errorf("%+v: %q, %v", c.peer, note, wrong)
		}
	}
}

func TestSameLosses(t *testing.T) {
	own := []float64{7.5, 7.25}
	for _, c := range []struct {
		peer  []float64
		note  string
		wrong bool
	}{
		{[]float64{7.5, 7.2501}, "losses within 0.0001", false},
		{own, "same losses", false},
		{[]float64{7.5, 7.3}, "loss 1 is 7.3000, not 7.2500", true},
		{[]float64{7.5}, "1 losses, not 2", true},
		{[]float64{7.5, math.NaN()}, "loss 1 is NaN, not 7.2500", true},
	} {
		note, wrong := agreement(opStep, Ready{Losses: own}, Ready{Losses: c.peer}, 0)
		if note != c.note || wrong != c.wrong {
			t.Errorf("%v: %q, %v", c.peer, note, wrong)
		}
	}
}

func FuzzProtocol(f *testing.F) {
	f.Add("ready {}", 1)
	f.Add("ns 1 2", 2)
	f.Add("run 1 2", 0)
	f.Add("0.52 0.58 0.59 1/1211 4242", 0)
	f.Fuzz(func(t *testing.T, line string, reps int) {
		_, _ = parseReady(line)
		if times, err := parseTimes(line, reps%1000); err == nil && len(times) != reps%1000 {
			t.Errorf("%q: %d times", line, len(times))
		}
		if warm, n, err := parseRequest(line); err == nil && (warm < 0 || n < 1) {
			t.Errorf("%q: %d %d", line, warm, n)
		}
		if v := parseLoad(line); v != -1 && !(v >= 0) {
			t.Errorf("%q: load %v", line, v)
		}
		_, _ = parseTask(line)
	})
}
