package artifact

import (
	"encoding/json"
	"math"
	"testing"

	_ "circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

func TestHashIsStable(t *testing.T) {
	// A change here means that no run made before is found any more.
	got, err := Hash(map[string]any{"seed": 1, "rate": 0.1, "name": "<é>", "list": []int{1, 2}, "nothing": nil})
	if err != nil {
		t.Fatal(err)
	}
	if want := "588f12b21b202552"; got != want {
		t.Errorf("the hash is %s, want %s", got, want)
	}
}

func TestCanonical(t *testing.T) {
	type a struct {
		B int     `json:"b"`
		A float64 `json:"a"`
	}
	got, err := Canonical(a{B: 1 << 60, A: 1e21})
	if want := `{"a":1e+21,"b":1152921504606846976}`; err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	again, err := Canonical(json.RawMessage(" {\"b\": 1152921504606846976,\n\"a\":1e+21} "))
	if err != nil || string(again) != string(got) {
		t.Errorf("%s, %v, want %s", again, err, got)
	}
	for _, bad := range []any{math.NaN(), math.Inf(1), make(chan int), func() {}, json.RawMessage("{} {}"), json.RawMessage("")} {
		if _, err := Canonical(bad); err == nil {
			t.Errorf("%T has a canonical form", bad)
		}
		if _, err := Hash(bad); err == nil {
			t.Errorf("%T has a hash", bad)
		}
	}
}

func TestHashTellsConfigsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) testConfig {
			return testConfig{
				Steps: rapid.IntRange(0, 3).Draw(t, label),
				Rate:  rapid.Float64Range(0, 1).Draw(t, label),
				Name:  rapid.String().Draw(t, label),
			}
		}
		x, y := draw("x"), draw("y")
		a, err := Hash(x)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Hash(map[string]any{"name": y.Name, "steps": y.Steps, "rate": y.Rate})
		if err != nil {
			t.Fatal(err)
		}
		// Strings that are not UTF-8 are replaced by encoding/json; rapid draws
		// valid ones only.
		if (a == b) != (x == y) {
			t.Fatalf("%v has %s, %v has %s", x, a, y, b)
		}
	})
}

func TestFirstDifference(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{`{"a":1}`, `{"a":1}`, ``},
		{`{"a":1}`, `{"a":2}`, `a is 1 here and 2 there`},
		{`{"a":{"b":[1,{"c":3}]}}`, `{"a":{"b":[1,{"c":4}]}}`, `a.b[1].c is 3 here and 4 there`},
		{`{"a":[1]}`, `{"a":[1,2]}`, `a is [1] here and [1,2] there`},
		{`{"a":1}`, `{"b":1}`, `a is only here`},
		{`{}`, `{"b":1}`, `b is only there`},
		{`{}`, `[]`, `the value is {} here and [] there`},
		{`null`, `null`, ``},
	} {
		a, _ := parseJSON([]byte(c.a))
		b, _ := parseJSON([]byte(c.b))
		if got := firstDifference("", a, b, "here", "there"); got != c.want {
			t.Errorf("%s and %s: %q, want %q", c.a, c.b, got, c.want)
		}
	}
}
