package book

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"circuitbook/viz/internal/draw"
	"circuitbook/viz/internal/lint"
)

func TestProgressInNotebook(t *testing.T) {
	f := newFake(true)
	p := newProgress(&f.stage, "train", 100)
	p.Note("two epochs", "seed 7")
	for i := 1; i <= 100; i++ {
		f.clock = f.clock.Add(50 * time.Millisecond)
		p.Step(i, fmt.Sprintf("loss %.2f", 6-float64(i)/25))
	}
	// 5 seconds of work at four updates a second, and the state at the start.
	if n := len(f.sent); n < 15 || n > 22 {
		t.Errorf("%d updates in 5 s", n)
	}
	if err := p.Done(); err != nil {
		t.Fatal(err)
	}
	shown := len(f.sent)
	last := f.sent[shown-1]
	if f.syncs != 1 {
		t.Errorf("%d syncs, want one at the end", f.syncs)
	}
	for i, s := range f.sent {
		if s.id == "" || s.id != last.id {
			t.Errorf("update %d has id %q, the last %q", i, s.id, last.id)
		}
		if err := lint.HTML(s.forms[mimeHTML].(string)); err != nil {
			t.Errorf("update %d: %v", i, err)
		}
	}
	if first := f.sent[0].forms[mimeText].(string); first != "train: 0 of 100 (0 %), 0.0s" {
		t.Errorf("begins with %q", first)
	}
	if mid := f.sent[8].forms[mimeText].(string); !strings.Contains(mid, "20/s") || !strings.Contains(mid, "left, loss") {
		t.Errorf("midway: %q", mid)
	}
	if err := lint.SVG(last.forms[mimeSVG].(string)); err != nil {
		t.Errorf("ends with: %v", err)
	}
	if text := last.forms[mimeText].(string); !strings.Contains(text, "train: 100 of 100 (100 %), 20/s, 5.0s, loss 2.00\ntwo epochs\nseed 7") {
		t.Errorf("ends with %q", text)
	}
	// Nothing comes after the end.
	if err := p.Done(); err != nil {
		t.Error(err)
	}
	p.Step(101, "late")
	if len(f.sent) != shown {
		t.Errorf("%d displays after the end", len(f.sent)-shown)
	}
}

func TestProgressInLog(t *testing.T) {
	f := newFake(false)
	p := newProgress(&f.stage, "train", 1000)
	for i := 1; i <= 1000; i++ {
		f.clock = f.clock.Add(50 * time.Millisecond)
		p.Step(i, "loss 2")
	}
	if err := p.Done(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(f.text.String()), "\n")
	if len(lines) < 10 || len(lines) > 14 {
		t.Errorf("%d lines for 50 s in ten tenths:\n%s", len(lines), f.text.String())
	}
	if want := "train: 1 of 1,000 (0 %), 0.1s, loss 2"; lines[0] != want {
		t.Errorf("begins with %q, want %q", lines[0], want)
	}
	if want := "train: 1,000 of 1,000 (100 %), 20/s, 50s, loss 2"; lines[len(lines)-1] != want {
		t.Errorf("ends with %q, want %q", lines[len(lines)-1], want)
	}
	if len(f.sent) > 0 {
		t.Error("a log has displays")
	}
}

// TestProgressResumed: steps done by an earlier process do not count as speed.
func TestProgressResumed(t *testing.T) {
	f := newFake(false)
	p := newProgress(&f.stage, "train", 1000)
	f.clock = f.clock.Add(time.Second)
	p.Step(900, "")
	if strings.Contains(f.text.String(), "/s") {
		t.Errorf("one report tells a rate: %s", f.text.String())
	}
	f.clock = f.clock.Add(20 * time.Second)
	p.Step(920, "")
	if !strings.Contains(f.text.String(), "920 of 1,000 (92 %), 1/s, 21s, 1m20s left") {
		t.Errorf("log:\n%s", f.text.String())
	}
}

// TestProgressSlowing: the rate is that of the last seconds, not the mean since the start.
func TestProgressSlowing(t *testing.T) {
	f := newFake(false)
	p := newProgress(&f.stage, "", 10_000)
	for i := 1; i <= 600; i++ {
		d := 10 * time.Millisecond
		if i > 500 {
			d = time.Second
		}
		f.clock = f.clock.Add(d)
		p.Step(i, "")
	}
	if p.state.Rate < 0.9 || p.state.Rate > 1.1 {
		t.Errorf("rate %v after 100 s of one step a second", p.state.Rate)
	}
}

func TestProgressInterrupted(t *testing.T) {
	f := newFake(true)
	p := newProgress(&f.stage, "train", 10)
	f.clock = f.clock.Add(time.Second)
	p.Step(4, "loss 3")
	if err := p.Done(); err != nil {
		t.Fatal(err)
	}
	if text := f.sent[len(f.sent)-1].forms[mimeText].(string); !strings.Contains(text, "train: 4 of 10 (40 %)") || strings.Contains(text, "left") {
		t.Errorf("ends with %q", text)
	}
}

func TestProgressUnknownTotal(t *testing.T) {
	f := newFake(true)
	p := newProgress(&f.stage, "files", -1)
	p.Step(3, "")
	if err := p.Done(); err != nil {
		t.Fatal(err)
	}
	if text := f.sent[len(f.sent)-1].forms[mimeText].(string); !strings.Contains(text, "files: 3, ") {
		t.Errorf("ends with %q", text)
	}
}

// TestProgressLostKernel: work goes on; the end tells.
func TestProgressLostKernel(t *testing.T) {
	f := newFake(true)
	p := newProgress(&f.stage, "train", 10)
	f.fail = errors.New("gone")
	for i := 0; i < 10; i++ {
		f.clock = f.clock.Add(time.Second)
		p.Step(i, "")
	}
	if err := p.Done(); !errors.Is(err, f.fail) {
		t.Errorf("got %v", err)
	}
}

// TestProgressConcurrent reports from several goroutines, for the race detector.
func TestProgressConcurrent(t *testing.T) {
	f := newFake(true)
	p := newProgress(&f.stage, "train", 800)
	var wg sync.WaitGroup
	for g := 0; g < 8; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < 100; i++ {
				p.Step(g*100+i, draw.Number(float64(i)))
			}
		}()
	}
	wg.Wait()
	if err := p.Done(); err != nil {
		t.Error(err)
	}
}
