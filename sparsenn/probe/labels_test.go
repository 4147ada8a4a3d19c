package probe

import (
	"math/rand/v2"
	"strings"
	"testing"

	"circuitbook/sparsenn/cache/pip"
	"circuitbook/sparsenn/corpus"
	"circuitbook/sparsenn/train"

	"github.com/google/go-cmp/cmp"
)

// needPython skips a test where there is no Python to label with.
func needPython(t testing.TB) {
	t.Helper()
	if _, err := pip.FindPython(t.Context()); err != nil {
		t.Skip(err)
	}
}

func tokenizerOf(t testing.TB) *corpus.Tokenizer {
	t.Helper()
	tok, err := corpus.LoadTokenizer(512)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// byteStream is documents as tokens of one byte each.
func byteStream(tok *corpus.Tokenizer, docs ...string) corpus.Tokens {
	var s corpus.Tokens
	for _, d := range docs {
		for _, b := range []byte(d) {
			s = append(s, int32(b))
		}
		s = append(s, tok.EOT())
	}
	return s
}

// marks shows labels as one sign each: . outside, s and d in a string, S and D
// in a long one, - left out.
func marks(labels []Label) string {
	out := make([]byte, len(labels))
	for i, l := range labels {
		out[i] = "-.sdSD"[l]
	}
	return string(out)
}

// TestLabelStrings: what is inside and what is not, byte by byte. A line of a
// document stands over its marks, which count bytes: é has two.
func TestLabelStrings(t *testing.T) {
	needPython(t)
	for name, doc := range map[string][]string{
		"quotes": {
			`x = ('ab', "c")`,
			`......ss....d..`},
		"empty": {
			`f('', "", '''''', """""")`,
			`.........................`},
		"prefixes": {
			`rb'x' + Rb"y" + u'z' + F'w'`,
			`...s.......d......s......s.`},
		"prefix letters inside": {
			`'f' + "rb" + b'bb' + f"fr"`,
			`.s.....dd......ss......dd.`},
		"the other quote": {
			`a = "it's" + 'a "b" c'`,
			`.....dddd.....sssssss.`},
		"escapes": {
			`a = 'it\'s' + "\"\\"`,
			`.....sssss.....dddd.`},
		"comments": {
			`a = 1  # "no" 'no'`,
			`..................`},
		"comment sign inside": {
			`a = "# no" # 'x'`,
			`.....dddd.......`},
		"beside each other": {
			`'a''b'"c"`,
			`.s..s..d.`},
		"not latin": {
			`é = 'äß' + "日本" # ü` + "\n" + `ключ = "x" + 'é'`,
			`......ssss.....dddddd.......` + `............d.....ss.`},
		"astral": {
			`a = "😀" + '𝔸b'`,
			`.....dddd.....sssss.`},
		"long": {
			`'''a"b'c''' """'""d"""`,
			`...SSSSS.......DDDD...`},
		"long over lines": {
			`def f():` + "\n" + `  """é` + "\n" + `  é"""` + "\n" + `  return ""` + "\n",
			`.........` + `.....DDD` + `DDDD....` + `............`},
		"continued line": {
			`a = 'b\` + "\n" + `c'`,
			`.....sss` + `s.`},
		"f-string": {
			`f"a{b!r:>{w}}c" + f'{x}'`,
			`..dddddddddddd......sss.`},
		"f-string with a string in it": {
			`f"a{d['k']}b" 'z'`,
			`..dddddddddd...s.`},
		"long f-string": {
			`f'''{a}'"{b}''' "x"`,
			`....SSSSSSSS.....d.`},
		"tabs and form feeds": {
			"if a:\n\tb = 'c'\n\f\nd = \"\t\"",
			"......" + "......s.." + ".." + ".....d."},
		"carriage returns": {
			"a = 'b'\r\nc = \"d\"\r\n",
			".....s..." + ".....d..."},
	} {
		tok := tokenizerOf(t)
		l, err := LabelStrings(t.Context(), tok, byteStream(tok, doc[0]))
		if err != nil {
			t.Fatal(err)
		}
		if got := marks(l.Of); got != doc[1]+"-" || len(l.Failed) > 0 {
			t.Errorf("%s:\n %q\n  %s\n  %s want\n%v", name, doc[0], got, doc[1], l.Failed)
		}
	}
}

// TestLabelTokens: a token of several bytes is where its first byte is.
func TestLabelTokens(t *testing.T) {
	needPython(t)
	tok := tokenizerOf(t)
	stream := corpus.Tokens(tok.Encode(`print("the naïve", 'end.')`))
	l, err := LabelStrings(t.Context(), tok, stream)
	if err != nil {
		t.Fatal(err)
	}
	got := map[Label]string{}
	for i, id := range stream {
		got[l.Of[i]] += bytesOf(tok, id) + "|"
	}
	for label, want := range map[Label]string{Double: "the naïve", Single: "end.", Outside: `print("", '')`} {
		if text := strings.ReplaceAll(got[label], "|", ""); text != want {
			t.Errorf("%v: %q, want %q (tokens %q)", label, text, want, got[label])
		}
	}
	if !strings.Contains(got[Outside], `("|`) || !strings.Contains(got[Outside], `')|`) {
		t.Errorf("the tokens that open and close are %q; the test shows nothing", got[Outside])
	}
}

// bytesOf is the bytes of a token.
func bytesOf(tok *corpus.Tokenizer, id int32) string {
	s, err := tok.Token(id)
	if err != nil {
		panic(err)
	}
	return s
}

// TestLabelDocuments: documents are told apart, the ones that Python cannot
// tokenize are left out with all their tokens, and none disturbs the next.
func TestLabelDocuments(t *testing.T) {
	needPython(t)
	tok := tokenizerOf(t)
	docs := []struct{ text, marks string }{
		{"a = 'x'", ".....s."},
		{"b = 'x", "------"}, // a string that does not end
		{"", ""},
		{"c = '''x", "--------"}, // nor this one
		{"d = \"x\"", ".....d."},
		{"if a:\n    b\n  c", "---------------"}, // no such indentation
		{"e = '\xff'", "-------"},                // no UTF-8
		{"f = (1", "------"},                     // a bracket that does not close
		{"g = \x00 + 'x'", "-----------"},
		{"h = 'x'", ".....s."},
	}
	var texts, want []string
	failed := []int{}
	for i, d := range docs {
		texts, want = append(texts, d.text), append(want, d.marks)
		if strings.Trim(d.marks, "-") == "" && d.text != "" {
			failed = append(failed, i)
		}
	}
	stream := byteStream(tok, texts...)
	stream = stream[:len(stream)-1] // the last document has no end of text
	l, err := LabelStrings(t.Context(), tok, stream)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := marks(l.Of), strings.Join(want, "-"); got != want {
		t.Errorf("labels\n%s, want\n%s", got, want)
	}
	var got []int
	for _, f := range l.Failed {
		if got = append(got, f.Document); f.Reason == "" {
			t.Errorf("document %d failed for no reason", f.Document)
		}
	}
	if d := cmp.Diff(failed, got); d != "" || l.Documents != len(docs) {
		t.Errorf("of %d documents failed (-want +got):\n%s", l.Documents, d)
	}
	at := 0
	for i, d := range docs {
		for range len(d.text) + 1 {
			if at < len(stream) && l.Document[at] != i {
				t.Fatalf("token %d is of document %d, want %d", at, l.Document[at], i)
			}
			at++
		}
	}
	if count := l.Count(); count[Single] != 2 || count[Double] != 1 || count[Outside] != 18 || count[leftOut] != len(stream)-21 {
		t.Errorf("counts %v", count)
	}
	if !strings.HasPrefix(l.Python, "3.") {
		t.Errorf("Python %q", l.Python)
	}
}

// TestLabelRandomDocuments: documents put together from pieces of which is known
// what they are, with contents of all kinds, in one call.
func TestLabelRandomDocuments(t *testing.T) {
	needPython(t)
	tok := tokenizerOf(t)
	rng := rand.New(rand.NewPCG(1, 2))
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	var stream corpus.Tokens
	var want []string
	for range 200 {
		var doc, mark strings.Builder
		add := func(text string, m string) {
			doc.WriteString(text)
			mark.WriteString(strings.Repeat(m, len(text)))
		}
		for range rng.IntN(12) {
			if rng.IntN(4) == 0 {
				add(pick("x = y", `# it's "so" ü`, "naïve(1)", "", "[1, 2]", "pass  # '''")+"\n", ".")
				continue
			}
			quote := pick("'", `"`, "'''", `"""`)
			content := ""
			for range rng.IntN(9) {
				content += pick("a", " ", "é", "日", "😀", `\n`, `\\`, "#", `("`, "')", "\t", "{x}")
			}
			content = strings.ReplaceAll(content, quote[:1], "")
			if len(quote) == 3 {
				content += pick("\n", "")
			}
			add(pick("", "r", "f", "Rb", "u")+quote, ".")
			add(content, map[string]string{"'": "s", `"`: "d", "'''": "S", `"""`: "D"}[quote])
			add(quote+pick("\n", " + x\n", "; "), ".")
		}
		stream = append(append(stream, tok.Encode(doc.String())...), tok.EOT())
		want = append(want, mark.String())
	}
	l, err := LabelStrings(t.Context(), tok, stream)
	if err != nil {
		t.Fatal(err)
	}
	// Python 3.12.1 loses count of columns in some f-strings over several lines.
	failed := map[int]bool{}
	for _, f := range l.Failed {
		if failed[f.Document] = true; len(l.Failed) > 4 || !strings.Contains(f.Reason, "no string from") {
			t.Errorf("document %d: %s", f.Document, f.Reason)
		}
	}
	at, seen := 0, map[Label]int{}
	for i, id := range stream {
		if id == tok.EOT() || failed[l.Document[i]] {
			at = 0
			continue
		}
		if m := marks(l.Of[i : i+1])[0]; m != want[l.Document[i]][at] {
			t.Fatalf("document %d, byte %d, token %q: %c, want %c", l.Document[i], at, bytesOf(tok, id), m, want[l.Document[i]][at])
		}
		seen[l.Of[i]]++
		at += len(bytesOf(tok, id))
	}
	for _, label := range []Label{Outside, Single, Double, LongSingle, LongDouble} {
		if seen[label] < 50 {
			t.Errorf("%v occurs %d times; the test shows nothing", label, seen[label])
		}
	}
}

// TestLabelCorpus: nearly all of the embedded sample can be tokenized, and some
// of it is in strings.
func TestLabelCorpus(t *testing.T) {
	needPython(t)
	c, err := train.Scale("tiny", 0)
	if err != nil {
		t.Fatal(err)
	}
	data, err := corpus.Open(t.Context(), c.Corpus, nil)
	if err != nil {
		t.Fatal(err)
	}
	l, err := LabelStrings(t.Context(), data.Tokenizer, data.Valid)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Failed)*20 > l.Documents || l.Documents < 2 {
		t.Errorf("%d of %d documents failed, such as %v", len(l.Failed), l.Documents, l.Failed[:min(3, len(l.Failed))])
	}
	inside := 0
	for label, n := range l.Count() {
		if label.InString() {
			inside += n
		}
	}
	if share := float64(inside) / float64(len(l.Of)); share < .03 || share > .6 {
		t.Errorf("%v of the tokens are in strings", share)
	}
}

func TestLabelStringsRefuses(t *testing.T) {
	if _, err := LabelStrings(t.Context(), nil, corpus.Tokens{1}); err == nil {
		t.Error("no tokenizer was accepted")
	}
	if _, err := LabelStrings(t.Context(), tokenizerOf(t), nil); err == nil {
		t.Error("no tokens were accepted")
	}
	if _, err := LabelStrings(t.Context(), tokenizerOf(t), corpus.Tokens{65, 600}); err == nil || !strings.Contains(err.Error(), "token 1 of the stream") {
		t.Errorf("a token outside of the vocabulary: %v", err)
	}
}

func TestLabelString(t *testing.T) {
	for l, want := range map[Label]string{leftOut: "left out", Double: "double", LongDouble: "long double", 77: "label 77"} {
		if l.String() != want {
			t.Errorf("%d prints as %q", uint8(l), l)
		}
	}
	for l, want := range map[Label]bool{leftOut: false, Outside: false, Single: true, Double: true, LongSingle: true, LongDouble: true} {
		if l.InString() != want {
			t.Errorf("%v is in a string: %v", l, l.InString())
		}
	}
}
