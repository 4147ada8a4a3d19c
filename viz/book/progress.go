package book

import (
	"fmt"
	"sync"
	"time"

	"circuitbook/viz"

	"github.com/janpfeifer/gonb/gonbui"
)

const (
	liveInterval = 250 * time.Millisecond // between updates of a display
	logInterval  = 10 * time.Second       // between lines of a log
	rateWindow   = 15 * time.Second       // over which the rate is taken
)

// Progress shows how far a piece of work has come: in a notebook a bar that is updated in place,
// at most four times a second, and becomes one figure at the end; elsewhere a line now and then. It
// runs no goroutine: output happens within the calls, which may come from several goroutines.
type Progress struct {
	mu    sync.Mutex
	stage *stage
	id    string
	state viz.Progress
	begun time.Time
	first sample // the first step reported: work may have been resumed
	late  []sample
	shown time.Time
	tenth int
	err   error
}

// A sample is a number of steps at a time.
type sample struct {
	at time.Time
	n  int
}

// NewProgress starts showing the work called name, of total steps; 0 is an unknown number.
func NewProgress(name string, total int) *Progress { return newProgress(process(), name, total) }

func newProgress(s *stage, name string, total int) *Progress {
	p := &Progress{stage: s, begun: s.now(), tenth: -1}
	if s.notebook {
		p.id = "circuitbook-progress-" + gonbui.UniqueId()
	}
	p.state = viz.Progress{Note: viz.Note{Title: name}, Total: max(0, total)}
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.notebook {
		p.live()
	}
	return p
}

// Note sets what is printed under the figure that stays.
func (p *Progress) Note(caption, provenance string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Caption, p.state.Provenance = caption, provenance
}

// Step reports that n steps are done by now, counted from the start of the work (not of this
// process), and what is to be said of the last, such as its loss. Cheap enough for every step.
func (p *Progress) Step(n int, note string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state.Ended {
		return
	}
	now := p.stage.now()
	p.state.Done, p.state.Last, p.state.Elapsed = max(0, n), note, now.Sub(p.begun)
	if p.first.at.IsZero() {
		p.first = sample{now, n}
	}
	// Samples an eighth of the window apart are enough to tell the rate.
	if k := len(p.late); k == 0 || now.Sub(p.late[k-1].at) >= rateWindow/8 {
		p.late = append(p.late, sample{now, n})
		for len(p.late) > 2 && now.Sub(p.late[1].at) > rateWindow {
			p.late = p.late[1:]
		}
	}
	p.state.Rate = rate(p.late[0], sample{now, n})
	if p.stage.notebook {
		if now.Sub(p.shown) >= liveInterval {
			p.live()
		}
		return
	}
	tenth := int(10 * p.state.Share())
	since := now.Sub(p.shown)
	if p.shown.IsZero() || since >= logInterval || tenth > p.tenth && since >= time.Second {
		p.log()
	}
	p.tenth = tenth
}

// rate is in steps a second, -1 where two samples cannot tell.
func rate(from, to sample) float64 {
	d := to.at.Sub(from.at).Seconds()
	if d <= 0 || to.n <= from.n {
		return -1
	}
	return float64(to.n-from.n) / d
}

// Done ends the work: what is shown becomes one figure, or a last line. Work that ends before its
// last step is shown as that. Calls after the first do nothing. It returns the first error in
// showing anything.
func (p *Progress) Done() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state.Ended {
		return p.err
	}
	p.state.Ended = true
	p.state.Elapsed = p.stage.now().Sub(p.begun)
	p.state.Rate = rate(p.first, sample{p.stage.now(), p.state.Done})
	if !p.stage.notebook {
		p.log()
		return p.err
	}
	b, err := p.state.Bundle()
	if err == nil {
		err = p.stage.send(forms(b), p.id)
	}
	if err == nil {
		err = p.stage.sync()
	}
	if p.err == nil {
		p.err = err
	}
	return p.err
}

// live replaces the display.
func (p *Progress) live() {
	p.shown = p.stage.now()
	err := p.stage.send(map[string]any{mimeHTML: p.state.Live(), mimeText: p.state.Line()}, p.id)
	if p.err == nil {
		p.err = err
	}
}

// log prints a line.
func (p *Progress) log() {
	p.shown = p.stage.now()
	if _, err := fmt.Fprintln(p.stage.out, p.state.Line()); p.err == nil {
		p.err = err
	}
}
