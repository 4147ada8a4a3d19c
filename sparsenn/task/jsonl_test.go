package task

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// anyPairs draws pairs that a list takes, with hostile texts. The number in front
// of every side keeps sides of different pairs different.
func anyPairs(t *rapid.T) []Pair {
	text := rapid.OneOf(rapid.StringN(1, 12, -1), rapid.SampledFrom([]string{"\n", "\"", `\ud800`, "\u2028", "<|endoftext|>", "\x00", "\ufffd"}))
	var pairs []Pair
	for i := range rapid.IntRange(1, 5).Draw(t, "n") {
		n := string(rune('a' + i))
		p := Pair{Prompt: n + text.Draw(t, "prompt"), Target: text.Draw(t, "target"), Filling: text.Draw(t, "filling")}
		p.Counter = p.Prompt + text.Draw(t, "more")
		if rapid.Bool().Draw(t, "two answers") {
			p.Alt = p.Target + "!"
		}
		for range rapid.IntRange(0, 3).Draw(t, "chunks") {
			p.Context = append(p.Context, text.Draw(t, "chunk")+"\n")
		}
		pairs = append(pairs, p)
	}
	return pairs
}

// TestJSONLRoundTrip: what is written is read again, whatever the texts hold.
func TestJSONLRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyPairs(t)
		data, err := FormatJSONL(want)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Count(data, []byte("\n")) != len(want) {
			t.Fatalf("%d pairs in %q", len(want), data)
		}
		got, err := ParseJSONL(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
	})
}

func TestFormatJSONL(t *testing.T) {
	good := Pair{Prompt: "x = <[1", Counter: "x = <{1", Target: ",", Alt: ":"}
	data, err := FormatJSONL([]Pair{good})
	if want := `{"prompt":"x = <[1","counter":"x = <{1","target":",","alt":":"}` + "\n"; err != nil || string(data) != want {
		t.Errorf("%s, %v, want %s", data, err, want)
	}
	for want, change := range map[string]func(*Pair){
		"pair 1: not UTF-8":                     func(p *Pair) { p.Filling = "\xff" },
		"pair 1: counter is missing or empty":   func(p *Pair) { p.Counter = "" },
		"pair 1: longer than 1048576 bytes":     func(p *Pair) { p.Prompt = strings.Repeat("x", maxLine) },
		"pair 1: the same prompt and counter a": func(p *Pair) { p.Prompt, p.Counter = good.Prompt, good.Counter },
	} {
		bad := Pair{Prompt: "x = [2", Counter: "x = {2", Target: ",", Alt: ":"}
		change(&bad)
		if data, err := FormatJSONL([]Pair{good, bad}); err == nil || !strings.Contains(err.Error(), want) || data != nil {
			t.Errorf("%.80q, %v, want %q", data, err, want)
		}
	}
	// Two halves of a character that meet between two texts make no text UTF-8.
	if _, err := FormatJSONL([]Pair{{Prompt: "a\xc3", Counter: "\xa4b", Target: ","}}); err == nil {
		t.Error("half a character was written")
	}
}

func TestParseJSONL(t *testing.T) {
	const text = "\ufeff\ufeff" + `{"prompt": "x = [1", "counter": "x = {1", "target": ","}` + "\r\n\n \t\n" +
		`{"context": ["a = 1\n", "b = 2\n"], "filling": "\ud83d\ude00 \\ud800", "alt": ":", "target": ",", "counter": "y = {", "prompt": "y = ["}`
	got, err := ParseJSONL(strings.NewReader(text))
	want := []Pair{
		{Prompt: "x = [1", Counter: "x = {1", Target: ",", Filling: "x = [1"},
		{Prompt: "y = [", Counter: "y = {", Target: ",", Alt: ":", Filling: `😀 \ud800`, Context: []string{"a = 1\n", "b = 2\n"}},
	}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
}

