package book

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"circuitbook/viz"
	"circuitbook/viz/charts"

	"github.com/google/go-cmp/cmp"
)

// sent is one display that a fake notebook was sent.
type sent struct {
	forms map[string]any
	id    string
}

// A fake stands for the notebook or the terminal that a program writes to.
type fake struct {
	stage
	text  bytes.Buffer
	sent  []sent
	syncs int
	clock time.Time
	fail  error
}

func newFake(notebook bool) *fake {
	f := &fake{clock: time.Unix(1000, 0)}
	f.stage = stage{
		notebook: notebook,
		out:      &f.text,
		now:      func() time.Time { return f.clock },
		send: func(forms map[string]any, id string) error {
			f.sent = append(f.sent, sent{forms, id})
			return f.fail
		},
		sync: func() error { f.syncs++; return f.fail },
	}
	return f
}

var (
	table = viz.Table{Note: viz.Note{Title: "t"}, Columns: []viz.Column{{Name: "a"}}, Rows: [][]any{{1}}}
	plot  = charts.Plot{Note: viz.Note{Title: "p"}, Panels: []charts.Panel{{Series: []charts.Series{{Name: "s", X: []float64{0, 1}, Y: []float64{1, 2}}}}}}
)

func TestShowInNotebook(t *testing.T) {
	f := newFake(true)
	if err := f.show([]viz.Figure{plot, table}); err != nil {
		t.Fatal(err)
	}
	if f.text.Len() > 0 {
		t.Errorf("printed %q in a notebook", f.text.String())
	}
	if len(f.sent) != 2 || f.syncs != 2 {
		t.Fatalf("%d displays, %d acknowledged", len(f.sent), f.syncs)
	}
	for i, want := range [][]string{{mimeHTML, mimeSVG, mimeText}, {mimeHTML, mimeText}} {
		for _, m := range want {
			if s, ok := f.sent[i].forms[m].(string); !ok || s == "" {
				t.Errorf("display %d lacks %s", i, m)
			}
		}
		if len(f.sent[i].forms) != len(want) {
			t.Errorf("display %d has %d forms, want %v", i, len(f.sent[i].forms), want)
		}
	}
}

func TestShowElsewhere(t *testing.T) {
	f := newFake(false)
	if err := f.show([]viz.Figure{table}); err != nil {
		t.Fatal(err)
	}
	if want := "t\n─\na\n─\n1\n\n"; f.text.String() != want {
		t.Errorf("printed %q, want %q", f.text.String(), want)
	}
	if len(f.sent) > 0 {
		t.Errorf("sent %v without a notebook", f.sent)
	}
}

func TestShowErrors(t *testing.T) {
	f := newFake(true)
	err := f.show([]viz.Figure{table, charts.Plot{Note: viz.Note{Title: "empty"}}, table})
	if err == nil || !errors.Is(err, viz.ErrNoData) || !strings.Contains(err.Error(), `figure 2 of 3: plot "empty"`) {
		t.Errorf("bad figure: %v", err)
	}
	if len(f.sent) != 1 {
		t.Errorf("%d figures shown, want the one before the bad one", len(f.sent))
	}
	if err := f.show([]viz.Figure{nil}); err == nil || !strings.Contains(err.Error(), "figure 1 of 1 is nil") {
		t.Errorf("nil figure: %v", err)
	}
	f.fail = io.ErrClosedPipe
	if err := f.show([]viz.Figure{table}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("lost kernel: %v", err)
	}
	if err := f.show(nil); err != nil {
		t.Errorf("nothing to show: %v", err)
	}
}

type named string

func TestClaim(t *testing.T) {
	f := newFake(true)
	l := &ledger{keys: map[string]bool{}}
	for _, c := range []struct {
		name  string
		value any
		want  any
		text  string
	}{
		{"steps", 2000, int64(2000), "steps = 2000"},
		{"loss", 2.345678, 2.345678, "loss = 2.346"},
		{"rate_0", float32(0.1), 0.1, "rate_0 = 0.1"},
		{"tiny", 1e-7, 1e-7, "tiny = 1e-07"},
		{"exact", true, true, "exact = true"},
		{"plugin", "xla<cpu>", "xla<cpu>", "plugin = xla<cpu>"},
		{"bad_text", "a\xff\n", "a\uFFFD\n", "bad_text = a\uFFFD⏎"},
		{"n", uint64(3), int64(3), "n = 3"},
		{"i", int32(-3), int64(-3), "i = -3"},
		{"schedule", named("anneal"), "anneal", "schedule = anneal"},
	} {
		if err := l.claim(&f.stage, c.name, c.value); err != nil {
			t.Fatalf("claim %q: %v", c.name, err)
		}
		got := f.sent[len(f.sent)-1].forms
		if d := cmp.Diff(map[string]any{"name": c.name, "value": c.want}, got[mimeClaim]); d != "" {
			t.Errorf("claim %q (-want +got):\n%s", c.name, d)
		}
		if got[mimeText] != c.text {
			t.Errorf("text %q, want %q", got[mimeText], c.text)
		}
	}
	if h := f.sent[5].forms[mimeHTML].(string); !strings.Contains(h, "xla&lt;cpu&gt;") {
		t.Errorf("HTML is not escaped: %s", h)
	}
}

