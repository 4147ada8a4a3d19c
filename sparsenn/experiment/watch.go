package experiment

import (
	"circuitbook/sparsenn/artifact"
	"fmt"
	"slices"
	"strings"
	"time"
)

// watch adds up what a sweep reports.
type watch struct {
	report          func(artifact.Progress)
	all, there      int
	left, spent     float64 // of the guessed cost
	since           time.Time
	finished        int
	running         map[int]string
	share           map[int]float64 // of the guessed cost of what a process does
	lastReport      time.Time
	processes       int
	everyAtTheLeast time.Duration
}

func newWatch(report func(artifact.Progress), all, there int, todo []job) *watch {
	w := &watch{report: report, all: all, there: there, since: time.Now(), running: map[int]string{}, share: map[int]float64{}, everyAtTheLeast: 200 * time.Millisecond}
	for _, j := range todo {
		w.left += j.cost
	}
	return w
}

// step notes what a process does.
func (w *watch) step(process int, j job, p artifact.Progress) {
	w.running[process] = fmt.Sprintf("%s: %s, %s", j.Name, p.Stage, p.Note)
	w.share[process] = p.Share() * j.cost
	if now := time.Now(); now.Sub(w.lastReport) >= w.everyAtTheLeast {
		w.lastReport = now
		w.tell()
	}
}

// done notes that a point is finished. A model that no point asked for does not
// count as one.
func (w *watch) done(process int, j job) {
	w.left, w.spent = w.left-j.cost, w.spent+j.cost
	delete(w.running, process)
	delete(w.share, process)
	if !j.extra {
		w.finished++
	}
	w.tell()
}

func (w *watch) tell() {
	if w.report == nil {
		return
	}
	var notes []string
	spent, left := w.spent, w.left
	for i := range w.processes + 1 {
		if line, ok := w.running[i]; ok {
			notes = append(notes, line)
		}
		spent, left = spent+w.share[i], left-w.share[i]
	}
	if spent > 0 && left > 0 {
		if rest := time.Duration(time.Since(w.since).Seconds() * left / spent * float64(time.Second)).Round(time.Second); rest > 0 {
			notes = slices.Insert(notes, 0, fmt.Sprintf("about %v left", rest))
		}
	}
	w.report(artifact.Progress{Stage: "points", Done: float64(w.there + w.finished), Of: float64(w.all), Note: strings.Join(notes, "; ")})
}