func TestParseJSONLErrorsNameTheLine(t *testing.T) {
	good := `{"prompt": "a", "counter": "b", "target": "c", "alt": "d"}` + "\n"
	with := func(more string) string { return `{"prompt": "e", "counter": "f", "target": "c", ` + more + `}` }
	for data, want := range map[string]string{
		good + "\n" + `{"prompt": "e"}`:                        "line 3: counter is missing",
		good + `{"counter": "b", "target": "c"}`:               "line 2: prompt is missing",
		good + `{"prompt": "", "counter": "b", "target": "c"}`: "line 2: prompt is empty",
		good + `{"prompt": "e", "counter": "f"}`:               "line 2: target is missing",
		`{"prompt": "a", "counter": "a", "target": "c"}`:       "line 1: prompt and counter are the same",
		with(`"alt": "c"`):                                     "line 1: target and alt are the same",
		with(`"alt": ""`):                                      "line 1: alt is empty: give it a text, or leave out",
		with(`"filling": ""`):                                  "line 1: filling is empty",
		with(`"answer": "d"`):                                  `line 1: unknown field "answer": the fields are alt, context, counter, filling, prompt, target`,
		with(`"Alt": "d"`):                                     `line 1: unknown field "Alt"`,
		with(`"target": "d"`):                                  `line 1: field "target" is given twice: remove one`,
		with(`"alt": 1`):                                       "line 1: alt must be a string, not 1",
		with(`"alt": [` + strings.Repeat("1,", 40) + `1]`):     "line 1: alt must be a string, not [" + strings.Repeat("1,", 19) + "1\n",
		with(`"alt": null`):                                    "line 1: alt must be a string, not null",
		with(`"alt": ["d"]`):                                   `line 1: alt must be a string, not ["d"]`,
		with(`"context": "d"`):                                 `line 1: context must be a list of strings, not "d"`,
		with(`"context": null`):                                "line 1: context must be a list of strings, not null",
		with(`"context":[null]`):                               "line 1: context must be a list of strings, not [null]",
		with(`"context":["x"]`):                                `line 1: context chunk "x" is not of whole lines: end it with a line break`,
		with(`"alt": "\ud83d"`):                                `line 1: \ud83d is half of a character`,
		with(`"alt": "\\\uDE00"`):                              `line 1: \uDE00 is half of a character`,
		with(`"alt":"\ud83d\u0041"`):                           `line 1: \ud83d is half of a character`,
		with(`"alt": "d"`) + " {}":                             "line 1: not one JSON object",
		`{"prompt": "a"`:                                       "line 1: not one JSON object: unexpected end",
		good + "[]":                                            "line 2: not a JSON object: a line is {",
		"version https://git-lfs.github.com/spec/v1\noid sha256:00\n": "it is a git-lfs pointer, not the file",
		"<!DOCTYPE html>\n<html>":                                     "it is a web page",
		good + "null":                                                 "line 2: not a JSON object",
		good + "\xff":                                                 "line 2: not UTF-8: save",
		good + "\ufeff" + with(`"alt": "d"`):                          "line 2: not a JSON object",
		good + "\n" + good:                                            "line 3: the same prompt and counter as line 1: remove one",
		good + `{"prompt": "a", "counter": "z", "target": "c", "filling": "q"}`: `line 2: "a" is also in line 1, whose filling is "a" and not "q"`,
		"":                                    "no pairs: give one JSON object a line",
		"\n \n":                               "no pairs",
		good + strings.Repeat(" ", maxLine+1): "line 2: longer than 1048576 bytes",
	} {
		got, err := ParseJSONL(strings.NewReader(data))
		if err == nil || !strings.Contains(err.Error()+"\n", want) || len(got) != 0 {
			t.Errorf("%.80q: %v, want %q in it", data, err, want)
		}
	}
	broken := io.MultiReader(strings.NewReader(good), iotest.ErrReader(errors.New("no disk")))
	if _, err := ParseJSONL(broken); err == nil || !strings.Contains(err.Error(), "line 2: no disk") {
		t.Errorf("a file that cannot be read: %v", err)
	}
}