func TestClaimInterval(t *testing.T) {
	f := newFake(true)
	l := &ledger{keys: map[string]bool{}}
	if err := l.interval(&f.stage, "quote_loss", 0.08, 0.06, 0.1, 512); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"name": "quote_loss", "value": 0.08, "lo": 0.06, "hi": 0.1, "n": 512}
	if d := cmp.Diff(want, f.sent[0].forms[mimeClaim]); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if got := f.sent[0].forms[mimeText]; got != "quote_loss = 0.08   [0.06, 0.1], n = 512" {
		t.Errorf("text %q", got)
	}
	for _, name := range []string{"quote_loss", "quote_loss_lo", "quote_loss_hi", "quote_loss_n"} {
		if err := l.claim(&f.stage, name, 1); err == nil || !strings.Contains(err.Error(), "claimed before") {
			t.Errorf("%s was free: %v", name, err)
		}
	}
}

func TestClaimRefuses(t *testing.T) {
	f := newFake(true)
	l := &ledger{keys: map[string]bool{}}
	for _, name := range []string{"", "Loss", "1loss", "loss_", "_loss", "loss__a", "loss a", "loss.a", "lösung", "a\n", "provenance"} {
		if err := l.claim(&f.stage, name, 1); err == nil || !strings.Contains(err.Error(), "claim ") {
			t.Errorf("name %q was taken: %v", name, err)
		}
	}
	for _, v := range []any{math.NaN(), math.Inf(1), float32(math.Inf(-1)), nil, []int{1}, uint64(math.MaxUint64), 1i, time.Second} {
		if err := l.claim(&f.stage, "value", v); err == nil {
			t.Errorf("value %v was taken", v)
		}
	}
	for _, c := range []struct {
		v, lo, hi float64
		n         int
	}{{1, 2, 3, 1}, {1, 0, 0.5, 1}, {1, 3, 0, 1}, {1, 0, 2, 0}, {math.NaN(), 0, 1, 1}, {1, math.Inf(-1), 2, 1}} {
		if err := l.interval(&f.stage, "interval", c.v, c.lo, c.hi, c.n); err == nil {
			t.Errorf("interval %+v was taken", c)
		}
	}
	if len(f.sent) > 0 {
		t.Errorf("refused claims were shown: %v", f.sent)
	}
	// What was refused is still free, an interval as a whole.
	if err := l.claim(&f.stage, "interval_lo", 1); err != nil {
		t.Error(err)
	}
	if err := l.interval(&f.stage, "interval", 1, 0, 2, 3); err == nil {
		t.Error("interval_lo was taken twice")
	}
	if err := l.claim(&f.stage, "interval", 1); err != nil {
		t.Errorf("a refused interval took its name: %v", err)
	}
}

func TestProvenance(t *testing.T) {
	f := newFake(true)
	if err := f.provenance(map[string]any{"seed": 7, "gomlx": "v0.28.8", "rate": 0.5}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]any{"seed": int64(7), "gomlx": "v0.28.8", "rate": 0.5}, f.sent[0].forms[mimeProvenance]); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if got := f.sent[0].forms[mimeText]; got != "gomlx v0.28.8 · rate 0.5 · seed 7" {
		t.Errorf("text %q", got)
	}
	for _, bad := range []map[string]any{nil, {}, {"": 1}, {"a": math.NaN()}, {"a": []string{}}} {
		if err := f.provenance(bad); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

func TestCheck(t *testing.T) {
	var b bytes.Buffer
	code := -1
	exit := func(c int) { code = c }
	check(&b, exit, []error{nil, nil})
	if code != -1 || b.Len() > 0 {
		t.Errorf("no error: exit %d, %q", code, b.String())
	}
	check(&b, exit, []error{nil, errors.New("seed must be positive"), errors.New("second")})
	if code != 1 || b.String() != "error: seed must be positive\n" {
		t.Errorf("exit %d, %q", code, b.String())
	}
	if got := Must(3, nil); got != 3 {
		t.Errorf("Must gave %d", got)
	}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	for name, begins := range map[string]string{"a.svg": "<svg ", "a.html": "<!DOCTYPE html>", "a.txt": "p\n─\n"} {
		path := filepath.Join(dir, name)
		if err := Save(path, plot); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(data), begins) {
			t.Errorf("%s begins %.20q, %v", name, data, err)
		}
	}
	for name, want := range map[string]struct {
		f   viz.Figure
		err string
	}{
		"a.png":          {plot, "none of .svg"},
		"b.svg":          {table, "has no picture"},
		"c.svg":          {charts.Plot{}, "no panels"},
		"missing/d.svg":  {plot, "save figure"},
		"no_ending_here": {plot, "none of .svg"},
	} {
		if err := Save(filepath.Join(dir, name), want.f); err == nil || !strings.Contains(err.Error(), want.err) {
			t.Errorf("%s: %v, want %q", name, err, want.err)
		}
	}
}