// TestLongestLine: a line of exactly the bound is written and read.
func TestLongestLine(t *testing.T) {
	p := Pair{Prompt: "a", Counter: "b", Target: "c"}
	data, err := FormatJSONL([]Pair{p})
	if err != nil {
		t.Fatal(err)
	}
	for over, ok := range []bool{true, false} {
		p.Prompt = strings.Repeat("a", maxLine-len(data)+2+over)
		if _, err := FormatJSONL([]Pair{p}); (err == nil) != ok {
			t.Errorf("written at %d bytes over the bound: %v", over, err)
		}
		whole := bytes.Replace(data, []byte(`"a"`), []byte(`"`+p.Prompt+`"`), 1)
		if _, err := ParseJSONL(bytes.NewReader(whole)); (err == nil) != ok {
			t.Errorf("read at %d bytes over the bound: %v", over, err)
		}
	}
}

func TestLoad(t *testing.T) {
	tok := tokenizer(t, 512)
	data, err := FormatJSONL(somePairs(40))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "mine.v2.jsonl")
	write := func(data []byte) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(data)
	mine, err := Load(path)
	if err != nil || mine.Name != "mine.v2" || mine.Contrast != "what differs in the pairs of mine.v2.jsonl" {
		t.Fatalf("%q, %q, %v", mine.Name, mine.Contrast, err)
	}
	same, err := FromPairs("mine.v2", "", somePairs(40))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(all(t, same, tok, Options{N: 20}), all(t, mine, tok, Options{N: 20})); d != "" {
		t.Errorf("the file has other examples than its pairs: %s", d)
	}
	write(append(data, "\n{}"...))
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "mine.v2.jsonl: line 42: prompt is missing") {
		t.Errorf("a damaged file: %v", err)
	}
	// What only a tokenizer can tell names the line as well, in every split.
	write(append(data, `{"prompt": "z = [", "counter": "z = {", "target": "zebra"}`...))
	mine, err = Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := "task mine.v2: " + path + `: line 41: target "zebra": corpus`
	_, a := mine.Examples(Fit, tok, Options{N: 1})
	_, b := mine.Examples(Select, tok, Options{N: 1})
	_, c := mine.Report(tok, Options{N: 1})
	for _, err := range []error{a, b, c} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := Load(path + ".none"); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), path+".none") {
		t.Errorf("no file: %v", err)
	}
	path = filepath.Join(t.TempDir(), ".jsonl")
	write(data)
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "needs a name before the dot") {
		t.Errorf("a file without a name: %v", err)
	}
}

func FuzzParseJSONL(f *testing.F) {
	f.Add([]byte(`{"prompt": "x = [1", "counter": "x = {1", "target": ",", "alt": ":", "filling": "1", "context": ["a = 1\n"]}`))
	f.Add([]byte("{\"prompt\": \"a\", \"counter\": \"b\", \"target\": \"c\"}\n\r\n{\"prompt\": \"b\", \"counter\": \"c\", \"target\": \"c\"}"))
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"prompt": "\ud800", "counter": "\\ud800\ud83d\ude00", "target": "c"}`))
	f.Add([]byte(`{"prompt": "a", "prompt": "b"`))
	f.Fuzz(func(t *testing.T, data []byte) {
		pairs, err := ParseJSONL(bytes.NewReader(data))
		if err != nil {
			if len(pairs) != 0 {
				t.Fatalf("%d pairs and %v", len(pairs), err)
			}
			return
		}
		if _, err := FromPairs("fuzz", "", pairs); err != nil {
			t.Fatalf("what was read cannot be split: %v", err)
		}
		again, err := FormatJSONL(pairs)
		if err != nil {
			// Escapes make a line longer.
			if strings.Contains(err.Error(), "longer than") {
				return
			}
			t.Fatal(err)
		}
		got, err := ParseJSONL(bytes.NewReader(again))
		if err != nil || !cmp.Equal(pairs, got, cmpopts.EquateEmpty()) {
			t.Fatalf("%v: %s", err, again)
		}
	})
}
